package nexus.webhook;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Looks names up and has every address judged by the {@link TargetGuard}. A judgement holds for a few seconds, so that
 * a busy host costs a lookup now and then instead of one for each request. Safe for any thread; blocks none.
 */
@Singleton
public final class TargetResolver {
    /** A lookup that hangs holds one of these threads; requests that wait for it end at their own deadline. */
    private static final int LOOKUP_THREADS = 16;

    private static final int MAX_CACHED_HOSTS = 10_000;

    private final WorkerExecutor lookups;
    private final NameLookup lookup;
    private final TargetGuard guard;
    private final Duration cacheTime;
    private final Map<String, Cached> cache = new LinkedHashMap<>(64, 0.75f, true) { // guarded by this
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Cached> eldest) {
                    return size() > MAX_CACHED_HOSTS;
                }
            };

    /** What is known about a host. */
    public sealed interface Resolution {
        /** Requests may go to any of these addresses; at least one. */
        record Open(List<InetAddress> addresses) implements Resolution {}

        /** One of its addresses must not be reached. */
        record Blocked(InetAddress address) implements Resolution {}

        /** It has no address. */
        record Unknown() implements Resolution {}
    }

    /** The system's resolver, and in tests another. */
    interface NameLookup {
        InetAddress[] allByName(String host) throws UnknownHostException;
    }

    private record Cached(Future<Resolution> resolution, long expiresAtNanos) {}

    @Inject
    public TargetResolver(Vertx vertx, WebhookConfig config) {
        this(vertx, config, InetAddress::getAllByName);
    }

    TargetResolver(Vertx vertx, WebhookConfig config, NameLookup lookup) {
        this.lookups = vertx.createSharedWorkerExecutor("nexus-name-lookup", LOOKUP_THREADS);
        this.lookup = lookup;
        this.guard = TargetGuard.allowing(config.allow().orElse(List.of()));
        this.cacheTime = config.lookupCache();
    }

    /**
     * @param host as in a URL, IPv6 in brackets
     * @return never fails; complete already when the host was judged a moment ago. Which thread tells is not promised.
     */
    public synchronized Future<Resolution> resolve(String host) {
        long now = System.nanoTime();
        Cached cached = cache.get(host);
        if (cached == null || (cached.resolution().isComplete() && cached.expiresAtNanos() - now < 0)) {
            cached = new Cached(
                    lookups.executeBlocking(() -> lookUp(host), false).otherwise(new Resolution.Unknown()),
                    now + cacheTime.toNanos());
            cache.put(host, cached);
        }
        return cached.resolution();
    }

    private Resolution lookUp(String host) {
        if (host.isEmpty()) {
            return new Resolution.Unknown(); // Java's resolver would take it for this machine
        }
        try {
            Optional<InetAddress> literal = HostLiteral.parse(host);
            List<InetAddress> addresses =
                    literal.isPresent() ? List.of(literal.get()) : List.of(lookup.allByName(host));
            return guard.forbidden(host, addresses)
                    .<Resolution>map(Resolution.Blocked::new)
                    .orElseGet(() -> new Resolution.Open(addresses));
        } catch (UnknownHostException e) {
            return new Resolution.Unknown();
        }
    }
}
