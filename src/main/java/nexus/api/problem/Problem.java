package nexus.api.problem;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import nexus.refusal.Refusal;

/**
 * The answer to a refused request, as defined by RFC 9457. {@code type} is always {@code about:blank}; programs use
 * {@code code}.
 *
 * @param title the status in words
 * @param detail the reason, for a person
 * @param code stable; lower-case, with dashes
 * @param errors the wrong fields, if the reason is about fields
 */
public record Problem(
        String type, String title, int status, String detail, String code, List<Refusal.FieldError> errors) {

    public static final String MEDIA_TYPE = "application/problem+json";

    private static final Map<Integer, String> TITLES = Map.ofEntries(
            Map.entry(400, "Bad Request"),
            Map.entry(401, "Unauthorized"),
            Map.entry(403, "Forbidden"),
            Map.entry(404, "Not Found"),
            Map.entry(405, "Method Not Allowed"),
            Map.entry(409, "Conflict"),
            Map.entry(410, "Gone"),
            Map.entry(413, "Content Too Large"),
            Map.entry(414, "URI Too Long"),
            Map.entry(415, "Unsupported Media Type"),
            Map.entry(417, "Expectation Failed"),
            Map.entry(422, "Unprocessable Content"),
            Map.entry(429, "Too Many Requests"),
            Map.entry(431, "Request Header Fields Too Large"),
            Map.entry(500, "Internal Server Error"),
            Map.entry(503, "Service Unavailable"),
            Map.entry(505, "HTTP Version Not Supported"));

    public Problem {
        errors = List.copyOf(errors);
    }

    public Problem(int status, String code, String detail) {
        this(status, code, detail, List.of());
    }

    public Problem(int status, String code, String detail, List<Refusal.FieldError> errors) {
        this("about:blank", TITLES.getOrDefault(status, "Error"), status, detail, code, errors);
    }

    public static Problem of(Refusal refusal) {
        String detail = Objects.requireNonNull(refusal.getMessage()); // its constructor checks this
        return switch (refusal) {
            case Refusal.Malformed e -> new Problem(400, e.code(), detail);
            case Refusal.NotFound e -> new Problem(404, e.code(), detail);
            case Refusal.Conflict e -> new Problem(409, e.code(), detail);
            case Refusal.Gone e -> new Problem(410, e.code(), detail);
            case Refusal.TooLarge e -> new Problem(413, e.code(), detail);
            case Refusal.Invalid e -> new Problem(422, e.code(), detail, e.errors());
            case Refusal.Unavailable e -> new Problem(503, e.code(), detail);
        };
    }

    /** A refusal by the HTTP layer itself. */
    public static Problem ofStatus(int status) {
        return switch (status) {
            case 400 -> new Problem(400, "malformed", "The request can't be read.");
            case 404 -> new Problem(404, "not-found", "There is nothing at this path.");
            case 405 -> new Problem(405, "method-not-allowed", "This path does not know this method.");
            case 413 -> new Problem(413, "too-large", "A request may have 1 MiB at most.");
            case 415 -> new Problem(415, "unsupported-media-type", "The body must come as application/json.");
            default ->
                status >= 400 && status < 500
                        ? new Problem(status, "refused", "The request was refused.")
                        : new Problem(500, "internal", "Something went wrong inside Nexus.");
        };
    }

    /** @param path of the request: the older API adds {@code "success": false} */
    public String toJson(String path) {
        JsonObject json = new JsonObject();
        if (path.startsWith("/api/")) {
            json.put("success", false);
        }
        JsonArray wrong = new JsonArray();
        errors.forEach(error ->
                wrong.add(new JsonObject().put("pointer", error.pointer()).put("detail", error.detail())));
        return json.put("type", type)
                .put("title", title)
                .put("status", status)
                .put("detail", detail)
                .put("code", code)
                .put("errors", wrong)
                .encode();
    }
}
