package nexus.access.browser;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Whether a request with a cookie was made by a page of this origin. A browser states this itself, so a form needs no token:
 * {@code Sec-Fetch-Site}, or {@code Origin} over plain HTTP to another machine, where browsers leave the former out.
 */
public final class OwnOrigin {
    private static final String SITE = "Sec-Fetch-Site";

    private OwnOrigin() {}

    /** For requests that change something: one that does not state where it comes from is refused. */
    public static boolean made(HttpServerRequest request) {
        String site = request.getHeader(SITE);
        if (site != null) {
            return site.equals("same-origin");
        }
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        HostAndPort host = request.authority();
        return origin != null && host != null && isSame(origin, host);
    }

    /** Whether a browser followed a link of another site, and therefore did not send a strict cookie. */
    public static boolean isFollowedLink(HttpServerRequest request) {
        String site = request.getHeader(SITE);
        return site != null && site.equals("cross-site") && "navigate".equals(request.getHeader("Sec-Fetch-Mode"));
    }

    /** Whether the browser reached Nexus over TLS, which a proxy in front may end. */
    public static boolean isSecure(HttpServerRequest request) {
        return request.isSSL() || "https".equalsIgnoreCase(request.getHeader("X-Forwarded-Proto"));
    }

    private static boolean isSame(String origin, HostAndPort host) {
        URI uri = uri(origin);
        if (uri == null || uri.getHost() == null || uri.getScheme() == null) {
            return false;
        }
        int standard = uri.getScheme().equals("https") ? 443 : 80;
        int port = uri.getPort() < 0 ? standard : uri.getPort();
        int ours = host.port() < 0 ? standard : host.port();
        return uri.getHost().toLowerCase(Locale.ROOT).equals(host.host().toLowerCase(Locale.ROOT)) && port == ours;
    }

    private static @Nullable URI uri(String origin) {
        try {
            return URI.create(origin);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
