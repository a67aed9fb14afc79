package nexus;

import static nexus.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import nexus.testkit.ApiClient;
import nexus.testkit.PackagedNexus;
import nexus.testkit.ScriptedSmtp;
import nexus.testkit.TestKafka;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mail and Kafka, from outside. */
class MailAndKafkaIT {
    @Test
    void eventsBecomeMailsAndRecords(@TempDir Path folder) throws Exception {
        try (ScriptedSmtp smtp = ScriptedSmtp.answering(Map.of("RCPT TO:<nobody@", "550 5.1.1 no such user"));
                TestKafka kafka = TestKafka.start(folder, "localhost", Map.of());
                PackagedNexus nexus = PackagedNexus.start(Map.of(
                        "SMTP_URL",
                        "smtp://ann:se%20cret@127.0.0.1:" + smtp.port() + "?from=nexus@example.com",
                        "DELIVERY_MAX_ATTEMPTS",
                        "2"))) {
            kafka.createTopic("orders", 2, Map.of());
            mails(nexus.api(), smtp);
            records(nexus.api(), kafka);
            assertThat(nexus.log()).doesNotContain("se cret", "kafka-secret");
        }
        try (PackagedNexus without = PackagedNexus.start(Map.of())) {
            JsonNode refused = without.api()
                    .post("/v1/subscriptions", subscription("EMAIL", "a.b", "{\"to\":[\"ann@example.com\"]}"))
                    .expect(422)
                    .json();
            assertThat(refused.at("/errors/0/pointer").asText()).isEqualTo("/targetType");
            assertThat(refused.at("/errors/0/detail").asText()).contains("SMTP_URL");
        }
    }

    private static void mails(ApiClient api, ScriptedSmtp smtp) {
        JsonNode made = api.post(
                        "/v1/subscriptions",
                        subscription(
                                "EMAIL",
                                "order.paid",
                                "{\"to\":[\"Zoë <zoe@example.com>\",\"nobody@example.com\"],\"subject\":\"Größe\"}"))
                .expect(201)
                .json();
        assertThat(made.at("/target/to/0").asText()).isEqualTo("\"Zoë\" <zoe@example.com>");
        assertThat(made.has("secret")).isFalse();
        String event = api.publish("order.paid", "{\"id\":7}");
        JsonNode sent = api.awaitDelivery(event, "SENT");
        assertThat(sent.at("/attemptLog/0/responseBody").asText()).contains("nobody@example.com", "550 5.1.1");
        assertThat(smtp.mails()).singleElement().satisfies(mail -> {
            assertThat(mail.to()).containsExactly("<zoe@example.com>");
            assertThat(mail.content()).contains("Message-ID: <" + event, "Auto-Submitted: auto-generated", "id: 7");
        });
        api.patch("/v1/subscriptions/" + made.path("id").asText(), "{\"target\":{\"to\":[\"nobody@example.com\"]}}")
                .expect(200);
        JsonNode dead = api.awaitDelivery(api.publish("order.paid", "{\"id\":8}"), "DEAD");
        assertThat(dead.path("attempts").asInt()).isEqualTo(1);
        assertThat(dead.path("lastStatusCode").asInt()).isEqualTo(550);
        assertThat(api.post("/v1/subscriptions/" + made.path("id").asText() + "/test")
                        .expect(200)
                        .json()
                        .path("statusCode")
                        .asInt())
                .isEqualTo(550);
        for (String wrong : List.of(
                "{\"to\":[]}",
                "{\"to\":[\"ann\"]}",
                "{\"to\":[\"a@b.c\\r\\nBcc: d@e.f\"]}",
                "{\"to\":[\"a@b.c\"],\"subject\":\"a\\nb\"}",
                "{}",
                "null")) {
            api.post("/v1/subscriptions", subscription("EMAIL", "x.y", wrong)).expect(422);
        }
    }

    private static void records(ApiClient api, TestKafka kafka) throws Exception {
        String target = "{\"brokers\":\"127.0.0.1:" + kafka.port() + "\",\"topic\":\"%s\"}";
        JsonNode made = api.post("/v1/subscriptions", subscription("KAFKA", "order.made", target.formatted("orders")))
                .expect(201)
                .json();
        assertThat(made.path("secret").asText()).startsWith("whsec_");
        String event = api.publish("order.made", "{\"id\":7}");
        api.awaitDelivery(event, "SENT");
        List<ConsumerRecord<byte[], byte[]>> records = kafka.records("orders", 2, 1);
        assertThat(records).singleElement().satisfies(record -> {
            assertThat(new String(record.value(), StandardCharsets.UTF_8)).contains("\"id\":\"" + event + "\"");
            assertThat(new String(record.headers().lastHeader("webhook-id").value(), StandardCharsets.UTF_8))
                    .isEqualTo(event);
        });
        String id = made.path("id").asText();
        api.patch("/v1/subscriptions/" + id, "{\"target\":" + target.formatted("nowhere") + "}")
                .expect(200);
        JsonNode dead = api.awaitDelivery(api.publish("order.made", "{\"id\":8}"), "DEAD");
        assertThat(dead.path("lastError").asText()).isEqualTo("the topic does not exist");

        api.patch(
                        "/v1/subscriptions/" + id,
                        "{\"target\":{\"security\":{\"protocol\":\"SASL_SSL\",\"username\":\"a\",\"password\":\"kafka-secret\"}}}")
                .expect(200);
        JsonNode shown = api.get("/v1/subscriptions/" + id).expect(200).json();
        assertThat(shown.at("/target/security/password").asText()).isEqualTo("***");
        api.patch("/v1/subscriptions/" + id, "{\"target\":{\"brokers\":\"evil.example:9092\"}}")
                .expect(422);
        api.patch("/v1/subscriptions/" + id, "{\"target\":{\"security\":{\"protocol\":\"SASL_PLAINTEXT\"}}}")
                .expect(422);
        kafka.close();
        api.patch("/v1/subscriptions/" + id, "{\"target\":{\"topic\":\"orders\",\"security\":null}}")
                .expect(200);
        String held = api.publish("order.made", "{\"id\":9}");
        eventually(
                "the attempts go on, beyond the most that a failing target gets",
                () -> api.delivery(held).path("attempts").asInt() >= 3);
        assertThat(api.delivery(held).path("status").asText()).isEqualTo("FAILED");
    }

    private static String subscription(String type, String events, String target) {
        return "{\"targetType\":\"" + type + "\",\"eventTypes\":[\"" + events + "\"],\"target\":" + target + "}";
    }
}
