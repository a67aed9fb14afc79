package nexus.access;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import nexus.api.json.JsonBody;
import nexus.api.problem.Problem;
import nexus.refusal.Refusal;
import org.jspecify.annotations.Nullable;

/** Checks of a request that do not depend on its content and run before it is read. */
final class RequestShape {
    private static final Pattern JSON =
            Pattern.compile("application/json\\s*(;\\s*charset=\"?utf-?8\"?\\s*)?;?", Pattern.CASE_INSENSITIVE);
    private static final Set<HttpMethod> WITHOUT_CHANGE = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    private RequestShape() {}

    static Optional<Problem> refusal(HttpServerRequest request) {
        if (bodyBytes(request) > JsonBody.MAX_BYTES) {
            return Optional.of(Problem.ofStatus(413));
        }
        if (hasBody(request) && isEncoded(request.getHeader(HttpHeaders.CONTENT_ENCODING))) {
            return Optional.of(
                    new Problem(415, "unsupported-media-type", "The body must come without Content-Encoding."));
        }
        if (hasBody(request) && !isJson(request.getHeader(HttpHeaders.CONTENT_TYPE))) {
            return Optional.of(Problem.ofStatus(415));
        }
        String query = request.query();
        if (query != null && !query.isEmpty() && !WITHOUT_CHANGE.contains(request.method())) {
            return Optional.of(
                    Problem.of(new Refusal.Invalid(firstParameter(request), "is not a known query parameter")));
        }
        return Optional.empty();
    }

    static boolean hasBody(HttpServerRequest request) {
        return bodyBytes(request) > 0 || request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null;
    }

    /** A body needs a media type, because a page of another origin could send one without it and without a preflight. */
    static boolean isJson(@Nullable String contentType) {
        return contentType != null && JSON.matcher(contentType).matches();
    }

    private static boolean isEncoded(@Nullable String encoding) {
        return encoding != null && !encoding.strip().equalsIgnoreCase("identity");
    }

    private static long bodyBytes(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        try {
            return length == null ? 0 : Long.parseLong(length);
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE; // the number has too many digits, so it is too large
        }
    }

    private static String firstParameter(HttpServerRequest request) {
        List<String> names = List.copyOf(request.params().names());
        return names.isEmpty() ? "?" : names.getFirst();
    }
}
