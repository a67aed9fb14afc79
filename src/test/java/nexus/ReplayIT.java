package nexus;

import static nexus.testkit.Eventually.eventually;
import static nexus.testkit.ScriptedReceiver.status;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import nexus.testkit.PackagedNexus;
import nexus.testkit.ScriptedReceiver;
import nexus.testkit.ScriptedReceiver.Received;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Replays as their users see them: killed at random moments, beside live events, and at a rate of their own. */
class ReplayIT {
    private static final String ENDED = "(done|cancelled|failed)";
    private static final int EVENTS = 2_000;
    private static final int KEYS = 40;

    @AutoClose
    private static PackagedNexus nexus;

    @AutoClose
    private final ScriptedReceiver receiver = ScriptedReceiver.start();

    @BeforeAll
    static void startNexus() {
        nexus = PackagedNexus.start(Map.of());
    }

    private static List<String> publish(String type, int count) {
        List<String> ids = new ArrayList<>();
        for (int from = 0; from < count; from += 500) {
            StringBuilder events = new StringBuilder();
            for (int i = from; i < Math.min(count, from + 500); i++) {
                events.append(events.isEmpty() ? "" : ",")
                        .append("{\"type\":\"%s\",\"data\":{\"n\":%d},\"orderingKey\":\"k%d\"}"
                                .formatted(type, i, i % KEYS));
            }
            nexus.api()
                    .post("/v1/events/batch", "{\"events\":[" + events + "]}")
                    .expect(202)
                    .json()
                    .path("events")
                    .forEach(event -> ids.add(event.path("eventId").asText()));
        }
        return ids;
    }

    private static String body(JsonNode subscription, String more) {
        return "{\"subscriptionId\":\"" + subscription.path("id").asText() + "\",\"since\":\"2020-01-01T00:00:00Z\""
                + more + "}";
    }

    private static JsonNode start(JsonNode subscription, String more) {
        return nexus.api()
                .post("/v1/replays", body(subscription, more))
                .expect(202)
                .json();
    }

    private static int dryRun(JsonNode subscription) {
        return nexus.api()
                .post("/v1/replays", body(subscription, ",\"dryRun\":true"))
                .expect(200)
                .json()
                .path("total")
                .asInt();
    }

    private static JsonNode shown(JsonNode replay) {
        return nexus.api()
                .get("/v1/replays/" + replay.path("id").asText())
                .expect(200)
                .json();
    }

    private static void awaitEnd(JsonNode replay) {
        eventually(
                "the replay ends",
                Duration.ofSeconds(60),
                () -> shown(replay).path("state").asText().matches(ENDED));
    }

    private Set<String> ids(String replay) {
        Set<String> ids = new LinkedHashSet<>();
        for (Received request : receiver.received()) {
            if (replay.equals(request.header("X-Nexus-Replay"))) {
                ids.add(request.header("webhook-id"));
            }
        }
        return ids;
    }

