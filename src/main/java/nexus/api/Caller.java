package nexus.api;

import io.vertx.ext.web.RoutingContext;

/**
 * Who asks.
 *
 * @param scope tells callers apart without telling their keys: the start of the key's SHA-256, or {@code open} where
 *     no key is needed
 */
public record Caller(String scope) {
    static final Caller OPEN = new Caller("open");
    private static final String KEY = Caller.class.getName();

    /** @throws IllegalStateException when {@link ApiGate} did not let this request in */
    public static Caller of(RoutingContext request) {
        Caller caller = request.get(KEY);
        if (caller == null) {
            throw new IllegalStateException("a request came past the gate");
        }
        return caller;
    }

    void putInto(RoutingContext request) {
        request.put(KEY, this);
    }
}
