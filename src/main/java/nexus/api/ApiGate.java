package nexus.api;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import nexus.ProcessConfig;
import org.jspecify.annotations.Nullable;

/**
 * Stands before every route, so that no odd spelling of a path finds a way round it: what is not plainly outside the
 * API needs a key.
 *
 * <p>Without keys (embedded mode only) the API is open to programs on this machine. A web page elsewhere must not
 * reach it through the user's browser, so then both the Host and the Origin must be loopback.
 */
@Singleton
final class ApiGate {
    /** Before everything Quarkus puts in: its own body limit answers without a problem. */
    private static final int PRIORITY = 1_000;

    private static final String HEALTH = "/v1/health";
    private static final Pattern PLAIN = Pattern.compile("/|(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+/?");
    private static final Pattern API = Pattern.compile("/(v1|api)(/.*)?");
    private static final Pattern JSON =
            Pattern.compile("application/json\\s*(;\\s*charset=\"?utf-8\"?\\s*)?;?", Pattern.CASE_INSENSITIVE);
    private static final Pattern LOOPBACK =
            Pattern.compile("localhost|127\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}|\\[::1]|::1");

    private final ApiKeys keys;
    private final boolean embedded;

    @Inject
    ApiGate(ApiKeys keys, ProcessConfig process) {
        this.keys = keys;
        this.embedded = process.embedded();
    }

    void install(@Observes Filters filters) {
        filters.register(this::admit, PRIORITY);
    }

    private void admit(RoutingContext context) {
        HttpServerRequest request = context.request();
        Optional<Problem> refused = keys.isEmpty() && embedded ? foreign(request) : Optional.empty();
        if (refused.isEmpty() && !isOpen(request.path())) {
            refused = unknown(context);
        }
        if (refused.isEmpty() && bodyBytes(request) > JsonBody.MAX_BYTES) {
            refused = Optional.of(ProblemMapper.ofStatus(413));
        }
        if (refused.isEmpty() && hasBody(request) && !isJson(request.getHeader(HttpHeaders.CONTENT_TYPE))) {
            refused = Optional.of(ProblemMapper.ofStatus(415));
        }
        refused.ifPresentOrElse(problem -> refuse(context, problem), context::next);
    }

    private Optional<Problem> unknown(RoutingContext context) {
        Optional<Caller> caller = keys.isEmpty() && embedded
                ? Optional.of(Caller.OPEN)
                : givenKey(context.request()).flatMap(keys::callerWith);
        caller.ifPresent(known -> known.putInto(context));
        return caller.isPresent()
                ? Optional.empty()
                : Optional.of(new Problem(
                        401, "unauthorized", "Send a key of API_KEYS as X-API-Key or as Authorization: Bearer."));
    }

    static Optional<Problem> foreign(HttpServerRequest request) {
        HostAndPort host = request.authority();
        if (host == null || !isLoopback(host.host())) {
            return Optional.of(new Problem(
                    403,
                    "foreign-host",
                    "Without API_KEYS Nexus answers only to localhost; set API_KEYS to use another name."));
        }
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origin != null && !isLoopback(hostOf(origin))) {
            return Optional.of(
                    new Problem(403, "foreign-origin", "Without API_KEYS Nexus answers only to pages of localhost."));
        }
        return Optional.empty();
    }

    /** Open: health, and what is outside the API (pages, documents), when its path can be read in one way only. */
    static boolean isOpen(@Nullable String path) {
        return path != null
                && (path.equals(HEALTH)
                        || (PLAIN.matcher(path).matches() && !API.matcher(path).matches()));
    }

    static boolean isLoopback(@Nullable String host) {
        return host != null && LOOPBACK.matcher(host.toLowerCase(Locale.ROOT)).matches();
    }

    private static @Nullable String hostOf(String origin) {
        try {
            return URI.create(origin).getHost();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static Optional<String> givenKey(HttpServerRequest request) {
        String key = request.getHeader("X-API-Key");
        if (key != null) {
            return Optional.of(key);
        }
        String authorization = request.getHeader(HttpHeaders.AUTHORIZATION);
        return authorization != null && authorization.regionMatches(true, 0, "Bearer ", 0, 7)
                ? Optional.of(authorization.substring(7).strip())
                : Optional.empty();
    }

    private static long bodyBytes(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        try {
            return length == null ? 0 : Long.parseLong(length);
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE; // so many digits that it is too large in any case
        }
    }

    private static boolean hasBody(HttpServerRequest request) {
        return bodyBytes(request) > 0 || request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null;
    }

    /** A body without a media type is none either: that is how a page elsewhere could send one unasked. */
    static boolean isJson(@Nullable String contentType) {
        return contentType != null && JSON.matcher(contentType).matches();
    }

    private static void refuse(RoutingContext context, Problem problem) {
        if (problem.status() == 401) {
            context.response().putHeader("WWW-Authenticate", "Bearer realm=\"nexus\"");
        }
        if (problem.status() == 413) {
            context.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE); // its body is not read
        }
        String path = context.request().path();
        context.response()
                .setStatusCode(problem.status())
                .putHeader(HttpHeaders.CONTENT_TYPE, Problem.MEDIA_TYPE)
                .end(problem.toJson(path == null ? "/" : path));
    }
}
