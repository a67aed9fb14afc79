package nexus.api.caller;

import io.vertx.ext.web.RoutingContext;
import java.util.Optional;

/**
 * The caller of a request.
 *
 * @param scope distinguishes callers without revealing their keys: the start of the key's SHA-256, or {@code open} if
 *     no key is required
 * @param actor the caller's name in the audit
 * @param name name of a stored key
 * @param mayManage whether the caller has every right; others do not see values that may be secret
 */
public record Caller(String scope, String actor, Optional<String> name, boolean mayManage) {
    public static final Caller OPEN = new Caller("open", "open", Optional.empty(), true);
    private static final String KEY = Caller.class.getName();

    /** @throws IllegalStateException if the gate did not accept this request */
    public static Caller of(RoutingContext request) {
        Caller caller = request.get(KEY);
        if (caller == null) {
            throw new IllegalStateException("a request came past the gate");
        }
        return caller;
    }

    /** The caller; empty if the request has no key and its path requires none. */
    public static Optional<Caller> find(RoutingContext request) {
        return Optional.ofNullable(request.get(KEY));
    }

    public void putInto(RoutingContext request) {
        request.put(KEY, this);
    }
}
