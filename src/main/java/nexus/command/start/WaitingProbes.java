package nexus.command.start;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Answers the probes while the start waits for the database and the application does not run yet: live, so that the
 * process is not restarted, but neither started nor ready. The port is opened when the start first has to wait.
 */
public final class WaitingProbes implements AutoCloseable {
    private static final String PROBES = "/q/health/";
    private static final String ANSWER = """
            {"status":"%1$s","checks":[{"name":"start","status":"%1$s","data":{"waitingFor":"DATABASE_URL"}}]}""";

    private final String host;
    private final int port;
    private @Nullable HttpServer server;

    public WaitingProbes(String host, int port) {
        this.host = host;
        this.port = port;
    }

    /** If the port is taken, probes are not answered meanwhile; the application reports the error later. */
    public void open() {
        if (server != null) {
            return;
        }
        try {
            HttpServer opened = HttpServer.create(new InetSocketAddress(host, port), 0);
            opened.createContext(PROBES, WaitingProbes::answer);
            opened.start();
            server = opened;
        } catch (IOException e) {
            return;
        }
    }

    private static void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            boolean isUp = exchange.getRequestURI().getPath().equals(PROBES + "live");
            byte[] body = ANSWER.formatted(isUp ? "UP" : "DOWN").getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json; charset=UTF-8");
            exchange.sendResponseHeaders(isUp ? 200 : 503, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    /** Closes the port. */
    @Override
    public void close() {
        if (server != null) {
            server.stop(0);
        }
    }
}
