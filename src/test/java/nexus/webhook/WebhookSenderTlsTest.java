package nexus.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemTrustOptions;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import nexus.event.EventId;
import nexus.event.EventType;
import nexus.target.SendResult;
import nexus.target.credential.TargetAccess;
import nexus.target.credential.TargetAuth;
import nexus.target.credential.TlsIdentity;
import nexus.testkit.ScriptedReceiver;
import nexus.testkit.TestCertificate;
import nexus.trace.Tracing;
import nexus.webhook.guard.TargetResolver;
import nexus.webhook.guard.TestWebhookConfig;
import nexus.webhook.guard.WebhookConfig;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Certificates are judged by the JVM's trust store, which here is a file of the test. */
class WebhookSenderTlsTest {
    private static final String TRUST_STORE = "javax.net.ssl.trustStore";
    private static final String TRUST_STORE_PASSWORD = "javax.net.ssl.trustStorePassword";
    private static final TlsIdentity NOTHING = new TlsIdentity(Optional.empty(), Optional.empty(), Optional.empty());
    private static final Vertx VERTX = Vertx.vertx();

    private static TestCertificate receiverCertificate = new TestCertificate(Path.of(""));

    @BeforeAll
    static void makeCertificate(@TempDir Path folder) throws Exception {
        receiverCertificate = TestCertificate.make(folder, "receiver.example");
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
        trustTheReceivers();
        assertThat(sendTo("receiver.example")).isInstanceOf(SendResult.Delivered.class);
    }

    @Test
    void aTrustedCertificateForAnotherNameIsRefused() throws Exception {
        trustTheReceivers();
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

    @Test
    void aSubscriptionsOwnAuthorityIsTrustedInsteadOfThePlatforms() throws Exception {
        TlsIdentity own =
                new TlsIdentity(Optional.of(receiverCertificate.certificate()), Optional.empty(), Optional.empty());
        assertThat(sendTo("receiver.example", own, receiverCertificate.serverOptions()))
                .isInstanceOf(SendResult.Delivered.class);
        assertThat(sendTo("receiver.example")).isInstanceOf(SendResult.Unreachable.class);
    }

    @Test
    void aReceiverThatAsksForACertificateGetsTheSubscriptions() throws Exception {
        HttpServerOptions asking = receiverCertificate
                .serverOptions()
                .setClientAuth(ClientAuth.REQUIRED)
                .setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(receiverCertificate.certificate())));
        TlsIdentity shown = new TlsIdentity(
                Optional.of(receiverCertificate.certificate()),
                Optional.of(receiverCertificate.certificate()),
                Optional.of(receiverCertificate.privateKey()));
        assertThat(TlsIdentity.isCertificate(receiverCertificate.certificate())).isTrue();
        assertThat(TlsIdentity.isPrivateKey(receiverCertificate.privateKey())).isTrue();
        assertThat(TlsIdentity.isCertificate(receiverCertificate.privateKey())
                        || TlsIdentity.isPrivateKey(receiverCertificate.certificate()))
                .isFalse();
        assertThat(sendTo("receiver.example", shown, asking)).isInstanceOf(SendResult.Delivered.class);
        TlsIdentity nothingShown =
                new TlsIdentity(Optional.of(receiverCertificate.certificate()), Optional.empty(), Optional.empty());
        assertThat(sendTo("receiver.example", nothingShown, asking)).isInstanceOf(SendResult.Unreachable.class);
    }

    /** Java's TLS takes no such name for one that a certificate can be for: that is said, and nothing hangs or throws. */
    @ParameterizedTest
    @ValueSource(strings = {"my_service", "my_service.internal", "a_b.c_d.example"})
    void aHostWithAnUnderscoreIsRefusedInWordsByTls(String name) throws Exception {
        TlsIdentity own =
                new TlsIdentity(Optional.of(receiverCertificate.certificate()), Optional.empty(), Optional.empty());

        for (boolean alpn : List.of(false, true)) {
            SendResult result =
                    sendTo(name, own, receiverCertificate.serverOptions().setUseAlpn(alpn));
            assertThat(result.error())
                    .hasValueSatisfying(why -> assertThat(why).contains("a host name with an underscore"));
            assertThat(result.took()).isLessThan(Duration.ofSeconds(8));
        }
    }

    @Test
    void manyRequestsShareFewConnectionsWhereTheReceiverOffersHttp2() throws Exception {
        TlsIdentity own =
                new TlsIdentity(Optional.of(receiverCertificate.certificate()), Optional.empty(), Optional.empty());
        WebhookSender sender = sender();
        try (ScriptedReceiver receiver =
                ScriptedReceiver.start(receiverCertificate.serverOptions().setUseAlpn(true))) {
            receiver.always(request -> ScriptedReceiver.status(200).after(Duration.ofMillis(200)));
            List<CompletableFuture<SendResult>> sending = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                sending.add(TestRequest.send(sender, request("receiver.example", receiver.port(), own))
                        .toCompletionStage()
                        .toCompletableFuture());
            }
            for (CompletableFuture<SendResult> one : sending) {
                assertThat(one.get(20, TimeUnit.SECONDS)).isInstanceOf(SendResult.Delivered.class);
            }
            assertThat(receiver.received()).hasSize(30);
            assertThat(receiver.connections()).isBetween(1, 4);
        } finally {
            sender.close();
        }
    }

    private static void trustTheReceivers() {
        System.setProperty(TRUST_STORE, receiverCertificate.keyStore().toString());
        System.setProperty(TRUST_STORE_PASSWORD, TestCertificate.PASSWORD);
    }

    private static SendResult sendTo(String name) throws Exception {
        return sendTo(name, NOTHING, receiverCertificate.serverOptions());
    }

    private static SendResult sendTo(String name, TlsIdentity identity, HttpServerOptions options) throws Exception {
        WebhookSender sender = sender();
        try (ScriptedReceiver receiver = ScriptedReceiver.start(options)) {
            return TestRequest.send(sender, request(name, receiver.port(), identity))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(20, TimeUnit.SECONDS);
        } finally {
            sender.close();
        }
    }

    private static WebhookSender sender() {
        WebhookConfig config = TestWebhookConfig.of(Duration.ofSeconds(10), 100, "127.0.0.0/8");
        TargetResolver resolver =
                new TargetResolver(VERTX, config, host -> new InetAddress[] {InetAddress.ofLiteral("127.0.0.1")});
        return new WebhookSender(
                VERTX,
                TestRequest.loop(VERTX),
                resolver,
                config,
                Clock.systemUTC(),
                new SplittableRandom(1),
                Tracing.off(),
                "1.2.3");
    }

    private static TestRequest request(String name, int port, TlsIdentity identity) {
        return new TestRequest(
                URI.create("https://" + name + ":" + port + "/hook"),
                new EventId(new UUID(1, 2)),
                new EventType("user.created"),
                1,
                Buffer.buffer("{}"),
                List.of("a key".getBytes(StandardCharsets.UTF_8)),
                Map.of(),
                new TargetAccess(
                        Optional.empty(),
                        TargetAuth.NONE,
                        Optional.of(identity).filter(given -> !given.equals(NOTHING))));
    }
}
