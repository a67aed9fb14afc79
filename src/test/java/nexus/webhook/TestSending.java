package nexus.webhook;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import nexus.event.EventId;
import nexus.event.EventType;
import nexus.target.SendResult;
import nexus.target.SendingLoop;
import nexus.target.credential.TargetAccess;
import nexus.target.credential.TargetAuth;
import nexus.target.credential.TlsIdentity;
import nexus.testkit.TestCertificate;
import nexus.trace.Tracing;
import nexus.webhook.guard.TargetResolver;
import nexus.webhook.guard.TestWebhookConfig;
import nexus.webhook.guard.WebhookConfig;

/** A sender to loopback, and what its requests become. */
final class TestSending implements AutoCloseable {
    private final WebhookSender sender;
    private final SendingLoop loop;
    private final Optional<TlsIdentity> identity;
    private final TargetAuth auth;

    private TestSending(WebhookSender sender, SendingLoop loop, Optional<TlsIdentity> identity, TargetAuth auth) {
        this.sender = sender;
        this.loop = loop;
        this.identity = identity;
        this.auth = auth;
    }

    /** Over one connection at a time, so that requests follow each other on it as closely as they can. */
    static TestSending overOneConnection(Vertx vertx, Duration timeout) {
        WebhookConfig config = TestWebhookConfig.of(timeout, 1, "127.0.0.0/8");
        SendingLoop loop = TestRequest.loop(vertx);
        return new TestSending(
                new WebhookSender(
                        vertx,
                        loop,
                        new TargetResolver(vertx, config),
                        config,
                        Clock.systemUTC(),
                        new SplittableRandom(1),
                        Tracing.off(),
                        "1.2.3"),
                loop,
                Optional.empty(),
                TargetAuth.NONE);
    }

    /** Trusts this certificate alone. */
    TestSending trusting(TestCertificate authority) {
        return new TestSending(
                sender,
                loop,
                Optional.of(new TlsIdentity(Optional.of(authority.certificate()), Optional.empty(), Optional.empty())),
                auth);
    }

    Future<SendResult> send(URI endpoint, String body) {
        return TestRequest.send(
                sender,
                new TestRequest(
                        endpoint,
                        new EventId(new UUID(1, 2)),
                        new EventType("user.created"),
                        1,
                        Buffer.buffer(body),
                        List.of("a key".getBytes(StandardCharsets.UTF_8)),
                        Map.of(),
                        new TargetAccess(Optional.empty(), auth, identity)));
    }

    /** With a token of this authorization server. */
    TestSending withToken(URI tokenUrl) {
        return new TestSending(
                sender, loop, identity, new TargetAuth.ClientCredentials(tokenUrl, "id", "secret", Optional.empty()));
    }

    /** Sends after the event loop was busy with something else, so that it has not looked at its sockets meanwhile. */
    Future<SendResult> sendWhile(Waiting busy, URI endpoint) {
        Promise<SendResult> sent = Promise.promise();
        loop.context().runOnContext(ignored -> {
            try {
                busy.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            send(endpoint, "{}").onComplete(sent);
        });
        return sent.future();
    }

    /** Something to wait for. */
    @FunctionalInterface
    interface Waiting {
        void await() throws InterruptedException;
    }

    static SendResult result(Future<SendResult> sending) {
        try {
            return sending.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        sender.close();
    }
}
