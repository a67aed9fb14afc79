package nexus.access.session;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The calls of the API that a page makes for its visitor. A page calls the API like everybody, over HTTP, with the rights, the
 * limits and the audit of the visitor's key. It does not know the key; it sends the name of a call instead, which is random
 * and valid once.
 */
@Singleton
public final class PageCalls {
    /** Holds the name of a call. */
    public static final String HEADER = "X-Nexus-Page-Call";

    private static final String KEY = PageCall.class.getName();
    private static final int NAME_BYTES = 24;

    private final SecureRandom random = new SecureRandom();
    private final Map<String, PageCall> calls = new ConcurrentHashMap<>();

    /**
     * A call on behalf of a visitor.
     *
     * @param address of the visitor's browser, for the audit
     * @param userAgent of the visitor's browser, for the audit
     */
    public record PageCall(Visitor visitor, Optional<String> address, Optional<String> userAgent) {}

    /** @return the name of the call; {@link #forget} it when it has been answered */
    public String announce(PageCall call) {
        byte[] bytes = new byte[NAME_BYTES];
        random.nextBytes(bytes);
        String name = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        calls.put(name, call);
        return name;
    }

    /** Of a call that may not have arrived. */
    public void forget(String name) {
        calls.remove(name);
    }

    /** The call that this request is, if it is one; its name is not valid again. */
    public Optional<PageCall> take(RoutingContext context) {
        HttpServerRequest request = context.request();
        String name = request.getHeader(HEADER);
        if (name == null) {
            return Optional.empty();
        }
        request.headers().remove(HEADER);
        PageCall call = calls.remove(name);
        if (call != null) {
            context.put(KEY, call);
        }
        return Optional.ofNullable(call);
    }

    /** The call that a request was found to be. */
    public static Optional<PageCall> of(RoutingContext context) {
        return Optional.ofNullable(context.get(KEY));
    }
}
