package nexus.webhook;

import io.vertx.core.Future;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.RequestOptions;
import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nexus.webhook.AddressRace.Reached;

/**
 * How a request gets to a target that has several addresses: over a connection that is kept, or a new one to the first
 * address that answers. Belongs to the sender's event loop.
 */
final class Connecting {
    private static final int MAX_REMEMBERED = 10_000;

    private final WebhookSender sender;
    private final Duration keepAlive;
    private final Map<Place, Recent> recent = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Place, Recent> eldest) {
            return size() > MAX_REMEMBERED;
        }
    };

    /**
     * A request of which nothing is written yet.
     *
     * @param isKept whether its connection has served another one before
     */
    record Opened(HttpClientRequest request, boolean isKept) {}

    private record Place(String host, int port) {}

    /** @param until {@link System#nanoTime()}; so long a connection to the address may be kept */
    private record Recent(InetAddress address, long until) {}

    Connecting(WebhookSender sender, WebhookConfig config) {
        this.sender = sender;
        this.keepAlive = config.keepAlive();
    }

    /**
     * Opens a POST.
     *
     * @param addresses judged ones, at least one
     * @param timeLeft what takes longer fails
     */
    Future<Opened> open(Target target, List<InetAddress> addresses, Optional<TlsIdentity> tls, Duration timeLeft) {
        if (addresses.size() == 1) {
            return open(target, addresses.getFirst(), tls, System.nanoTime() + timeLeft.toNanos());
        }
        Place place = new Place(target.host(), target.port());
        Recent last = recent.get(place);
        long now = System.nanoTime();
        List<InetAddress> ordered =
                AddressRace.order(addresses, last != null && last.until() - now > 0 ? last.address() : null);
        return new AddressRace<>(
                        sender.vertx,
                        ordered,
                        timeLeft,
                        address -> open(target, address, tls, now + timeLeft.toNanos()),
                        Connecting::giveBack)
                .run()
                .map(reached -> {
                    recent.put(place, recent(reached));
                    return reached.connection();
                });
    }

    /** Nothing is written, so that the connection goes back to the pool. */
    private static void giveBack(Opened late) {
        late.request().exceptionHandler(ignored -> {}).reset();
    }

    private Future<Opened> open(Target target, InetAddress address, Optional<TlsIdentity> tls, long endsAt) {
        RequestOptions options = sender.clients
                .post(target, address)
                // takes it out of the pool's queue at the deadline; a limit for one address is the client's own
                .setConnectTimeout(
                        Math.max(1, Duration.ofNanos(endsAt - System.nanoTime()).toMillis()));
        return sender.clients
                .of(target.isTls(), tls)
                .request(options)
                .map(request -> new Opened(
                        request, !GuardedConnection.of(request.connection()).take(target.host())));
    }

    private Recent recent(Reached<Opened> reached) {
        return new Recent(reached.address(), System.nanoTime() + keepAlive.toNanos());
    }
}
