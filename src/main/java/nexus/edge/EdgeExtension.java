package nexus.edge;

import io.netty.bootstrap.ChannelInitializerExtension;
import io.netty.channel.Channel;
import io.quarkus.arc.Arc;
import io.quarkus.arc.ArcContainer;
import io.quarkus.arc.InstanceHandle;
import java.net.InetSocketAddress;

/**
 * Adds {@link ConnectionStart} to every accepted connection, because neither Quarkus nor Vert.x exposes a connection before
 * its first request is decoded. Netty loads this class as a service.
 */
public final class EdgeExtension extends ChannelInitializerExtension {
    /** Must be called before the first server listens. */
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
