package nexus.store;

import static nexus.testkit.TestPostgres.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SslOfferTest {
    private final Vertx vertx = Vertx.vertx();
    private final Promise<Buffer> asked = Promise.promise();
    private final Promise<Void> hungUp = Promise.promise();

    @AfterEach
    void close() {
        await(vertx.close());
    }

    @Test
    void aServerThatDoesNotEncryptIsHungUpOnAndSpokenToInPlain() {
        assertThat(await(offer("prefer", "N").settled()).getSslMode()).isEqualTo(SslMode.DISABLE);
        assertThat(await(asked.future()).getInt(4)).isEqualTo(80877103);
        await(hungUp.future());
    }

    @Test
    void aServerThatEncryptsIsSpokenToEncrypted() {
        assertThat(await(offer("prefer", "S").settled()).getSslMode()).isEqualTo(SslMode.PREFER);
        await(hungUp.future());
    }

    @Test
    void anyOtherModeNeedsNoQuestion() {
        assertThat(await(offer("require", "N").settled()).getSslMode()).isEqualTo(SslMode.REQUIRE);
        assertThat(asked.future().isComplete()).isFalse();
    }

    private SslOffer offer(String mode, String answer) {
        NetServer server = await(vertx.createNetServer()
                .connectHandler(socket -> {
                    socket.closeHandler(closed -> hungUp.tryComplete());
                    socket.handler(bytes -> {
                        asked.tryComplete(bytes);
                        socket.write(answer);
                    });
                })
                .listen(0, "127.0.0.1"));
        PgConnectOptions options = PostgresUrl.parse(
                        "postgresql://u@127.0.0.1:" + server.actualPort() + "/d?sslmode=" + mode)
                .clientOptions();
        return new SslOffer(vertx, options);
    }
}
