package nexus.dispatch;

import nexus.webhook.SendResult;

/**
 * What one request says of its endpoint, whatever it says of the delivery. A refusal such as 400 or 422 comes of one
 * payload, and one such as 401, 404 or a redirect from an endpoint that is up: neither is a reason to keep the other
 * deliveries from it.
 */
enum Verdict {
    DELIVERED,
    /** It is there, but did not take this one. */
    ANSWERED,
    /** Not there, too slow, not to be reached, broken (5xx) or overloaded (429). */
    FAILED;

    private static final int TOO_MANY_REQUESTS = 429;
    private static final int FIRST_SERVER_ERROR = 500;

    static Verdict of(SendResult result) {
        return switch (result) {
            case SendResult.Delivered delivered -> DELIVERED;
            case SendResult.Refused refused ->
                refused.status() >= FIRST_SERVER_ERROR || refused.status() == TOO_MANY_REQUESTS ? FAILED : ANSWERED;
            case SendResult.Unreachable unreachable -> FAILED;
            case SendResult.TimedOut timedOut -> FAILED;
            case SendResult.Blocked blocked -> FAILED;
        };
    }
}
