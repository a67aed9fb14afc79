package nexus.access.browser;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import nexus.api.problem.Problem;
import org.jspecify.annotations.Nullable;

/** Whether a request was meant for this machine by a program or page of this machine. */
public final class Loopback {
    private static final Pattern LOOPBACK =
            Pattern.compile("localhost|127\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}|\\[::1]|::1");

    private Loopback() {}

    public static Optional<Problem> refusal(HttpServerRequest request) {
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

    public static boolean isLoopback(@Nullable String host) {
        return host != null && LOOPBACK.matcher(host.toLowerCase(Locale.ROOT)).matches();
    }

    private static @Nullable String hostOf(String origin) {
        try {
            return URI.create(origin).getHost();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
