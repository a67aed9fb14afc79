package nexus.dispatch;

import static nexus.testkit.Eventually.eventually;
import static nexus.testkit.ScriptedReceiver.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import nexus.event.EventId;
import nexus.event.Ordering;
import nexus.subscription.Batch;
import nexus.subscription.Subscription;
import nexus.testkit.ScriptedReceiver;
import nexus.testkit.ScriptedReceiver.Received;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several deliveries in one request, with a real store and a real receiver. */
class BatchPostgresTest {
    private final Delivering delivering = new Delivering();
    private final ScriptedReceiver receiver = ScriptedReceiver.start();

    @AfterEach
    void close() {
        delivering.close();
        receiver.close();
    }

    @Test
    void aFullBatchIsOneSignedRequestWithItsEventsInOrder() {
        subscribe(3, Duration.ofSeconds(60));
        delivering.start();
        List<EventId> ids = delivering.publishTogether(3, i -> new Ordering.Key(1));

        Received request = receiver.await(1).getFirst();

        assertThat(events(request)).isEqualTo(texts(ids));
        assertThat(request.header("X-Batch-Size")).isEqualTo("3");
        assertThat(request.header("X-Delivery-Attempt")).isEqualTo("1");
        assertThat(request.header("X-Event-Id")).isEmpty();
        assertThat(UUID.fromString(request.header("webhook-id")).version()).isEqualTo(8);
        delivering.awaitNothingOwed();
        assertThat(delivering.query("SELECT count(*) FROM nexus.delivery WHERE status = 'SENT' AND attempts = 1"
                        + " AND batch = '" + request.header("webhook-id") + "'"))
                .containsExactly("3");
    }

    @Test
    void aSingleEventGoesWhenItHasWaitedLongEnough() {
        subscribe(100, Duration.ofMillis(400));
        delivering.start();
        delivering.publish("order.paid", Ordering.NONE); // everything is loaded afterwards
        receiver.await(1);
        delivering.awaitNothingOwed();

        Instant began = Instant.now();
        delivering.publish("order.paid", Ordering.NONE);
        receiver.await(2);

        assertThat(Duration.between(began, Instant.now()))
                .isBetween(Duration.ofMillis(395), Duration.ofMillis(650)); // the machine may be busy
    }

    @Test
    void eventsThatTheReceiverNamesAreSentAgainAndHoldTheLaterOnesOfTheirKeys() {
        subscribe(3, Duration.ofMillis(200));
        delivering.start("nexus.delivery.backoff-base=600ms");
        receiver.always(received -> events(received).size() < 3
                ? status(200)
                : status(200)
                        .body(new JsonObject()
                                .put(
                                        "failed",
                                        new JsonArray()
                                                .add(events(received).get(1).toUpperCase(Locale.ROOT)))
                                .encode()));
        List<EventId> ids = delivering.publishTogether(3, i -> new Ordering.Key(i == 0 ? 7 : 1));
        receiver.await(1);
        List<EventId> later = delivering.publishTogether(2, i -> new Ordering.Key(i == 0 ? 1 : 7));

        List<Received> requests = receiver.await(4);

        assertThat(events(requests.get(1)))
                .as("of another key")
                .containsExactly(texts(later).get(1));
        assertThat(events(requests.get(2))).containsExactly(texts(ids).get(1));
        assertThat(requests.get(2).header("X-Delivery-Attempt")).isEqualTo("2");
        assertThat(requests.get(2).header("webhook-id"))
                .isNotEqualTo(requests.get(0).header("webhook-id"));
        assertThat(events(requests.get(3))).containsExactly(texts(later).get(0));
        delivering.awaitNothingOwed();
    }

    @Test
    void aBatchThatFailedIsTheSameAfterARestartAlthoughMoreIsOwed() {
        subscribe(100, Duration.ofMillis(100));
        delivering.start("nexus.delivery.backoff-base=2s");
        receiver.answer(status(500));
        List<EventId> ids = delivering.publishTogether(40, i -> new Ordering.Key(i % 3));
        receiver.await(1);
        eventually("the failure is stored", () -> delivering
                .query("SELECT count(*), count(DISTINCT due) FROM nexus.owed WHERE due IS NOT NULL")
                .equals(List.of("40|1")));
        delivering.stop();
        List<EventId> later = delivering.publishTogether(5, i -> new Ordering.Key(i % 3));

        delivering.start();

        List<Received> requests = receiver.await(3);
        assertThat(events(requests.get(0))).isEqualTo(texts(ids));
        assertThat(requests.get(1).header("webhook-id"))
                .isEqualTo(requests.get(0).header("webhook-id"));
        assertThat(requests.get(1).text()).isEqualTo(requests.get(0).text());
        assertThat(requests.get(1).header("X-Delivery-Attempt")).isEqualTo("2");
        assertThat(events(requests.get(2))).containsExactlyInAnyOrderElementsOf(texts(later));
        delivering.awaitNothingOwed();
    }

