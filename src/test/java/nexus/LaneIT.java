package nexus;

import static nexus.testkit.Eventually.eventually;
import static nexus.testkit.ScriptedReceiver.status;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import nexus.testkit.ApiClient;
import nexus.testkit.PackagedNexus;
import nexus.testkit.ScriptedReceiver;
import nexus.testkit.ScriptedReceiver.Received;
import org.junit.jupiter.api.Test;

/** An endpoint that goes down and comes back, as its owner sees it. */
class LaneIT {
    private static final int KEYS = 5;
    private static final int EVENTS = 40;

    @Test
    void anEndpointThatIsDownIsLeftAloneAndGetsItsBacklogInOrderAtItsOwnRateWhenItReturns() {
        try (PackagedNexus nexus = PackagedNexus.start(Map.of());
                ScriptedReceiver receiver = ScriptedReceiver.start()) {
            receiver.always(status(502));
            ApiClient api = nexus.api();
            JsonNode subscription = api.subscribe(receiver.uri(), "order.*");
            assertThat(subscription.path("rateLimit").isNull()).isTrue();
            String path = "/v1/subscriptions/" + subscription.path("id").asText();
            List<String> events = new ArrayList<>();
            for (int i = 0; i < EVENTS; i++) {
                events.add(api.post("/v1/events", """
                                {"type":"order.paid","data":{"n":%d},"orderingKey":"customer-%d"}""".formatted(i, i % KEYS))
                        .expect(202)
                        .json()
                        .path("eventId")
                        .asText());
            }

            eventually(
                    "the breaker is open",
                    () -> breaker(api, path).path("state").asText().equals("open"));
            JsonNode open = breaker(api, path);
            Instant openedAt = Instant.parse(open.path("openedAt").asText());
            assertThat(Instant.parse(open.path("nextProbeAt").asText())).isEqualTo(openedAt.plusSeconds(5));
            assertThat(open.path("until").asText())
                    .isEqualTo(open.path("nextProbeAt").asText());
            assertThat(nexus.management().get("/q/metrics").expect(200).text()).contains("nexus_breaker_open ");

            assertThat(api.patch(path, "{\"rateLimit\":0}")
                            .expect(422)
                            .json()
                            .path("errors")
                            .path(0)
                            .path("pointer")
                            .asText())
                    .isEqualTo("/rateLimit");
            assertThat(api.patch(path, "{\"rateLimit\":20}")
                            .expect(200)
                            .json()
                            .path("rateLimit")
                            .asInt())
                    .isEqualTo(20);
            assertThat(api.get(path).json().path("rateLimit").asInt()).isEqualTo(20);
            int failed = receiver.received().size();
            assertThat(failed).as("ten, and what was under way beside them").isBetween(10, 13);
            receiver.always(status(200));

            eventually(
                    "everything has arrived",
                    Duration.ofSeconds(30),
                    () -> api.get(path + "/stats").json().path("deliveriesSent").asInt() == EVENTS);
            JsonNode closed = breaker(api, path);
            assertThat(closed.path("state").asText()).isEqualTo("closed");
            assertThat(closed.path("openedAt").isNull()).isTrue();
            List<Received> delivered =
                    receiver.received().subList(failed, receiver.received().size());
            assertThat(delivered).hasSize(EVENTS);
            assertThat(delivered.getFirst().arrivedAt()).isAfterOrEqualTo(openedAt.plusSeconds(5));
            assertThat(Duration.between(
                            delivered.getFirst().arrivedAt(),
                            delivered.getLast().arrivedAt()))
                    .as("at 20 a second")
                    .isGreaterThan(Duration.ofMillis(1_700));
            for (int key = 0; key < KEYS; key++) {
                List<String> expected = new ArrayList<>();
                for (int i = key; i < EVENTS; i += KEYS) {
                    expected.add(events.get(i));
                }
                assertThat(delivered.stream()
                                .map(one -> one.header("webhook-id"))
                                .filter(expected::contains))
                        .containsExactlyElementsOf(expected);
            }
        }
    }

    private static JsonNode breaker(ApiClient api, String path) {
        return api.get(path + "/stats").expect(200).json().path("breaker");
    }
}
