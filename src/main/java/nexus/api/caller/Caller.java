package nexus.api.caller;

import io.vertx.ext.web.RoutingContext;
import java.util.Optional;

/**
 * Who asks.
 *
 * @param scope tells callers apart without telling their keys: the start of the key's SHA-256, or {@code open} where
 *     no key is needed
 * @param actor as the audit names it
 * @param name of a stored key
 * @param mayManage whether every right is the caller's; others see less of what may be secret
 */
public record Caller(String scope, String actor, Optional<String> name, boolean mayManage) {
    public static final Caller OPEN = new Caller("open", "open", Optional.empty(), true);
    private static final String KEY = Caller.class.getName();

    /** @throws IllegalStateException when the gate did not let this request in */
    public static Caller of(RoutingContext request) {
        Caller caller = request.get(KEY);
        if (caller == null) {
            throw new IllegalStateException("a request came past the gate");
        }
        return caller;
    }

    /** Who asks where nobody has to say so; empty for anybody. */
    public static Optional<Caller> find(RoutingContext request) {
        return Optional.ofNullable(request.get(KEY));
    }

    public void putInto(RoutingContext request) {
        request.put(KEY, this);
    }
}
