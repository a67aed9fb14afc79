package nexus.webhook;

import static nexus.testkit.Eventually.eventually;
import static nexus.testkit.ScriptedReceiver.closeWithoutAnswer;
import static nexus.testkit.ScriptedReceiver.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
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
import nexus.target.credential.Ed25519Key;
import nexus.target.credential.TargetAccess;
import nexus.target.credential.TargetAuth;
import nexus.testkit.ScriptedReceiver;
import nexus.testkit.ScriptedReceiver.Received;
import nexus.trace.Tracing;
import nexus.webhook.guard.TargetResolver;
import nexus.webhook.guard.TestWebhookConfig;
import nexus.webhook.guard.WebhookConfig;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** As whom Nexus presents itself to a target, and its signature without a shared secret. */
class WebhookSenderAuthTest {
    private static final Vertx VERTX = Vertx.vertx();
    private static final byte[] KEY = "a key".getBytes(StandardCharsets.UTF_8);
    private static final String TOKEN = "{\"access_token\":\"t-1\",\"token_type\":\"Bearer\",\"expires_in\":3600}";

    private final ScriptedReceiver receiver = ScriptedReceiver.start();
    private final ScriptedReceiver authority = ScriptedReceiver.start();
    private final WebhookSender sender = sender();

    @AfterEach
    void close() {
        sender.close();
        receiver.close();
        authority.close();
    }

    @AfterAll
    static void closeVertx() {
        VERTX.close();
    }

    @Test
    void basicAndBearerAreWrittenAsTheirRfcsSay() {
        send(access(TargetAuth.basic("ann", "p:w")));
        send(access(TargetAuth.bearer("t0ken")));
        assertThat(receiver.await(2))
                .extracting(received -> received.header("Authorization"))
                .containsExactly("Basic YW5uOnA6dw==", "Bearer t0ken");
    }

    @Test
    void aTokenIsFetchedOnceForManyAndAgainWhenItIsNoLongerTaken() {
        authority.answer(status(200).body(TOKEN), status(200).body(TOKEN.replace("t-1", "t-2")));
        TargetAccess access = access(credentials(authority.uri("/token?x=1"), "read write"));
        List<CompletableFuture<SendResult>> sending = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            sending.add(sending(access));
        }
        sending.forEach(one -> assertThat(one.join()).isInstanceOf(SendResult.Delivered.class));
        Received asked = authority.await(1).getFirst();
        assertThat(asked.pathAndQuery()).isEqualTo("/token?x=1");
        assertThat(asked.text()).isEqualTo("grant_type=client_credentials&scope=read+write");
        assertThat(asked.header("Content-Type")).isEqualTo("application/x-www-form-urlencoded");
        assertThat(asked.header("Authorization"))
                .isEqualTo("Basic "
                        + Base64.getEncoder().encodeToString("id%2F1:s%3Aecret".getBytes(StandardCharsets.US_ASCII)));
        assertThat(receiver.await(10))
                .allMatch(got -> got.header("Authorization").equals("Bearer t-1"));

