package nexus.sms;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import nexus.dispatch.send.SendLoop;
import nexus.event.EventId;
import nexus.event.EventType;
import nexus.shape.TestParcel;
import nexus.target.Described;
import nexus.target.Permission;
import nexus.target.SendResult;
import nexus.target.SmsTarget;
import nexus.testkit.Configs;
import nexus.testkit.ScriptedReceiver;
import nexus.testkit.ScriptedReceiver.Received;
import nexus.trace.Tracing;
import nexus.webhook.WebhookSender;
import nexus.webhook.guard.TargetResolver;
import nexus.webhook.guard.WebhookConfig;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SmsSenderTest {
    private static final EventId ID = EventId.version7(0, 1, 2);
    private static final Vertx VERTX = Vertx.vertx();
    private static final SendLoop LOOP = new SendLoop(VERTX);
    private static WebhookSender http;

    private final ScriptedReceiver receiver = ScriptedReceiver.start();

    @BeforeAll
    static void start() {
        WebhookConfig config = Configs.of(WebhookConfig.class, "nexus.webhook.allow=127.0.0.0/8");
        http = new WebhookSender(
                VERTX,
                LOOP,
                new TargetResolver(VERTX, config),
                config,
                Clock.systemUTC(),
                new Random(5),
                Tracing.off(),
                "1.2.3");
    }

    @AfterAll
    static void stop() {
        http.close();
        VERTX.close();
    }

    @AfterEach
    void close() {
        receiver.close();
    }

    @Test
    void aMessageIsPostedAsTwilioTakesIt() {
        receiver.answer(ScriptedReceiver.status(201).body("{\"sid\":\"SM1\"}"));
        SendResult result = send("+15005550006", "\"Zoë & co: 100% + 1\"");
        assertThat(result).isInstanceOf(SendResult.Delivered.class);
        Received request = receiver.await(1).getFirst();
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.pathAndQuery()).isEqualTo("/v/2010-04-01/Accounts/AC123/Messages.json");
        assertThat(request.header("content-type")).isEqualTo("application/x-www-form-urlencoded");
        assertThat(request.header("authorization"))
                .isEqualTo("Basic "
                        + Base64.getEncoder().encodeToString("AC123:hush-token".getBytes(StandardCharsets.UTF_8)));
        assertThat(form(request))
                .isEqualTo(Map.of("To", "+15005550009", "From", "+15005550006", "Body", "Zoë & co: 100% + 1"));
        assertThat(request.headers().keySet()).noneMatch(name -> name.startsWith("webhook-") || name.startsWith("x-"));
    }

    @Test
    void aDescriptionHidesTheToken() {
        SmsTarget target = new SmsTarget(URI.create("https://api.example"), "AC123", "***", "Nexus", "+15005550009");
        Described described = new SmsSender(http, LOOP)
                .describe(target, TestParcel.of(ID, new EventType("a.b"), Buffer.buffer("\"a b\"")), 1);
        assertThat(described.url()).isEqualTo("https://api.example/2010-04-01/Accounts/AC123/Messages.json");
        assertThat(described.headers()).containsEntry("authorization", "Basic ***");
        assertThat(described.body().toString()).isEqualTo("To=%2B15005550009&From=Nexus&Body=a+b");
    }

    @Test
    void aMessagingServiceIsNamedAsOne() {
        String service = "MG" + "0".repeat(32);
        send(service, "{\"text\":\"a\"}");
        assertThat(form(receiver.await(1).getFirst()))
                .isEqualTo(Map.of("To", "+15005550009", "MessagingServiceSid", service, "Body", "a"));
    }

    @Test
    void withoutATemplateItIsAShortMessageOfTheEvent() {
        JsonObject data = new JsonObject();
        for (int i = 0; i < 200; i++) {
            data.put("k" + i, "\uD83D\uDE00".repeat(1_000));
        }
        send(
                "Nexus",
                "{\"id\":\"" + ID + "\",\"type\":\"a.b\",\"createdAt\":\"2026\",\"payload\":{\"data\":" + data.encode()
                        + ",\"metadata\":{}}}");
        assertThat(form(receiver.await(1).getFirst()).get("Body"))
                .startsWith("a.b\nk0: \uD83D\uDE00")
                .hasSizeLessThanOrEqualTo(640);
    }

    @Test
    void aTextIsCutAt1600Characters() {
        send("Nexus", "\"" + "\uD83D\uDE00x".repeat(5_000) + "\"");
        assertThat(form(receiver.await(1).getFirst()).get("Body"))
                .hasSizeLessThanOrEqualTo(1_600)
                .hasSizeGreaterThan(1_590)
                .endsWith("…");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"a\":1}", "7", "[]", "null", "\"\"", "\" \\n\"", "{\"text\":7}", "{}"})
    void aTemplateThatMakesNoTextEndsTheDelivery(String content) {
        assertThat(send("Nexus", content))
                .isInstanceOfSatisfying(SendResult.Unsendable.class, result -> assertThat(result.reason())
                        .isEqualTo("transform-failed"));
        assertThat(receiver.received()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "400, 21610, Refused ThisDeliveryForGood",
        "400, 21211, Refused ThisDeliveryForGood",
        "400, 21614, Refused ThisDeliveryForGood",
        "400, 21617, Refused ThisDeliveryForGood",
        "400, 21611, Refused AllForNow",
        "400, 21606, OutOfService",
        "400, 21408, OutOfService",
        "400, 12345, Refused ThisDelivery",
        "400, , Refused ThisDelivery",
        "401, 20003, OutOfService",
        "401, , OutOfService",
        "403, 20005, OutOfService",
        "404, 20404, OutOfService",
        "429, 20429, Refused AllForNow",
        "500, 21610, Refused AllForNow",
        "503, , Refused AllForNow",
    })
    void anAnswerMeansWhatTheProviderMeansByIt(int status, String code, String meaning) {
        receiver.answer(ScriptedReceiver.status(status)
                .body(code == null ? "not JSON" : "{\"code\":" + code + ",\"message\":\"hush-token is wrong\"}"));
        SendResult result = send("Nexus", "\"a\"");
        assertThat(result.getClass().getSimpleName()
                        + (result instanceof SendResult.Refused refused
                                ? " " + refused.extent().getClass().getSimpleName()
                                : ""))
                .isEqualTo(meaning);
        assertThat(result.code()).contains(status);
        assertThat(requireNonNull(result.answer()).text() + result.error()).doesNotContain("hush-token");
    }

    private SendResult send(String from, String content) {
        SmsTarget target = new SmsTarget(
                URI.create("http://127.0.0.1:" + receiver.port() + "/v/"), "AC123", "hush-token", from, "+15005550009");
        try {
            return new SmsSender(http, LOOP)
                    .send(target, TestParcel.of(ID, new EventType("a.b"), Buffer.buffer(content)), 1, Permission.ALWAYS)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static Map<String, String> form(Received request) {
        return Arrays.stream(request.text().split("&", -1))
                .map(field -> field.split("=", 2))
                .collect(Collectors.toMap(
                        field -> field[0], field -> URLDecoder.decode(field[1], StandardCharsets.UTF_8)));
    }
}
