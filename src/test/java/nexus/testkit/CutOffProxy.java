package nexus.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A network in front of a server that can keep its answers back, and break. */
public final class CutOffProxy implements AutoCloseable {
    private final ServerSocket listening;
    private final URI target;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile boolean swallows;
    private volatile String trigger = "";

    private CutOffProxy(ServerSocket listening, URI target) {
        this.listening = listening;
        this.target = target;
    }

    /** Starts one in front of the server of this URL. */
    public static CutOffProxy to(String url) throws IOException {
        CutOffProxy proxy = new CutOffProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), URI.create(url));
        Thread.ofVirtual().start(proxy::accept);
        return proxy;
    }

    /** That of the server, through this. */
    public String url() {
        return target.toString().replace(":" + target.getPort(), ":" + listening.getLocalPort());
    }

    /** What the server says from now on is lost; it still gets everything. */
    public void swallowAnswers() {
        swallows = true;
    }

    /** As {@link #swallowAnswers}, from the moment on in which the client says this. */
    public void swallowAnswersTo(String statement) {
        trigger = statement;
    }

    /** Breaks all connections; new ones work. */
    public void cutOff() {
        Set<Socket> broken = Set.copyOf(open);
        trigger = "";
        swallows = false;
        broken.forEach(CutOffProxy::close);
        open.removeAll(broken);
    }

    @Override
    public void close() throws IOException {
        listening.close();
        cutOff();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listening.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target.getPort());
                open.add(client);
                open.add(server);
                Thread.ofVirtual().start(() -> pump(client, server, false));
                Thread.ofVirtual().start(() -> pump(server, client, true));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void pump(Socket from, Socket to, boolean isAnswer) {
        byte[] buffer = new byte[8192];
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (!isAnswer && !trigger.isEmpty() && text(buffer, read).contains(trigger)) {
                    swallows = true;
                }
                if (!(isAnswer && swallows)) {
                    out.write(buffer, 0, read);
                }
            }
        } catch (IOException e) {
            // broken
        } finally {
            close(from);
            close(to);
        }
    }

    private static String text(byte[] bytes, int length) {
        return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // it is broken anyway
        }
    }
}
