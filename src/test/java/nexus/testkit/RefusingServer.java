package nexus.testkit;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** Speaks just enough of PostgreSQL's protocol to refuse every session with one error, or to say nothing at all. */
public final class RefusingServer implements AutoCloseable {
    private static final int SSL_REQUEST = 80877103;
    private static final int GSS_REQUEST = 80877104;

    private final ServerSocket socket;
    private final @Nullable String error;

    /** Held on to: a socket that nobody knows any more is closed. */
    private final Queue<Socket> silent = new ConcurrentLinkedQueue<>();

    private RefusingServer(@Nullable String error) throws IOException {
        this.socket = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        this.error = error;
        Thread.ofVirtual().start(this::serve);
    }

    /** @param sqlState of the error, with which it answers every session */
    public static RefusingServer refusing(String sqlState, String message) {
        return start("SFATAL\0VFATAL\0C" + sqlState + "\0M" + message + "\0\0");
    }

    /** Takes connections and never answers. */
    public static RefusingServer silent() {
        return start(null);
    }

    private static RefusingServer start(@Nullable String error) {
        try {
            return new RefusingServer(error);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return socket.getLocalPort();
    }

    private void serve() {
        while (!socket.isClosed()) {
            try {
                Socket session = socket.accept();
                Thread.ofVirtual().start(() -> answer(session));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void answer(Socket session) {
        if (error == null) {
            silent.add(session);
            return;
        }
        try (session) {
            DataInputStream in = new DataInputStream(session.getInputStream());
            while (true) {
                byte[] rest = new byte[in.readInt() - Integer.BYTES];
                in.readFully(rest);
                int code = ByteBuffer.wrap(rest).getInt();
                if (code != SSL_REQUEST && code != GSS_REQUEST) {
                    break;
                }
                session.getOutputStream().write('N');
            }
            byte[] fields = error.getBytes(StandardCharsets.UTF_8);
            session.getOutputStream()
                    .write(ByteBuffer.allocate(5 + fields.length)
                            .put((byte) 'E')
                            .putInt(4 + fields.length)
                            .put(fields)
                            .array());
        } catch (IOException e) {
            // the other side has hung up
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
            for (Socket session : silent) {
                session.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
