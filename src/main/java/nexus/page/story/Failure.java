package nexus.page.story;

import java.util.Optional;

/**
 * What a failed attempt means, in words.
 *
 * @param title what happened, a few words
 * @param help what a person can do
 */
public record Failure(String title, String help) {
    private static final int CLIENT_ERROR = 400;
    private static final int SERVER_ERROR = 500;

    /**
     * The failure of an attempt.
     *
     * @param code of the answer; empty when there was none
     * @param error of the attempt; empty when it was delivered
     * @return empty for a delivered one
     */
    public static Optional<Failure> of(Optional<Integer> code, Optional<String> error) {
        if (error.isEmpty() && code.filter(Failure::isSuccess).isPresent()) {
            return Optional.empty();
        }
        if (code.isPresent()) {
            return Optional.of(ofCode(code.get(), error));
        }
        return error.map(Failure::ofError);
    }

    private static boolean isSuccess(int code) {
        return code >= 200 && code < 300;
    }

    private static Failure ofCode(int code, Optional<String> error) {
        return switch (code) {
            case 301, 302, 303, 307, 308 ->
                new Failure(
                        code + ": the endpoint has moved",
                        "Redirects are never followed. Change endpointUrl to the new address.");
            case 400, 422 ->
                new Failure(
                        code + ": the receiver does not accept this body",
                        "The answer below may say why. It will probably refuse the same body again until the receiver, or"
                                + " the subscription's format or template, is changed.");
            case 401, 403 ->
                new Failure(
                        code + ": the receiver does not accept who sends",
                        "Check the subscription's auth and headers, and that the receiver verifies with the subscription's"
                                + " current secret.");
            case 404, 405 ->
                new Failure(
                        code + ": the receiver has no such " + (code == 404 ? "path" : "method on this path"),
                        "Check the endpoint's URL" + (code == 404 ? "" : " and the request's method") + ".");
            case 408 -> new Failure("408: the receiver did not wait for the request", "It is tried again.");
            case 409 -> new Failure("409: the receiver reports a conflict", "The answer below may say with what.");
            case 410 ->
                new Failure(
                        "410: the endpoint is gone for good",
                        "This answer disables the subscription. Change its endpoint, or enable it again.");
            case 413 ->
                new Failure(
                        "413: the body is too large for the receiver",
                        "Raise the receiver's limit, or send fewer columns.");
            case 415 ->
                new Failure("415: the receiver does not take this media type", "Check the subscription's format.");
            case 429 ->
                new Failure(
                        "429: the receiver gets too many requests",
                        "Nexus waits as long as Retry-After says. A rateLimit of the subscription avoids it.");
            case 500 ->
                new Failure(
                        "500: the receiver failed while it handled the request", "Look into the receiver's own log.");
            case 502, 504 ->
                new Failure(
                        code + ": a proxy in front of the receiver gets no answer from it",
                        "Check that the receiver behind the proxy runs.");
            case 503 ->
                new Failure(
                        "503: the receiver is out of service for now",
                        "It is tried again; with Retry-After, after that time.");
            default -> ofClass(code, error);
        };
    }

    private static Failure ofClass(int code, Optional<String> error) {
        if (isSuccess(code)) { // a batch, of which the receiver refused this event
            return new Failure(
                    code + ", but the event was not accepted", error.orElse("The answer names it as failed."));
        }
        if (code >= SERVER_ERROR) {
            return new Failure(code + ": the receiver failed", "Look into the receiver's own log.");
        }
        return code >= CLIENT_ERROR
                ? new Failure(code + ": the receiver refused the request", "The answer below may say why.")
                : new Failure(code + ": no success", "Only a status from 200 to 299 counts as delivered.");
    }

    private static Failure ofError(String error) {
        return new Failure(error, help(error));
    }

    private static String help(String error) {
        if (error.startsWith("timed out looking up")) {
            return "The name server did not answer in time.";
        }
        if (error.startsWith("timed out waiting for an access token")) {
            return "The token server of the subscription's auth did not answer in time.";
        }
        if (error.startsWith("timed out connecting")) {
            return "Nothing answered at this address. A firewall that drops packets looks like this.";
        }
        if (error.startsWith("timed out")) {
            return "The receiver took the request, but did not answer within DELIVERY_TIMEOUT. It should answer first and"
                    + " work afterwards. It may have handled the event nevertheless: webhook-id tells.";
        }
        if (error.contains("TARGETS_ALLOW")) {
            return "Requests to private addresses are blocked. To allow this one, add it to TARGETS_ALLOW.";
        }
        if (error.startsWith("TLS:")) {
            return "The connection was made, but is not safe. Mend the receiver's certificate, or set the subscription's"
                    + " tls.";
        }
        if (error.contains("has no address")) {
            return "Check the host name in the endpoint's URL.";
        }
        if (error.startsWith("connection refused")) {
            return "Nothing listens on this port. Check that the receiver runs, and the port in the endpoint's URL.";
        }
        if (error.startsWith("no route")) {
            return "The network of Nexus does not reach this address.";
        }
        if (error.contains("closed") || error.contains("broke") || error.contains("reset")) {
            return "The receiver, or something between, cut the connection. It may have handled the event nevertheless:"
                    + " webhook-id tells.";
        }
        return "";
    }

    /** Why a delivery was given up, as a sentence. */
    public static String ofDead(String reason) {
        return switch (reason) {
            case "exhausted" -> "All attempts were made, and none succeeded.";
            case "expired" -> "It was owed for longer than DELIVERY_MAX_AGE.";
            case "cancelled" -> "A person cancelled it.";
            case "subscription-deleted" -> "Its subscription was deleted.";
            case "gone" -> "The endpoint answered 410: it wants no more requests.";
            case "refused" -> "The answer is final for this delivery: its status is in deadOn, or it says so.";
            case "payload-gone" -> "Its payload is not kept any more.";
            case "payload-erased" -> "Its payload was erased.";
            case "transform-failed" -> "An expression of the subscription's template failed.";
            case "event-unreadable" -> "The stored event could not be read.";
            default -> "Reason: " + reason + ".";
        };
    }
}
