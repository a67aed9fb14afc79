package nexus.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PfxOptions;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import nexus.event.EventId;
import nexus.event.EventType;
import nexus.testkit.ScriptedReceiver;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates are judged by the JVM's trust store, which here is a file of the test. */
class WebhookSenderTlsTest {
    private static final String TRUST_STORE = "javax.net.ssl.trustStore";
    private static final String TRUST_STORE_PASSWORD = "javax.net.ssl.trustStorePassword";
    private static final String PASSWORD = "changeit";
    private static final Vertx VERTX = Vertx.vertx();

    private static Path keyStore = Path.of("");

    @BeforeAll
    static void makeCertificate(@TempDir Path folder) throws Exception {
        keyStore = folder.resolve("receiver.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "receiver",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=receiver.example",
                        "-ext",
                        "san=dns:receiver.example",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        keyStore.toString(),
                        "-storepass",
                        PASSWORD)
                .inheritIO()
                .start();
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }

    @AfterEach
    void trustTheUsual() {
        System.clearProperty(TRUST_STORE);
        System.clearProperty(TRUST_STORE_PASSWORD);
    }

    @AfterAll
    static void closeVertx() {
        VERTX.close();
    }

    @Test
    void aTrustedCertificateForTheNameIsDeliveredTo() throws Exception {
        trust(keyStore);
        assertThat(sendTo("receiver.example")).isInstanceOf(SendResult.Delivered.class);
    }

    @Test
    void aTrustedCertificateForAnotherNameIsRefused() throws Exception {
        trust(keyStore);
        assertThat(sendTo("other.example"))
                .isInstanceOfSatisfying(SendResult.Unreachable.class, unreachable -> assertThat(unreachable.why())
                        .startsWith("TLS: ")
                        .contains("other.example"));
    }

    @Test
    void aCertificateThatNobodyVouchesForIsRefused() throws Exception {
        assertThat(sendTo("receiver.example"))
                .isInstanceOfSatisfying(SendResult.Unreachable.class, unreachable -> assertThat(unreachable.why())
                        .startsWith("TLS: ")
                        .contains("certification path"));
    }

    private static void trust(Path certificates) {
        System.setProperty(TRUST_STORE, certificates.toString());
        System.setProperty(TRUST_STORE_PASSWORD, PASSWORD);
    }

    private static SendResult sendTo(String name) throws Exception {
        WebhookConfig config = TestWebhookConfig.of(Duration.ofSeconds(10), 10, "127.0.0.0/8");
        TargetResolver resolver =
                new TargetResolver(VERTX, config, host -> new InetAddress[] {InetAddress.ofLiteral("127.0.0.1")});
        WebhookSender sender =
                new WebhookSender(VERTX, resolver, config, Clock.systemUTC(), new SplittableRandom(1), "1.2.3");
        try (ScriptedReceiver receiver = ScriptedReceiver.start(new HttpServerOptions()
                .setSsl(true)
                .setKeyCertOptions(new PfxOptions().setPath(keyStore.toString()).setPassword(PASSWORD)))) {
            WebhookRequest request = new WebhookRequest(
                    URI.create("https://" + name + ":" + receiver.port() + "/hook"),
                    new EventId(new UUID(1, 2)),
                    new EventType("user.created"),
                    1,
                    Buffer.buffer("{}"),
                    List.of("a key".getBytes(StandardCharsets.UTF_8)),
                    Map.of());
            return sender.send(request)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(20, TimeUnit.SECONDS);
        } finally {
            sender.close();
        }
    }
}
