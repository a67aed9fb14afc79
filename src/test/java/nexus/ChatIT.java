package nexus;

import static nexus.testkit.Eventually.eventually;
import static nexus.testkit.KeyedNexus.api;
import static nexus.testkit.KeyedNexus.nexus;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.util.List;
import nexus.testkit.ApiClient;
import nexus.testkit.KeyedNexus;
import nexus.testkit.ScriptedReceiver;
import nexus.testkit.ScriptedReceiver.Received;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Targets that a person reads: chat channels and telephones. */
@ExtendWith(KeyedNexus.class)
class ChatIT {
    private static final String HUSH = "/services/T00000000/B00000000/hushhush";

    @Test
    void everyTypeIsDescribed() {
        JsonNode types = api().get("/v1/target-types").expect(200).json().path("data");
        assertThat(types.findValuesAsText("targetType")).contains("WEBHOOK", "SLACK", "DISCORD", "TEAMS", "SMS");
        types.forEach(type -> {
            assertThat(type.path("schema").path("type").asText()).isEqualTo("object");
            assertThat(type.path("secrets").isArray()).isTrue();
        });
    }

    @Test
    void aRowChangeArrivesAsAMessageInEveryProduct() {
        try (ScriptedReceiver receiver = ScriptedReceiver.start()) {
            for (String type : List.of("SLACK", "DISCORD", "TEAMS")) {
                JsonNode made = subscribe(receiver, type, "pg.public.users.insert");
                assertThat(made.has("secret") || made.has("headers")).isFalse();
            }
            api().post("/api/v1/listeners", """
                            {"name":"chat","source_table":"users","event":"INSERT","target_type":"Slack","target_url":"%s"}""".formatted(hidden(receiver) + "x"))
                    .expect(201);
            assertThat(api().get("/api/v1/listeners").expect(200).text())
                    .contains("\"target_url\":\"***\"")
                    .doesNotContain("hushhush");
            api().post("/api/v1/test/users", "{\"email\":\"chat@example.com\",\"name\":\"<!channel> @everyone\"}")
                    .expect(201);
            List<Received> requests = receiver.await(4);
            assertThat(requests).allSatisfy(request -> {
                assertThat(request.text()).contains("New row in public.users");
                assertThat(request.headers().keySet()).noneMatch(name -> name.startsWith("webhook-"));
            });
            assertThat(requests.stream().map(request -> ApiClient.json(request.text())))
                    .anySatisfy(body -> assertThat(body.path("text").asText()).contains("name: &lt;!channel&gt;"))
                    .anySatisfy(
                            body -> assertThat(body.path("content").asText()).contains("name: \\<!channel\\>"))
                    .anySatisfy(
                            body -> assertThat(body.path("attachments").size()).isEqualTo(1));
        }
    }

    @Test
    void theUrlOfAChannelIsShownNowhere() {
        try (ScriptedReceiver receiver = ScriptedReceiver.start()) {
            JsonNode made = subscribe(receiver, "SLACK", "chat.hidden");
            String path = "/v1/subscriptions/" + made.path("id").asText();
            assertThat(made.path("endpointUrl").asText()).isEqualTo("***");
            receiver.answer(ScriptedReceiver.status(500).body("no " + HUSH));
            JsonNode tested = api().post(path + "/test").expect(200).json();
            assertThat(tested.path("statusCode").asInt()).isEqualTo(500);
            assertThat(tested.toString()).doesNotContain("hushhush");
            api().post(path + "/secret/rotate").expect(409);
            api().patch(path, "{\"concurrency\":2,\"endpointUrl\":\"***\",\"targetType\":\"SLACK\"}")
                    .expect(200);
            for (String shown : List.of(path, "/v1/subscriptions", "/v1/audit")) {
                assertThat(api().get(shown).expect(200).text()).doesNotContain("hushhush");
            }
            assertThat(nexus().log()).doesNotContain("hushhush");

            assertThat(api().patch(path, "{\"targetType\":\"WEBHOOK\"}")
                            .expect(422)
                            .text())
                    .contains("/endpointUrl");
            JsonNode signed = api().patch(
                            path, "{\"targetType\":\"WEBHOOK\",\"endpointUrl\":\"" + receiver.uri() + "\"}")
                    .expect(200)
                    .json();
            assertThat(signed.path("secret").asText()).startsWith("whsec_");
            assertThat(api().get(path).expect(200).json().has("secret")).isFalse();
        }
    }

    @Test
    void aPauseIsKeptAndAChannelThatIsGoneDisables() {
        try (ScriptedReceiver receiver = ScriptedReceiver.start()) {
            String id = subscribe(receiver, "DISCORD", "chat.gone").path("id").asText();
            receiver.answer(
                    ScriptedReceiver.status(429)
                            .body("{\"message\":\"slow down\",\"retry_after\":0.3,\"global\":false}"),
                    ScriptedReceiver.status(404).body("{\"message\":\"Unknown Webhook\",\"code\":10015}"));
            String event = api().publish("chat.gone", "{\"a\":1}");
            api().awaitDelivery(event, "DEAD");
            assertThat(receiver.received()).hasSize(2);
            eventually("it is disabled", () -> api().get("/v1/subscriptions/" + id)
                    .text()
                    .contains("\"disabledReason\":\"Discord answered 404 10015\""));
        }
    }

    @Test
    void aTextMessageIsSentOnceToANumberThatHasOptedOut() {
        try (ScriptedReceiver receiver = ScriptedReceiver.start()) {
            JsonNode made = api().post("/v1/subscriptions", """
                            {"targetType":"SMS","eventTypes":["chat.sms"],"target":{"provider":"twilio","accountSid":"AC1",
                             "authToken":"hush-token","from":"+15005550006","to":"+15005550009","baseUrl":"http://127.0.0.1:%d"}}""".formatted(receiver.port()))
                    .expect(201)
                    .json();
            String path = "/v1/subscriptions/" + made.path("id").asText();
            assertThat(made.toString()).doesNotContain("hush-token");
            receiver.answer(
                    ScriptedReceiver.status(201).body("{\"sid\":\"SM1\"}"),
                    ScriptedReceiver.status(400).body("{\"code\":21610,\"message\":\"hush-token\"}"));
            api().awaitDelivery(api().publish("chat.sms", "{\"total\":10.50}"), "SENT");
            assertThat(receiver.received().getFirst().text()).contains("To=%2B15005550009", "total%3A+10.50");
            JsonNode dead = api().awaitDelivery(api().publish("chat.sms", "{\"total\":2}"), "DEAD");
            assertThat(dead.path("attempts").asInt()).isEqualTo(1);
            assertThat(api().get(path).expect(200).text()).doesNotContain("hush-token");
            assertThat(api().patch(path, "{\"target\":{\"baseUrl\":\"http://127.0.0.1:65533\"}}")
                            .expect(422)
                            .text())
                    .contains("/target/authToken");
        }
    }

    private static URI hidden(ScriptedReceiver receiver) {
        return receiver.uri().resolve(HUSH);
    }

    private static JsonNode subscribe(ScriptedReceiver receiver, String type, String eventType) {
        return api().post("/v1/subscriptions", """
                        {"targetType":"%s","endpointUrl":"%s","eventTypes":["%s"],"retry":{"baseSeconds":1}}""".formatted(type, hidden(receiver), eventType))
                .expect(201)
                .json();
    }
}
