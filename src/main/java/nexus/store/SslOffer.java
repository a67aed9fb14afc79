package nexus.store;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import io.vertx.sqlclient.SqlConnectOptions;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Resolves {@code sslmode=prefer} for each connection before it is opened: asks the server whether it supports TLS, and
 * disconnects. The client would ask too; but if the server declines, the client leaves that connection open and opens
 * another one, and a server that shuts down then waits for its {@code authentication_timeout}, a minute.
 */
final class SslOffer implements Supplier<Future<SqlConnectOptions>> {
    private static final int SSL_REQUEST = 80877103;

    private final PgConnectOptions options;
    private final NetClient client;

    SslOffer(Vertx vertx, PgConnectOptions options) {
        this.options = options;
        this.client = vertx.createNetClient(new NetClientOptions().setConnectTimeout(options.getConnectTimeout()));
    }

    /** The options for the next connection. */
    @Override
    public Future<SqlConnectOptions> get() {
        return settled().map(settled -> settled);
    }

    Future<PgConnectOptions> settled() {
        if (options.getSslMode() != SslMode.PREFER) {
            return Future.succeededFuture(options);
        }
        return client.connect(options.getPort(), options.getHost())
                .compose(this::isOffered)
                .map(offered -> offered ? options : new PgConnectOptions(options).setSslMode(SslMode.DISABLE));
    }

    private Future<Boolean> isOffered(NetSocket socket) {
        Promise<Boolean> answer = Promise.promise();
        socket.handler(bytes -> answer.tryComplete(bytes.getByte(0) == 'S'));
        socket.exceptionHandler(answer::tryFail);
        socket.closeHandler(closed -> answer.tryFail("the server hung up"));
        socket.write(Buffer.buffer().appendInt(8).appendInt(SSL_REQUEST));
        return answer.future()
                .timeout(options.getConnectTimeout(), TimeUnit.MILLISECONDS)
                .eventually(() -> socket.close());
    }
}
