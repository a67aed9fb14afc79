package nexus.edge;

import io.netty.bootstrap.ChannelInitializerExtension;
import io.netty.channel.Channel;
import io.quarkus.arc.Arc;
import io.quarkus.arc.ArcContainer;
import io.quarkus.arc.InstanceHandle;
import java.net.InetSocketAddress;

/**
 * Puts {@link ConnectionStart} in front of every connection that this process accepts: neither Quarkus nor Vert.x lets
 * anybody see a connection before its first request is decoded. Netty finds it as a service.
 */
public final class EdgeExtension extends ChannelInitializerExtension {
    /** To be called before the first server listens. */
    public static void enable() {
        System.setProperty(EXTENSIONS_SYSTEM_PROPERTY, "serviceload");
    }

    @Override
    public void postInitializeServerChildChannel(Channel channel) {
        ArcContainer container = Arc.container();
        if (container == null || !(channel.localAddress() instanceof InetSocketAddress address)) {
            return;
        }
        try (InstanceHandle<Edge> edge = container.instance(Edge.class)) {
            if (edge.isAvailable()) {
                boolean isManagement = edge.get().isManagement(address.getPort());
                channel.pipeline().addFirst("edge", new ConnectionStart(edge.get(), isManagement));
            }
        }
    }
}