    @Test
    void erasedEventsDieAloneAndTheOthersGo() {
        Subscription subscription = subscribe(10, Duration.ofMillis(100));
        List<EventId> ids = delivering.publishTogether(3, i -> new Ordering.Key(1));
        delivering.query(
                "UPDATE nexus.event SET body = NULL, erased_at = now() WHERE id = '" + ids.get(1) + "' RETURNING id");
        delivering.start();

        assertThat(events(receiver.await(1).getFirst()))
                .as(subscription.name())
                .containsExactly(texts(ids).get(0), texts(ids).get(2));
        delivering.awaitNothingOwed();
        assertThat(delivering.query("SELECT event_id, dead_reason FROM nexus.delivery WHERE status = 'DEAD'"))
                .containsExactly(ids.get(1) + "|payload-gone");
    }

    /** Whatever fails, in part or as a whole, also over a restart. */
    @Test
    void theOrderOfKeysHoldsAndABatchNeverChanges() {
        subscribe(7, Duration.ofMillis(20));
        Random random = new Random(3);
        Map<String, Integer> numbers = new HashMap<>(); // by event, in the order of publishing
        Map<String, Integer> keys = new HashMap<>();
        Set<String> accepted = new HashSet<>();
        Map<String, String> bodies = new HashMap<>(); // by id of a batch
        ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
        receiver.always(received -> {
            synchronized (numbers) {
                List<String> events = events(received);
                String before = bodies.putIfAbsent(received.header("webhook-id"), received.text());
                if (before != null && !before.equals(received.text())) {
                    wrong.add("another body of " + received.header("webhook-id"));
                }
                Set<String> together = new HashSet<>();
                for (String event : events) {
                    numbers.forEach((other, number) -> {
                        if (Objects.equals(keys.get(other), keys.get(event))
                                && number < numbers.getOrDefault(event, 0)
                                && !accepted.contains(other)
                                && !together.contains(other)) {
                            wrong.add(other + " goes before " + event);
                        }
                    });
                    together.add(event);
                }
                JsonArray failed = new JsonArray();
                int what = random.nextInt(6);
                if (what == 0) {
                    return status(500);
                }
                for (String event : events) {
                    if (what == 1 && random.nextBoolean()) {
                        failed.add(event);
                    } else {
                        accepted.add(event);
                    }
                }
                return status(200).body(new JsonObject().put("failed", failed).encode());
            }
        });
        delivering.start("nexus.delivery.backoff-base=200ms", "nexus.delivery.max-attempts=100");
        for (int i = 0; i < 60; i++) {
            synchronized (numbers) { // a request waits until its events are known here
                List<Integer> drawn = new ArrayList<>();
                int first = numbers.size();
                List<EventId> ids = delivering.publishTogether(10, n -> {
                    drawn.add(random.nextInt(5));
                    return new Ordering.Key(drawn.getLast());
                });
                for (int n = 0; n < ids.size(); n++) {
                    numbers.put(ids.get(n).toString(), first + n);
                    keys.put(ids.get(n).toString(), drawn.get(n));
                }
            }
            if (i == 30) {
                delivering.stop();
                delivering.start("nexus.delivery.backoff-base=200ms", "nexus.delivery.max-attempts=100");
            }
        }
        delivering.awaitNothingOwed();
        assertThat(wrong).isEmpty();
        assertThat(accepted).hasSize(600);
        assertThat(bodies.size()).as("requests with several events each").isLessThan(400);
    }

    private Subscription subscribe(int maxSize, Duration maxWait) {
        Subscription subscription = delivering.subscribe("**", receiver.uri());
        delivering.change(
                subscription,
                settings -> settings.with(settings.content().withBatch(Optional.of(new Batch(maxSize, maxWait)))));
        return subscription;
    }

    private static List<String> texts(List<EventId> ids) {
        return ids.stream().map(EventId::toString).toList();
    }

    private static List<String> events(Received request) {
        JsonArray batch = new JsonObject(request.text()).getJsonArray("batch");
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            ids.add(batch.getJsonObject(i).getString("id"));
        }
        return ids;
    }
}
