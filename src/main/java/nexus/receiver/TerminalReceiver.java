package nexus.receiver;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Receives webhooks, responds according to the options and prints each as one block. */
final class TerminalReceiver implements AutoCloseable {
    private static final int METHOD_NOT_ALLOWED = 405;
    private static final int SERVER_ERROR = 500;
    /** Larger than any body that Nexus sends. */
    private static final int MAX_BODY_BYTES = 32 * 1024 * 1024;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ListenOptions options;
    private final PrintStream out;
    private final AtomicInteger received = new AtomicInteger();

    private TerminalReceiver(ListenOptions options, PrintStream out) throws IOException {
        this.options = options;
        this.out = out;
        this.server = HttpServer.create(new InetSocketAddress(options.port()), 1024);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
    }

    /** @throws IOException if the port is taken */
    static TerminalReceiver start(ListenOptions options, PrintStream out) throws IOException {
        TerminalReceiver receiver = new TerminalReceiver(options, out);
        receiver.server.start();
        return receiver;
    }

    int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY_BYTES);
            int status = status(exchange);
            ReceivedWebhook webhook = new ReceivedWebhook(
                    LocalTime.now(ZoneId.systemDefault()),
                    exchange.getRequestMethod(),
                    exchange.getRequestHeaders(),
                    body);
            print(webhook.describe(options.key(), status));
            Thread.sleep(options.delay());
            exchange.sendResponseHeaders(status, -1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int status(HttpExchange exchange) {
        if (!exchange.getRequestMethod().equals("POST")) {
            return METHOD_NOT_ALLOWED;
        }
        return received.incrementAndGet() <= options.failFirst() ? SERVER_ERROR : options.status();
    }

    /** One call, so that the lines of concurrent webhooks do not mix. */
    private void print(String block) {
        synchronized (out) {
            out.print(block);
            out.flush();
        }
    }
}
