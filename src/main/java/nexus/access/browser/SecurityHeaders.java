package nexus.access.browser;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;

/** Headers that restrict what a browser does with a response. */
public final class SecurityHeaders {
    private static final CharSequence SNIFFING = HttpHeaders.createOptimized("X-Content-Type-Options");
    private static final CharSequence NOSNIFF = HttpHeaders.createOptimized("nosniff");
    private static final CharSequence FRAMES = HttpHeaders.createOptimized("X-Frame-Options");
    private static final CharSequence DENY = HttpHeaders.createOptimized("DENY");
    private static final CharSequence REFERRER = HttpHeaders.createOptimized("Referrer-Policy");
    private static final CharSequence NO_REFERRER = HttpHeaders.createOptimized("no-referrer");
    /** Without a referrer a browser would send forms of the page with {@code Origin: null}. */
    private static final CharSequence OWN_REFERRER = HttpHeaders.createOptimized("same-origin");

    private static final CharSequence RESOURCES = HttpHeaders.createOptimized("Cross-Origin-Resource-Policy");
    private static final CharSequence SAME_ORIGIN = HttpHeaders.createOptimized("same-origin");
    private static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");
    private static final CharSequence POLICY = HttpHeaders.createOptimized("Content-Security-Policy");
    private static final CharSequence NOTHING =
            HttpHeaders.createOptimized("default-src 'none'; frame-ancestors 'none'");
    private static final CharSequence OWN = HttpHeaders.createOptimized(
            "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self';"
                    + " frame-ancestors 'none'");
    /** The page of the OpenAPI document contains its script and style. */
    private static final CharSequence INLINE =
            HttpHeaders.createOptimized("default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self'"
                    + " 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'");

    private static final String DOCUMENT_PAGE = "/swagger";

    private SecurityHeaders() {}

    public static void write(MultiMap headers, String path, boolean isPage) {
        headers.set(SNIFFING, NOSNIFF)
                .set(FRAMES, DENY)
                .set(REFERRER, NO_REFERRER)
                .set(RESOURCES, SAME_ORIGIN);
        if (isPage) {
            headers.set(POLICY, path.startsWith(DOCUMENT_PAGE) ? INLINE : OWN).set(REFERRER, OWN_REFERRER);
        } else {
            headers.set(POLICY, NOTHING).set(HttpHeaders.CACHE_CONTROL, NO_STORE);
        }
    }
}
