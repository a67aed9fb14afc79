package nexus.testkit;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** An HTTP proxy that opens tunnels ({@code CONNECT}) to one target, which is really a port of this machine. */
public final class TunnelProxy implements AutoCloseable {
    private final Vertx vertx = Vertx.vertx();
    private final NetClient client = vertx.createNetClient();
    private final HttpServer server;
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final String target;
    private final int receiverPort;
    private final String authorization;

    private TunnelProxy(String target, int receiverPort, String authorization) {
        this.target = target;
        this.receiverPort = receiverPort;
        this.authorization = authorization;
        this.server = vertx.createHttpServer().requestHandler(this::handle);
    }

    /**
     * Listens on a free port of 127.0.0.1.
     *
     * @param target {@code host:port} that it opens tunnels to; any other is 403
     * @param receiverPort where they end
     * @param authorization the value of {@code Proxy-Authorization} that it asks for
     */
    public static TunnelProxy start(String target, int receiverPort, String authorization) {
        TunnelProxy proxy = new TunnelProxy(target, receiverPort, authorization);
        try {
            proxy.server
                    .listen(0, "127.0.0.1")
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        return proxy;
    }

    public int port() {
        return server.actualPort();
    }

    /** What it was asked to connect to, {@code host:port}, in this order. */
    public List<String> asked() {
        return List.copyOf(asked);
    }

    @Override
    public void close() {
        vertx.close();
    }

    private void handle(HttpServerRequest request) {
        asked.add(request.uri());
        if (!authorization.equals(request.getHeader(HttpHeaders.PROXY_AUTHORIZATION))) {
            request.response().setStatusCode(407).end();
            return;
        }
        if (!request.uri().equals(target)) {
            request.response().setStatusCode(403).end();
            return;
        }
        client.connect(receiverPort, "127.0.0.1")
                .onFailure(failure -> request.response().setStatusCode(502).end())
                .onSuccess(receiver -> request.toNetSocket().onSuccess(caller -> join(caller, receiver)));
    }

    private static void join(NetSocket caller, NetSocket receiver) {
        caller.pipeTo(receiver);
        receiver.pipeTo(caller);
    }
}
