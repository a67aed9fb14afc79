package nexus.testkit;

import static nexus.testkit.Eventually.eventually;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLServerSocketFactory;

/** A receiver on 127.0.0.1 that sends the very bytes of its script, whatever rule of HTTP they break. */
public final class RawReceiver implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 30_000;
    private static final Pattern LENGTH = Pattern.compile("(?im)^content-length: *([0-9]+)");

    private final ServerSocket server;
    private final Script script;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger ended = new AtomicInteger();

    /** What happens on one connection; it is closed when the script ends. */
    @FunctionalInterface
    public interface Script {
        void run(Connection connection) throws IOException, InterruptedException;
    }

    private RawReceiver(ServerSocket server, Script script) {
        this.server = server;
        this.script = script;
        Thread.ofVirtual().start(this::accept);
    }

    public static RawReceiver start(Script script) throws IOException {
        return new RawReceiver(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), script);
    }

    /** @param protocols for ALPN; none: it is not offered */
    public static RawReceiver startTls(SSLServerSocketFactory tls, Script script, String... protocols)
            throws IOException {
        SSLServerSocket socket = (SSLServerSocket) tls.createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        if (protocols.length > 0) {
            var parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(protocols);
            socket.setSSLParameters(parameters);
        }
        return new RawReceiver(socket, script);
    }

    public int port() {
        return server.getLocalPort();
    }

    public URI uri(String path) {
        return URI.create((server instanceof SSLServerSocket ? "https" : "http") + "://127.0.0.1:" + port() + path);
    }

    /** Connections ever accepted. */
    public int connections() {
        return sockets.size();
    }

    /** The requests' first lines and headers that scripts have read. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    /** Waits until this many scripts have ended. */
    public void awaitEnded(int count) {
        eventually(count + " connections have ended", () -> ended.get() >= count);
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                sockets.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException e) {
            // the test is over
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.setTcpNoDelay(true);
            script.run(new Connection(socket));
        } catch (IOException e) {
            // the sender closed it, or the test is over
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ended.incrementAndGet();
        }
    }

    /** One accepted connection. */
    public final class Connection {
        private final Socket socket;

        private Connection(Socket socket) {
            this.socket = socket;
        }

        public InputStream in() throws IOException {
            return socket.getInputStream();
        }

        public OutputStream out() throws IOException {
            return socket.getOutputStream();
        }

        /** Reads one request of HTTP/1.1; its head as text. Throws at the connection's end. */
        public String readRequest() throws IOException {
            ByteArrayOutputStream head = new ByteArrayOutputStream();
            while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
                int next = in().read();
                if (next < 0) {
                    throw new EOFException();
                }
                head.write(next);
            }
            String text = head.toString(StandardCharsets.ISO_8859_1);
            Matcher length = LENGTH.matcher(text);
            if (length.find()) {
                in().skipNBytes(Long.parseLong(length.group(1)));
            }
            requests.add(text);
            return text;
        }

        /** Sends all at once. */
        public void send(String text) throws IOException {
            send(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        public void send(byte[] bytes) throws IOException {
            out().write(bytes);
            out().flush();
        }

        /** Waits until the sender has closed the connection, reading what it still sends. */
        public void awaitClosed() throws IOException {
            try {
                in().transferTo(OutputStream.nullOutputStream());
            } catch (java.net.SocketTimeoutException e) {
                throw new AssertionError("the sender keeps the connection", e);
            } catch (IOException e) {
                // reset: closed as well
            }
        }

        /** Closes with a reset instead of an orderly end. */
        public void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        public Socket socket() {
            return socket;
        }
    }
}