    @Test
    void aReplayThatIsKilledAtRandomMomentsSendsEveryEventOnceAndInOrder() {
        List<String> before = publish("killed.event", EVENTS);
        receiver.always(ignored -> status(200).after(Duration.ofMillis(2)));
        JsonNode subscription = nexus.api().subscribe(receiver.uri(), "killed.*");
        assertThat(dryRun(subscription)).isEqualTo(EVENTS);
        JsonNode replay = start(subscription, "");
        String id = replay.path("id").asText();
        assertThat(replay.path("state").asText()).isEqualTo("running");
        assertThat(replay.path("total").asInt()).isEqualTo(EVENTS);

        Random random = new Random();
        List<String> live = new ArrayList<>();
        for (int kill = 0; kill < 3; kill++) {
            int sent = ids(id).size();
            eventually("it goes on", Duration.ofSeconds(30), () -> ids(id).size() > Math.min(EVENTS - 1, sent + 100));
            live.add(nexus.api().publish("killed.live", "{}"));
            LockSupport.parkNanos(Duration.ofMillis(random.nextInt(150)).toNanos());
            nexus.kill9();
            nexus.restart();
        }
        awaitEnd(replay);

        JsonNode ended = shown(replay);
        assertThat(ended.path("state").asText()).isEqualTo("done");
        assertThat(ended.path("done").asInt()).isEqualTo(EVENTS);
        assertThat(ids(id)).containsExactlyInAnyOrderElementsOf(before);
        assertThat(nexus.query("""
                SELECT count(*) FROM nexus.event WHERE type LIKE 'killed.%' AND cardinality(lanes) <> 1""")).as("each event has one delivery").containsExactly("0");
        Map<Integer, Integer> newest = new HashMap<>(); // by key, of the first arrivals
        List<String> order = new ArrayList<>(ids(id));
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < before.size(); i++) {
            places.put(before.get(i), i);
        }
        order.forEach(event -> {
            int place = places.getOrDefault(event, -1);
            assertThat(newest.getOrDefault(place % KEYS, -1))
                    .as("order of a key")
                    .isLessThan(place);
            newest.put(place % KEYS, place);
        });
        for (String event : live) {
            eventually("the live event arrives", () -> receiver.received().stream()
                    .anyMatch(request -> event.equals(request.header("webhook-id"))
                            && request.header("X-Nexus-Replay").isEmpty()));
        }
        assertThat(dryRun(subscription)).isZero();
    }

    @Test
    void itsRateIsItsOwnAndItPausesAndIsCancelled() {
        publish("slow.event", 200);
        receiver.always(ignored -> status(200));
        JsonNode subscription = nexus.api().subscribe(receiver.uri(), "slow.*");
        JsonNode replay = start(subscription, ",\"rateLimit\":20");
        String path = "/v1/replays/" + replay.path("id").asText();
        long begun = System.nanoTime();

        eventually("it begins", () -> receiver.received().size() >= 30);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(1_300));
        assertThat(nexus.api()
                        .post(path + "/pause")
                        .expect(200)
                        .json()
                        .path("state")
                        .asText())
                .isEqualTo("paused");
        LockSupport.parkNanos(Duration.ofMillis(300).toNanos());
        int paused = receiver.received().size();
        LockSupport.parkNanos(Duration.ofMillis(700).toNanos());
        assertThat(receiver.received()).hasSize(paused);
        nexus.api().post(path + "/resume").expect(200);
        eventually("it goes on", () -> receiver.received().size() > paused + 5);
        assertThat(nexus.api()
                        .post(path + "/cancel")
                        .expect(200)
                        .json()
                        .path("state")
                        .asText())
                .isEqualTo("cancelled");
        nexus.api().post(path + "/resume").expect(409);
        assertThat(nexus.api()
                        .get("/v1/replays?state=cancelled&subscriptionId="
                                + subscription.path("id").asText())
                        .expect(200)
                        .json()
                        .path("data"))
                .hasSize(1);
    }

    @Test
    void deadDeliveriesAreSentAgainWithTheHeader() {
        receiver.always(status(500));
        JsonNode subscription = nexus.api().subscribe(receiver.uri(), "dead.*", ",\"deadOn\":[500]");
        String event = nexus.api().publish("dead.event", "{}");
        nexus.api().awaitDelivery(event, "DEAD");
        receiver.clear();
        receiver.always(status(200));

        JsonNode replay = start(subscription, ",\"status\":\"DEAD\"");

        nexus.api().awaitDelivery(event, "SENT");
        assertThat(ids(replay.path("id").asText())).containsExactly(event);
        awaitEnd(replay);
        assertThat(shown(replay).path("done").asInt()).isEqualTo(1);
    }

    @Test
    void whatIsWrongIsRefused() {
        JsonNode subscription = nexus.api().subscribe(receiver.uri(), "refused.*");

        nexus.api().post("/v1/replays", "{}").expect(422);
        nexus.api()
                .post("/v1/replays", body(subscription, ",\"until\":\"2019-01-01T00:00:00Z\""))
                .expect(422);
        nexus.api()
                .post("/v1/replays", body(subscription, ",\"status\":\"SENT\""))
                .expect(422);
        nexus.api().post("/v1/replays", body(subscription, ",\"rateLimit\":0")).expect(422);
        nexus.api()
                .post("/v1/replays", body(subscription, ",\"filter\":{\"data\":{\"$regex\":1}}"))
                .expect(422);
        nexus.api()
                .post("/v1/replays", body(subscription, ",\"types\":[\"a..b\"]"))
                .expect(422);
        nexus.api()
                .post(
                        "/v1/replays",
                        "{\"subscriptionId\":\"00000000-0000-0000-0000-000000000000\",\"since\":\"2020-01-01T00:00:00Z\"}")
                .expect(422);
        nexus.api().get("/v1/replays/x").expect(404);
        nexus.api()
                .post("/v1/replays/00000000-0000-0000-0000-000000000000/pause")
                .expect(404);
    }
}
