package nexus.webhook.connection;

import io.netty.handler.codec.http2.Http2Error;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.StreamResetException;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nexus.target.credential.TlsIdentity;
import nexus.webhook.answer.GuardedConnection;
import nexus.webhook.connection.AddressRace.Reached;
import nexus.webhook.guard.Endpoint;

/**
 * How a request gets to a target that has several addresses: over a connection that is kept, or a new one to the first
 * address that answers. Belongs to the sender's event loop.
 */
public final class Connector {
    private static final int MAX_REMEMBERED = 10_000;

    /** After this a receiver that required HTTP/1.1 is offered HTTP/2 again. */
    private static final Duration HTTP_1_FOR = Duration.ofHours(1);

    private final Vertx vertx;
    private final HttpClients clients;
    private final Duration keepAlive;
    private final Map<Place, Recent> recent = new Remembered<>();
    private final Map<Place, Long> http1Until = new Remembered<>(); // System.nanoTime()

    /** The places that were used last. */
    private static final class Remembered<V> extends LinkedHashMap<Place, V> {
        private static final long serialVersionUID = 1L;

        Remembered() {
            super(16, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<Place, V> eldest) {
            return size() > MAX_REMEMBERED;
        }
    }

    /**
     * A request of which nothing is written yet.
     *
     * @param isKept whether its connection has served another one before
     */
    public record Opened(HttpClientRequest request, GuardedConnection connection, boolean isKept) {
        /** Whether the receiver closed an idle connection just as it was used again, which is no failure of the endpoint. */
        public boolean isStale(Throwable cause) {
            return isKept
                    && !connection.hasBegunAnswer()
                    && (cause instanceof HttpClosedException || cause instanceof IOException);
        }

        /** Whether HTTP/2 says that the request was not processed: RFC 9113, 8.7. */
        public boolean isUnprocessed(Throwable cause) {
            if (request.version() != HttpVersion.HTTP_2) {
                return false;
            }
            if (cause instanceof StreamResetException reset) {
                return reset.getCode() == Http2Error.REFUSED_STREAM.code();
            }
            return request.streamId() < 1 // the connection took no other stream
                    || connection.isUnprocessed(request.streamId());
        }

        /** Whether the receiver refused the request because it came over HTTP/2: RFC 9113, 7. */
        public boolean requiresHttp1(Throwable cause) {
            if (request.version() != HttpVersion.HTTP_2) {
                return false;
            }
            return cause instanceof StreamResetException reset
                    ? reset.getCode() == Http2Error.HTTP_1_1_REQUIRED.code()
                    : connection.requiresHttp1();
        }

        /** Returns the connection to its pool, since nothing is written on it. */
        public void giveBack() {
            request.exceptionHandler(ignored -> {}).reset();
        }
    }

    private record Place(String host, int port) {
        // written out for the native executable, as in event.EventType
        @Override
        public boolean equals(Object other) {
            return other instanceof Place place && port == place.port && host.equals(place.host);
        }

        @Override
        public int hashCode() {
            return 31 * port + host.hashCode();
        }
    }

    /** @param until {@link System#nanoTime()}; so long a connection to the address may be kept */
    private record Recent(InetAddress address, long until) {}

    /** @param keepAlive how long the clients keep an unused connection */
    public Connector(Vertx vertx, HttpClients clients, Duration keepAlive) {
        this.vertx = vertx;
        this.clients = clients;
        this.keepAlive = keepAlive;
    }

    /**
     * Opens a request.
     *
     * @param addresses judged ones, at least one
     * @param timeLeft what takes longer fails
     */
    public Future<Opened> open(
            HttpMethod method,
            Endpoint endpoint,
            List<InetAddress> addresses,
            Optional<TlsIdentity> tls,
            Duration timeLeft) {
        if (addresses.size() == 1) {
            return open(method, endpoint, addresses.getFirst(), tls, System.nanoTime() + timeLeft.toNanos());
        }
        Place place = place(endpoint);
        Recent last = recent.get(place);
        long now = System.nanoTime();
        List<InetAddress> ordered =
                AddressRace.order(addresses, last != null && last.until() - now > 0 ? last.address() : null);
        return new AddressRace<>(
                        vertx,
                        ordered,
                        timeLeft,
                        address -> open(method, endpoint, address, tls, now + timeLeft.toNanos()),
                        Opened::giveBack)
                .run()
                .map(reached -> {
                    recent.put(place, recent(reached));
                    return reached.connection();
                });
    }

    /** The receiver says that requests must not come over HTTP/2 (RFC 9113, 7: {@code HTTP_1_1_REQUIRED}). */
    public void requireHttp1(Endpoint endpoint) {
        http1Until.put(place(endpoint), System.nanoTime() + HTTP_1_FOR.toNanos());
    }

    private boolean isHttp1(Endpoint endpoint) {
        Long until = http1Until.get(place(endpoint));
        return until != null && until - System.nanoTime() > 0;
    }

    private static Place place(Endpoint endpoint) {
        return new Place(endpoint.host(), endpoint.port());
    }

    private Future<Opened> open(
            HttpMethod method, Endpoint endpoint, InetAddress address, Optional<TlsIdentity> tls, long endsAt) {
        RequestOptions options = clients.request(method, endpoint, address)
                // takes it out of the pool's queue at the deadline; a limit for one address is the client's own
                .setConnectTimeout(
                        Math.max(1, Duration.ofNanos(endsAt - System.nanoTime()).toMillis()));
        return clients.of(endpoint.isTls(), tls, isHttp1(endpoint))
                .request(options)
                .map(request -> {
                    GuardedConnection connection = GuardedConnection.of(request.connection());
                    return new Opened(request, connection, !connection.take(endpoint.host()));
                });
    }

    private Recent recent(Reached<Opened> reached) {
        return new Recent(reached.address(), System.nanoTime() + keepAlive.toNanos());
    }
}
