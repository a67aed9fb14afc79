package nexus.chat;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import nexus.dispatch.send.SendLoop;
import nexus.event.EventId;
import nexus.event.EventType;
import nexus.shape.Parcel;
import nexus.shape.TestParcel;
import nexus.target.ChatTarget;
import nexus.target.Described;
import nexus.target.Permission;
import nexus.target.SendResult;
import nexus.target.SendResult.Extent;
import nexus.testkit.ApiClient;
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

class ChatSenderTest {
    private static final EventId ID = EventId.version7(0, 1, 2);
    private static final Vertx VERTX = Vertx.vertx();
    private static WebhookSender http;

    private final ScriptedReceiver receiver = ScriptedReceiver.start();

    @BeforeAll
    static void start() {
        WebhookConfig config = Configs.of(WebhookConfig.class, "nexus.webhook.allow=127.0.0.0/8");
        http = new WebhookSender(
                VERTX,
                new SendLoop(VERTX),
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
    void aRequestIsNotSignedAndSaysNothingOfNexusButItsName() {
        send(new SlackSender(http), event("user.created", "{\"a\":1}"));
        Received request = receiver.await(1).getFirst();
        assertThat(request.header("content-type")).isEqualTo("application/json");
        assertThat(request.header("user-agent")).isEqualTo("nexus/1.2.3");
        assertThat(request.headers().keySet()).noneMatch(name -> name.startsWith("webhook-") || name.startsWith("x-"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<!channel>",
                "<!everyone> <@U123> <#C1|x>",
                "<http://evil.example|Click>",
                "a & b &lt;!here&gt;",
                "\u202Egnp.exe",
                "line\nbreak\n<!here>",
            })
    void slackGetsNoMentionsAndLinksFromOutside(String hostile) {
        JsonNode body = sent(
                new SlackSender(http),
                event("a.<b", new JsonObject().put(hostile, hostile).encode()));
        assertThat(body.path("text").asText()).doesNotContain("<", ">").contains(": ");
        assertThat(body.path("text").asText().replaceAll("&(amp|lt|gt);", "")).doesNotContain("&");
        assertThat(body.path("unfurl_links").asBoolean(true)).isFalse();
        JsonNode text = sent(
                new SlackSender(http),
                parcel(new JsonArray().add(hostile).encode().replaceAll("^\\[|]$", "")));
        assertThat(text.path("text").asText()).doesNotContain("<", ">");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "@everyone ; @everyone",
                "**bold** _it_ ~~no~~ ; \\*\\*bold\\*\\* \\_it\\_ \\~\\~no\\~\\~",
                "[x](http://evil) ; \\[x\\]\\(http://evil\\)",
                "<@1> <#2> <:a:3> ; \\<@1\\> \\<\\#2\\> \\<:a:3\\>",
                "a\\b `c` ; a\\\\b \\`c\\`",
            })
    void discordGetsNoMarkupAndNoMentionsFromOutside(String both) {
        String[] parts = both.split(" ; ", -1);
        assertThat(DiscordSender.escaped(parts[0])).isEqualTo(parts[1]);
        JsonNode body = sent(
                new DiscordSender(http),
                event("a", new JsonObject().put("k", parts[0]).encode()));
        assertThat(body.path("content").asText()).contains("k: " + parts[1]);
        assertThat(body.path("allowed_mentions").toString()).isEqualTo("{\"parse\":[]}");
    }

    @Test
    void everyProductsLimitIsKeptForTheLargestMessage() {
        JsonObject data = new JsonObject();
        for (int i = 0; i < 500; i++) {
            data.put("`*<&>" + "k".repeat(300) + i, (i % 2 == 0 ? "<&*_" : "\uD83D\uDE00").repeat(5_000));
        }
        Parcel event = event("a.b", data.encode());
        String slack = sent(new SlackSender(http), event).path("text").asText();
        assertThat(slack).hasSizeLessThanOrEqualTo(40_000).contains(" more\n");
        String discord = sent(new DiscordSender(http), event).path("content").asText();
        assertThat(discord).hasSizeLessThanOrEqualTo(2_000).contains(" more\n").contains("-# a.b at");
        sent(new TeamsSender(http), event);
        assertThat(receiver.received().getLast().body().length())
                .isLessThanOrEqualTo(28 * 1024)
                .isGreaterThan(10_000);
        String text = "\"" + "\uD83D\uDE00&<".repeat(50_000) + "\"";
        assertThat(sent(new SlackSender(http), parcel(text)).path("text").asText())
                .hasSizeLessThanOrEqualTo(40_000);
        assertThat(sent(new DiscordSender(http), parcel(text)).path("content").asText())
                .hasSizeLessThanOrEqualTo(2_000);
        sent(new TeamsSender(http), parcel(text));
        assertThat(receiver.received().getLast().body().length()).isLessThanOrEqualTo(28 * 1024);
    }

    @Test
    void teamsGetsAnAdaptiveCardWhoseTextsHaveNoMarkup() {
        JsonNode body = sent(new TeamsSender(http), event("user.created", "{\"a\":\"[x](http://evil) <at>b</at>\"}"));
        assertThat(body.path("type").asText()).isEqualTo("message");
        JsonNode attachment = body.path("attachments").path(0);
        assertThat(attachment.path("contentType").asText()).isEqualTo("application/vnd.microsoft.card.adaptive");
        JsonNode card = attachment.path("content");
        assertThat(card.path("type").asText()).isEqualTo("AdaptiveCard");
        card.path("body")
                .forEach(block -> assertThat(block.path("type").asText()).isEqualTo("RichTextBlock"));
        assertThat(card.path("body")
                        .path(1)
                        .path("inlines")
                        .path(1)
                        .path("text")
                        .asText())
                .isEqualTo("[x](http://evil) <at>b</at>");
    }

    @Test
    void whatATemplateMadeIsSentAsItIsAndATextAsTheMessage() {
        for (Function<WebhookSender, ChatSender> product :
                List.<Function<WebhookSender, ChatSender>>of(SlackSender::new, DiscordSender::new, TeamsSender::new)) {
            send(product.apply(http), parcel("{\"text\":\"<!channel> 1.10\",\"n\":1.10}"));
            assertThat(receiver.received().getLast().text()).isEqualTo("{\"text\":\"<!channel> 1.10\",\"n\":1.10}");
            send(product.apply(http), parcel("\"Order 17 is paid\""));
            assertThat(receiver.received().getLast().text()).contains("Order 17 is paid");
        }
    }

    /** In the columns: product, status, body, the extent, and a code that the attempt's log shows. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "slack   | 404 | no_service                               | AllForGood",
                "slack   | 410 | channel_is_archived                      | AllForGood",
                "slack   | 410 |                                          | AllForGood",
                "slack   | 403 | invalid_token                            | AllForGood",
                "slack   | 403 | action_prohibited                        | ThisDelivery",
                "slack   | 404 | <html>not Slack</html>                   | ThisDelivery",
                "slack   | 400 | invalid_payload                          | ThisDeliveryForGood",
                "slack   | 500 | no_service                               | AllForNow",
                "discord | 404 | {\"message\":\"Unknown Webhook\",\"code\":10015} | AllForGood",
                "discord | 401 | {\"message\":\"Invalid Webhook Token\",\"code\":50027} | AllForGood",
                "discord | 404 | {\"message\":\"404: Not Found\",\"code\":0}  | ThisDelivery",
                "discord | 404 | not JSON                                 | ThisDelivery",
                "discord | 400 | {\"message\":\"Cannot send an empty message\",\"code\":50006} | ThisDeliveryForGood",
                "discord | 400 | {\"code\":\"10015\"}                         | ThisDelivery",
                "discord | 502 | {\"code\":10015}                           | AllForNow",
                "teams   | 404 |                                          | AllForGood",
                "teams   | 410 |                                          | AllForGood",
                "teams   | 413 |                                          | ThisDeliveryForGood",
                "teams   | 400 |                                          | ThisDelivery",
                "teams   | 504 |                                          | AllForNow",
            })
    void anAnswerMeansWhatTheProductMeansByIt(String product, int status, String body, String extent) {
        receiver.answer(ScriptedReceiver.status(status).body(body == null ? "" : body));
        SendResult result = send(product(product), event("a", "{}"));
        assertThat(((SendResult.Refused) result).extent().getClass().getSimpleName())
                .isEqualTo(extent);
        assertThat(result.code()).contains(status);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "slack   | 30  |      |                                | 30000",
                "teams   | 2   |      |                                | 2000",
                "discord | 1   | 0.65 | {\"retry_after\":0.6501,\"global\":false} | 651",
                "discord | 1   | 0.65 | {}                             | 650",
                "discord | 65  |      | {\"retry_after\":\"x\"}        | 65000",
                "discord | 1   | 99999999999 | not JSON                | 86400000",
                "discord |     | -1   | {\"retry_after\":-5}           | ",
                "discord |     | NaN  | {\"retry_after\":1e999}        | ",
                "slack   |     |      |                                | ",
            })
    void aPauseIsAsLongAsTheProductAsks(String product, String header, String reset, String body, Long millis) {
        ScriptedReceiver.Answer answer = ScriptedReceiver.status(429).body(body == null ? "" : body);
        answer = header == null ? answer : answer.header("Retry-After", header);
        receiver.answer(reset == null ? answer : answer.header("X-RateLimit-Reset-After", reset));
        SendResult.Refused result = (SendResult.Refused) send(product(product), event("a", "{}"));
        assertThat(result.extent())
                .isEqualTo(new Extent.AllForNow(Optional.ofNullable(millis).map(Duration::ofMillis)));
    }

    @Test
    void whatIsDescribedIsWhatArrives() {
        for (ChatSender sender : List.of(new SlackSender(http), new DiscordSender(http), new TeamsSender(http))) {
            Parcel parcel = event("a", "{\"b\":\"<c>\"}");
            send(sender, parcel);
            Received request = receiver.received().getLast();
            Described described = sender.describe(new ChatTarget(sender.type(), URI.create("***")), parcel, 1);
            assertThat(described.method()).isEqualTo(request.method());
            assertThat(described.url()).isEqualTo("***");
            assertThat(described.body()).isEqualTo(request.body());
            described.headers().forEach((name, value) -> assertThat(request.headers())
                    .containsKey(name.toLowerCase(Locale.ROOT)));
        }
    }

    @Test
    void theUrlIsNowhereInTheResult() {
        receiver.answer(ScriptedReceiver.status(500).body("POST /services/T0000000/B0000000/hushhush failed"));
        SendResult result = send(new SlackSender(http), event("a", "{}"));
        assertThat(requireNonNull(result.answer()).text()).doesNotContain("hushhush", "T0000000");
        assertThat(result.toString()).doesNotContain("hushhush");
        assertThat(new ChatTarget(new SlackSender(http).type(), receiver.uri()).toString())
                .doesNotContain("127.0.0.1");
    }

    private static ChatSender product(String name) {
        return switch (name) {
            case "slack" -> new SlackSender(http);
            case "discord" -> new DiscordSender(http);
            default -> new TeamsSender(http);
        };
    }

    private JsonNode sent(ChatSender sender, Parcel parcel) {
        assertThat(send(sender, parcel)).isInstanceOf(SendResult.Delivered.class);
        return ApiClient.json(receiver.received().getLast().text());
    }

    private SendResult send(ChatSender sender, Parcel parcel) {
        ChatTarget target =
                new ChatTarget(sender.type(), receiver.uri().resolve("/services/T0000000/B0000000/hushhush"));
        try {
            return sender.send(target, parcel, 1, Permission.ALWAYS)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static Parcel event(String type, String data) {
        return parcel("{\"id\":\"" + ID + "\",\"type\":"
                + new JsonArray().add(type).encode().replaceAll("^\\[|]$", "")
                + ",\"createdAt\":\"2026-01-31T18:20:43.400Z\",\"payload\":{\"data\":" + data + ",\"metadata\":{}}}");
    }

    private static Parcel parcel(String body) {
        return TestParcel.of(ID, new EventType("a.b"), Buffer.buffer(body));
    }
}