        receiver.answer(status(401));
        assertThat(send(access)).isInstanceOf(SendResult.Refused.class);
        send(access);
        assertThat(receiver.await(12).getLast().header("Authorization")).isEqualTo("Bearer t-2");
        assertThat(authority.received()).hasSize(2);
    }

    @Test
    void withoutATokenNothingIsSentAndTheReasonHoldsNoSecret() {
        for (ScriptedReceiver.Answer answer : List.of(
                status(403).body("s:ecret"),
                status(200).body("no json"),
                status(200).body("{\"access_token\":7}"),
                status(200).body("null"),
                status(200).body("{\"access_token\":\"t\\r\\ns:ecret\"}"),
                status(200).body("x".repeat(1_000_000)))) {
            authority.answer(answer);
            try (Closing one = new Closing(sender())) {
                SendResult result = send(one.sender(), access(credentials(authority.uri("/token"), "")));
                assertThat(result.error().orElseThrow())
                        .startsWith("no access token")
                        .doesNotContain("ecret");
            }
        }
        SendResult blocked = send(access(credentials(URI.create("http://10.0.0.1/token"), "")));
        assertThat(blocked.error()).hasValueSatisfying(why -> assertThat(why).contains("10.0.0.1"));
        assertThat(receiver.received()).isEmpty();
    }

    @Test
    void aTokenWhoseLifetimeIsATextIsUsed() {
        authority.answer(status(200).body(TOKEN.replace("3600", "\"3600\"")));
        TargetAccess access = access(credentials(authority.uri("/token"), ""));

        assertThat(send(access)).isInstanceOf(SendResult.Delivered.class);
        assertThat(send(access)).isInstanceOf(SendResult.Delivered.class);
        assertThat(authority.received()).hasSize(1);
        assertThat(receiver.await(2))
                .allMatch(got -> got.header("Authorization").equals("Bearer t-1"));
    }

    /** An answer behind its deadline leaves nothing behind: neither a failure that is kept as a token, nor a connection. */
    @Test
    void anAnswerThatIsLateOrNeverEndsIsNotKept() {
        try (Closing one = new Closing(sender(Duration.ofMillis(300)))) {
            TargetAccess access = access(credentials(authority.uri("/token"), ""));
            authority.answer(status(200).dripping(Duration.ofMillis(20)));
            authority.always(status(200).body(TOKEN));
            assertThat(send(one.sender(), access).error()).isPresent();
            eventually("its connection is closed", () -> authority.openConnections() == 0);

            eventually("the next one is taken", () -> send(one.sender(), access) instanceof SendResult.Delivered);
        }
    }

    @Test
    void aTokenIsAskedForAgainWhenTheKeptConnectionIsClosedOnUse() {
        TargetAccess access = access(credentials(authority.uri("/token"), ""));
        authority.answer(
                status(200).body(TOKEN), closeWithoutAnswer(), status(200).body(TOKEN.replace("t-1", "t-2")));
        send(access);
        receiver.answer(status(401));
        send(access);

        assertThat(send(access)).isInstanceOf(SendResult.Delivered.class);
        assertThat(receiver.await(3).getLast().header("Authorization")).isEqualTo("Bearer t-2");
    }

    @Test
    void aTokenIsForgottenOnlyByThoseWhoUsedIt() {
        authority.always(status(200).body(TOKEN));
        TargetAuth.ClientCredentials credentials =
                (TargetAuth.ClientCredentials) credentials(authority.uri("/token"), "");
        send(access(credentials));

        sender.tokens.forget(credentials, "Bearer an older one");
        send(access(credentials));

        assertThat(authority.received()).hasSize(1);
    }

    @Test
    void aSecondSignatureIsVerifiedWithThePublicKeyAlone() throws Exception {
        Ed25519Key key = Ed25519Key.parse(Ed25519Key.generate().text());
        send(new TargetAccess(Optional.of(key), TargetAuth.NONE, Optional.empty()));
        Received got = receiver.await(1).getFirst();
        String[] signatures = got.header("webhook-signature").split(" ");
        assertThat(signatures).hasSize(2);
        assertThat(signatures[0]).startsWith("v1,");
        assertThat(signatures[1]).startsWith("v1a,");
        assertThat(key.publicKey()).startsWith("whpk_");

        byte[] raw = Base64.getDecoder().decode(key.publicKey().substring(5));
        byte[] encoded = HexFormat.of()
                .parseHex("302a300506032b6570032100" + HexFormat.of().formatHex(raw));
        Signature verifier = Signature.getInstance("Ed25519");
        verifier.initVerify(KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded)));
        verifier.update((got.header("webhook-id") + "." + got.header("webhook-timestamp") + "." + got.text())
                .getBytes(StandardCharsets.UTF_8));
        assertThat(verifier.verify(Base64.getDecoder().decode(signatures[1].substring(4))))
                .isTrue();
    }

    @Test
    void aPortBelow1024OtherThanTheWebsIsNeverConnectedTo() {
        SendResult result = send(sender, request(URI.create("http://127.0.0.1:25/"), TargetAccess.PLAIN));
        assertThat(result.error()).contains("the port must be 80, 443 or above 1024");
    }

    @Test
    void nothingOfItPrints() {
        TargetAccess access = access(credentials(URI.create("http://127.0.0.1/"), ""));
        assertThat(access.toString() + access(TargetAuth.bearer("t0ken")) + Ed25519Key.generate())
                .doesNotContain("s:ecret", "t0ken");
    }

    private record Closing(WebhookSender sender) implements AutoCloseable {
        @Override
        public void close() {
            sender.close();
        }
    }

    private static TargetAccess access(TargetAuth auth) {
        return new TargetAccess(Optional.empty(), auth, Optional.empty());
    }

    private static TargetAuth credentials(URI tokenUrl, String scope) {
        return new TargetAuth.ClientCredentials(
                tokenUrl, "id/1", "s:ecret", Optional.of(scope).filter(given -> !given.isEmpty()));
    }

    private SendResult send(TargetAccess access) {
        return sending(access).join();
    }

    private SendResult send(WebhookSender by, TargetAccess access) {
        return send(by, request(receiver.uri("/hook"), access));
    }

    private static SendResult send(WebhookSender by, TestRequest request) {
        return TestRequest.send(by, request)
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
    }

    private CompletableFuture<SendResult> sending(TargetAccess access) {
        return TestRequest.send(sender, request(receiver.uri("/hook"), access))
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS);
    }

    private static TestRequest request(URI endpoint, TargetAccess access) {
        return new TestRequest(
                endpoint,
                new EventId(new UUID(1, 2)),
                new EventType("user.created"),
                1,
                Buffer.buffer("{\"a\":1}"),
                List.of(KEY),
                Map.of(),
                access);
    }

    private static WebhookSender sender() {
        return sender(Duration.ofSeconds(10));
    }

    private static WebhookSender sender(Duration timeout) {
        WebhookConfig config = TestWebhookConfig.of(timeout, 10, "127.0.0.0/8");
        TargetResolver resolver =
                new TargetResolver(VERTX, config, host -> new InetAddress[] {InetAddress.ofLiteral(host)});
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
}
