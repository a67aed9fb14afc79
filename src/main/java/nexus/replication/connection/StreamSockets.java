package nexus.replication.connection;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.SocketFactory;

/**
 * Creates the socket of one connection and keeps it accessible, so that its input can be waited for. The driver itself
 * can only read with a timeout of a millisecond, or without a timeout. The driver instantiates this class by name.
 */
@RegisterForReflection
public final class StreamSockets extends SocketFactory {
    private static final Map<String, StreamSocket> MADE = new ConcurrentHashMap<>();

    private final String name;

    /** @param name the key for {@link #take} */
    public StreamSockets(String name) {
        this.name = name;
    }

    /**
     * Returns the last socket created under this name. Must be called once for each name, even if the connection
     * failed.
     */
    public static StreamSocket take(String name) {
        StreamSocket made = MADE.remove(name);
        return made == null ? new StreamSocket() : made;
    }

    @Override
    public Socket createSocket() {
        StreamSocket made = new StreamSocket();
        MADE.put(name, made);
        return made;
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        throw connectsItself();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localAddress, int localPort) throws IOException {
        throw connectsItself();
    }

    @Override
    public Socket createSocket(InetAddress address, int port) throws IOException {
        throw connectsItself();
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
            throws IOException {
        throw connectsItself();
    }

    private static IOException connectsItself() {
        return new IOException("the driver connects its sockets itself");
    }
}
