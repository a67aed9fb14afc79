package nexus.kafka;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import nexus.webhook.guard.Endpoint;
import nexus.webhook.guard.TargetResolver;
import nexus.webhook.guard.TargetResolver.Resolution;
import org.apache.kafka.clients.HostResolver;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.network.ChannelBuilder;
import org.apache.kafka.common.network.Selector;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Time;
import org.jspecify.annotations.Nullable;

/**
 * Checks every address that one client connects to: those of the brokers that a target names, and those that the cluster
 * announces. The client connects to the addresses that this class gives it, so a name is not looked up a second time.
 */
final class BrokerGuard implements HostResolver {
    private final TargetResolver resolver;
    private final Duration patience;
    private volatile @Nullable String blocked;

    BrokerGuard(TargetResolver resolver, Duration patience) {
        this.resolver = resolver;
        this.patience = patience;
    }

    /** The last address that must not be reached; empty when there was none since the last one that may. */
    Optional<String> blocked() {
        return Optional.ofNullable(blocked);
    }

    /** Called by the client's own thread, which may wait. */
    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        boolean isBareIpv6 = host.indexOf(':') >= 0 && !host.startsWith("[");
        return switch (resolution(isBareIpv6 ? '[' + host + ']' : host)) {
            case Resolution.Open open -> {
                blocked = null;
                yield named(host, open.addresses());
            }
            case Resolution.Blocked forbidden -> {
                blocked = forbidden.address().getHostAddress();
                throw new UnknownHostException("an address of the broker must not be reached");
            }
            case Resolution.Unknown() -> throw new UnknownHostException("the broker's name has no address");
            case Resolution.Late() -> throw new UnknownHostException("the broker's name was not looked up in time");
        };
    }

    private Resolution resolution(String host) throws UnknownHostException {
        try {
            return resolver.resolve(host)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnknownHostException("interrupted");
        } catch (ExecutionException | TimeoutException | IllegalStateException e) {
            throw new UnknownHostException("the broker's name was not looked up");
        }
    }

    /** With the name, against which the broker's certificate is checked. */
    private static InetAddress[] named(String host, List<InetAddress> addresses) throws UnknownHostException {
        InetAddress[] named = new InetAddress[addresses.size()];
        for (int i = 0; i < named.length; i++) {
            named[i] = InetAddress.getByAddress(host, addresses.get(i).getAddress());
        }
        return named;
    }

    /** Opens the client's connections. */
    static final class GuardedSelector extends Selector {
        GuardedSelector(
                long maxIdleMillis, Metrics metrics, Time time, ChannelBuilder channels, LogContext logContext) {
            super(maxIdleMillis, metrics, time, "producer", channels, logContext);
        }

        @Override
        public void connect(String id, InetSocketAddress address, int sendBufferSize, int receiveBufferSize)
                throws IOException {
            if (!Endpoint.isAllowedPort(address.getPort())) {
                throw new IOException("the port must be 80, 443 or above 1024");
            }
            super.connect(id, address, sendBufferSize, receiveBufferSize);
        }
    }
}
