package nexus.webhook.guard;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nexus.webhook.guard.LookupThreads.Shares;
import org.jspecify.annotations.Nullable;

/**
 * Resolves names and has every address checked by the {@link TargetGuard}. A result is used for a few seconds, so that a busy
 * host does not cost a look-up for each request; concurrent requests share a look-up. Thread-safe; blocks no thread.
 */
@Singleton
public final class TargetResolver {
    private static final int MAX_CACHED_HOSTS = 10_000;

    /** What an address is judged to be does not change. */
    private static final Duration LITERAL_HOLDS = Duration.ofDays(365);

    private final VertxInternal vertx;
    private final LookupThreads threads;
    private final NameLookup lookup;
    private final TargetGuard guard;
    private final Duration cacheTime;
    private final Duration patience;
    private final Map<String, Promise<Resolution>> underWay = new HashMap<>(); // this and the next guarded by this
    private final Map<String, Judged> judged = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Judged> eldest) {
            return size() > MAX_CACHED_HOSTS;
        }
    };

    /** The cached result of a host. */
    public sealed interface Resolution {
        /** Requests may go to any of these addresses; at least one. */
        record Open(List<InetAddress> addresses) implements Resolution {}

        /** One of its addresses must not be reached. */
        record Blocked(InetAddress address) implements Resolution {}

        /** It has no address. */
        record Unknown() implements Resolution {}

        /** The name server did not answer in time, or too many wait for one. */
        record Late() implements Resolution {}
    }

    /** The system's resolver, and in tests another. */
    public interface NameLookup {
        InetAddress[] allByName(String host) throws UnknownHostException;
    }

    private record Judged(Future<Resolution> future, long expiresAtNanos) {}

    @Inject
    public TargetResolver(Vertx vertx, WebhookConfig config) {
        this(vertx, config, InetAddress::getAllByName);
    }

    public TargetResolver(Vertx vertx, WebhookConfig config, NameLookup lookup) {
        this(vertx, config, lookup, Shares.USUAL);
    }

    TargetResolver(Vertx vertx, WebhookConfig config, NameLookup lookup, Shares shares) {
        this.vertx = (VertxInternal) vertx;
        this.threads = new LookupThreads(shares);
        this.lookup = lookup;
        this.guard = TargetGuard.allowing(config.allow().orElse(List.of()));
        this.cacheTime = config.lookupCache();
        this.patience = config.timeout();
    }

    /**
     * @param host as in a URL, IPv6 in brackets
     * @return never fails, and takes no longer than a request may; complete already when the host is an address, or was
     *     checked recently. The thread of completion is not specified.
     */
    public Future<Resolution> resolve(String host) {
        Judged known = known(host);
        if (known != null) {
            return known.future();
        }
        try {
            Optional<InetAddress> literal = HostLiteral.parse(host);
            if (literal.isPresent()) {
                return remember(host, judge(host, List.of(literal.get())), LITERAL_HOLDS)
                        .future();
            }
        } catch (UnknownHostException e) {
            return Future.succeededFuture(new Resolution.Unknown());
        }
        return host.isEmpty() // Java's resolver would take it for this machine
                ? Future.succeededFuture(new Resolution.Unknown())
                : named(host);
    }

    private synchronized @Nullable Judged known(String host) {
        Judged known = judged.get(host);
        return known != null && known.expiresAtNanos() - System.nanoTime() > 0 ? known : null;
    }

    private synchronized Judged remember(String host, Resolution resolution, Duration holds) {
        Judged now = new Judged(Future.succeededFuture(resolution), System.nanoTime() + holds.toNanos());
        judged.put(host, now);
        return now;
    }

    private synchronized Future<Resolution> named(String host) {
        Judged known = known(host); // told meanwhile
        if (known != null) {
            return known.future();
        }
        Promise<Resolution> waiting = underWay.get(host);
        if (waiting != null && !waiting.future().isComplete()) {
            return waiting.future();
        }
        // A look-up whose requests timed out may still run; later requests share it.
        boolean isUnderWay = waiting != null;
        Promise<Resolution> answer = vertx.getOrCreateContext().promise();
        long deadline =
                vertx.setTimer(Math.max(1, patience.toMillis()), late -> answer.tryComplete(new Resolution.Late()));
        underWay.put(host, answer);
        if (!isUnderWay && !threads.run(host, () -> answered(host), () -> told(host, new Resolution.Late()))) {
            told(host, new Resolution.Late());
        }
        return answer.future().onComplete(done -> vertx.cancelTimer(deadline));
    }

    private Runnable answered(String host) {
        Resolution resolution = lookUp(host);
        return () -> told(host, resolution);
    }

    private Resolution lookUp(String host) {
        try {
            return judge(host, List.of(lookup.allByName(host)));
        } catch (UnknownHostException | RuntimeException e) { // the system's resolver throws both for a bad name
            return new Resolution.Unknown();
        }
    }

    private void told(String host, Resolution resolution) {
        Promise<Resolution> answer;
        synchronized (this) {
            if (!(resolution instanceof Resolution.Late)) {
                remember(host, resolution, cacheTime);
            }
            answer = underWay.remove(host);
        }
        if (answer != null) {
            answer.tryComplete(resolution);
        }
    }

    private Resolution judge(String host, List<InetAddress> addresses) {
        return guard.forbidden(host, addresses)
                .<Resolution>map(Resolution.Blocked::new)
                .orElseGet(() -> new Resolution.Open(addresses));
    }
}
