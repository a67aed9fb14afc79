package nexus.access.browser;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Set;

/**
 * Allows pages of configured origins to call the API (CORS). They send a key like any other client. The API accepts no
 * cookie, so a browser never authenticates a request to it by itself.
 */
public final class CrossOrigin {
    private final Set<String> origins;

    public CrossOrigin(Set<String> origins) {
        this.origins = Set.copyOf(origins);
    }

    /** @return whether this was a preflight request, which is answered now */
    public boolean answers(HttpServerRequest request) {
        if (origins.isEmpty()) {
            return false;
        }
        HttpServerResponse response = request.response();
        response.putHeader(HttpHeaders.VARY, HttpHeaders.ORIGIN);
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origin == null || !origins.contains(origin)) {
            return false;
        }
        response.putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        response.putHeader(
                HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS,
                "Location, Retry-After, RateLimit, RateLimit-Policy, Idempotent-Replayed");
        if (!request.method().equals(HttpMethod.OPTIONS)
                || request.getHeader(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD) == null) {
            return false;
        }
        response.putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PATCH, DELETE")
                .putHeader(
                        HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS,
                        "X-API-Key, Authorization, Content-Type, Idempotency-Key")
                .putHeader(HttpHeaders.ACCESS_CONTROL_MAX_AGE, "600")
                .setStatusCode(204)
                .end();
        return true;
    }
}
