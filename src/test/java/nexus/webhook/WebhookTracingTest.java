package nexus.webhook;

import static nexus.testkit.ScriptedReceiver.status;
import static nexus.testkit.TestPostgres.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import nexus.event.EventId;
import nexus.event.EventType;
import nexus.target.credential.TargetAccess;
import nexus.testkit.Configs;
import nexus.testkit.ScriptedReceiver;
import nexus.trace.TraceConfig;
import nexus.trace.Tracing;
import nexus.webhook.guard.TargetResolver;
import nexus.webhook.guard.WebhookConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an OpenTelemetry collector gets, and what a receiver goes on with. */
class WebhookTracingTest {
    private static final UUID EVENT = UUID.fromString("0199a3c4-7f6e-7b3a-9c51-2d1f6a0b8e11");
    private static final String TRACE_ID = "0199a3c47f6e7b3a9c512d1f6a0b8e11";
    private static final String CALLER_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String CALLER_SPAN = "00f067aa0ba902b7";

    private final Vertx vertx = Vertx.vertx();
    private final ScriptedReceiver receiver = ScriptedReceiver.start();
    private final ScriptedReceiver collector = ScriptedReceiver.start();

    @AfterEach
    void close() {
        receiver.close();
        collector.close();
        await(vertx.close());
    }

    @Test
    void anEventIsOneTraceFromItsPublicationToTheReceiver() {
        receiver.answer(status(503), status(200));
        Tracing tracing = tracing("nexus.trace.headers=x-tenant=a%2Cb", "nexus.trace.service-name=shop-nexus");
        tracing.published(
                EVENT, "user.created", Instant.now(), Optional.of("00-" + CALLER_TRACE + "-" + CALLER_SPAN + "-01"));
        send(tracing, 1);
        send(tracing, 2);
        tracing.close();

        List<String> parents = receiver.received().stream()
                .map(request -> request.header("traceparent"))
                .toList();
        assertThat(parents).hasSize(2).doesNotHaveDuplicates().allSatisfy(parent -> assertThat(parent)
                .matches("00-" + TRACE_ID + "-[0-9a-f]{16}-01"));
        ScriptedReceiver.Received export = collector.await(1).getFirst();
        assertThat(export.pathAndQuery()).isEqualTo("/v1/traces");
        assertThat(export.header("Content-Type")).isEqualTo("application/x-protobuf");
        assertThat(export.header("x-tenant")).isEqualTo("a,b");
        String bytes = exported();
        parents.forEach(parent -> assertThat(bytes).contains(raw(parent.substring(36, 52))));
        assertThat(bytes)
                .contains(raw(TRACE_ID), raw(CALLER_TRACE), raw(CALLER_SPAN))
                .contains("nexus publish", "nexus deliver", "user.created", "shop-nexus", "delivered", "refused")
                .doesNotContain("/hook", "secret-in-the-path");
    }

    @Test
    void everyProcessFindsTheSameRootForAnEvent() {
        Tracing capturing = tracing();
        capturing.captured(EVENT, "pg.public.users.insert", Instant.now());
        capturing.close();
        Tracing delivering = tracing();
        send(delivering, 1);
        delivering.close();

        byte[] root = collector.await(2).get(0).body().getBytes();
        byte[] attempt = collector.await(2).get(1).body().getBytes();
        String rootText = new String(root, StandardCharsets.ISO_8859_1);
        int at = rootText.indexOf(raw(TRACE_ID));
        String rootSpan = rootText.substring(at + 18, at + 26); // behind the trace id: field 2, 8 bytes
        assertThat(new String(attempt, StandardCharsets.ISO_8859_1)).contains(raw(TRACE_ID), rootSpan);
    }

    @Test
    void withoutACollectorOrOutsideTheSampleEachAttemptHasATraceOfItsOwn() {
        Tracing unsampled = tracing("nexus.trace.ratio=0");
        unsampled.captured(EVENT, "x", Instant.now());
        send(unsampled, 1);
        unsampled.close();
        send(Tracing.off(), 2);

        assertThat(receiver.received())
                .extracting(request -> request.header("traceparent"))
                .doesNotHaveDuplicates()
                .allSatisfy(parent -> assertThat(parent)
                        .matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01")
                        .doesNotContain(TRACE_ID));
        assertThat(collector.received()).isEmpty();
    }

    private Tracing tracing(String... settings) {
        String[] all = new String[settings.length + 1];
        all[0] = "nexus.trace.endpoint=" + collector.uri("/");
        System.arraycopy(settings, 0, all, 1, settings.length);
        return new Tracing(Configs.of(TraceConfig.class, all));
    }

    private void send(Tracing tracing, int attempt) {
        WebhookConfig config = Configs.of(WebhookConfig.class, "nexus.webhook.allow=127.0.0.0/8");
        WebhookSender sender = new WebhookSender(
                vertx,
                TestRequest.loop(vertx),
                new TargetResolver(vertx, config),
                config,
                Clock.systemUTC(),
                new Random(attempt),
                tracing,
                "test");
        await(TestRequest.send(
                sender,
                new TestRequest(
                        receiver.uri("/hook?secret-in-the-path"),
                        new EventId(EVENT),
                        new EventType("user.created"),
                        attempt,
                        Buffer.buffer("{}"),
                        List.of(new byte[] {1}),
                        Map.of(),
                        TargetAccess.PLAIN)));
        sender.close();
    }

    /** Everything that came, each byte a character. */
    private String exported() {
        StringBuilder all = new StringBuilder();
        collector.received().forEach(one -> all.append(new String(one.body().getBytes(), StandardCharsets.ISO_8859_1)));
        return all.toString();
    }

    private static String raw(String hex) {
        return new String(HexFormat.of().parseHex(hex), StandardCharsets.ISO_8859_1);
    }
}
