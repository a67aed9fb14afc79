package nexus.dispatch;

import static nexus.testkit.Eventually.eventually;
import static nexus.testkit.ScriptedReceiver.hang;
import static nexus.testkit.ScriptedReceiver.status;
import static nexus.testkit.TestPostgres.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nexus.event.EventId;
import nexus.event.Ordering;
import nexus.queue.owed.DeliveryKey;
import nexus.store.LastInTransaction;
import nexus.subscription.Subscription;
import nexus.subscription.SubscriptionSettings;
import nexus.testkit.ScriptedReceiver;
import nexus.testkit.ScriptedReceiver.Received;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Rate, breaker, fairness and giving up, with a real store and a real receiver. */
class LaneAdmissionPostgresTest {
    private final Delivering nexus = new Delivering();
    private final ScriptedReceiver receiver = ScriptedReceiver.start();

    @AfterEach
    void close() {
        nexus.close();
        receiver.close();
    }

    @Test
    void aRateLimitHoldsForOneKeyAndForManyAndWaitingIsNoAttempt() {
        Subscription subscription = nexus.subscribe("**", receiver.uri());
        nexus.change(subscription, settings -> withRateLimit(settings, Optional.of(20)));
        List<EventId> ofOneKey = new ArrayList<>();
        for (int i = 0; i < 15; i++) {
            ofOneKey.add(nexus.publish("one", new Ordering.Key(1)));
            nexus.publish("many", new Ordering.Key(100 + i));
        }
        nexus.start("nexus.delivery.poll=1h", "nexus.delivery.sweep=1h");

        List<Received> all = receiver.await(30);
        Duration took =
                Duration.between(all.getFirst().arrivedAt(), all.getLast().arrivedAt());
        // a machine that stands still before the first arrives makes it shorter, by less than this
        assertThat(took).as("28 of 30 wait for a twentieth of a second").isGreaterThan(Duration.ofSeconds(1));
        for (int i = 0; i + 12 < all.size(); i++) {
            assertThat(Duration.between(all.get(i).arrivedAt(), all.get(i + 12).arrivedAt()))
                    .as("twelve more than number " + i)
                    .isGreaterThan(Duration.ofMillis(300));
        }
        nexus.awaitNothingOwed();
        assertThat(nexus.query("SELECT DISTINCT attempts FROM nexus.delivery")).containsExactly("1");
        assertThat(all.stream().map(one -> one.header("webhook-id")).filter(id -> ofOneKey.stream()
                        .anyMatch(one -> one.toString().equals(id))))
                .containsExactlyElementsOf(
                        ofOneKey.stream().map(EventId::toString).toList());
    }

    @Test
    void anotherRateLimitHoldsAtOnce() {
        Subscription subscription = nexus.subscribe("**", receiver.uri());
        nexus.change(subscription, settings -> withRateLimit(settings, Optional.of(1)));
        nexus.start("nexus.delivery.poll=1h", "nexus.delivery.sweep=1h");
        for (int i = 0; i < 20; i++) {
            nexus.publish("order.paid", new Ordering.Key(i));
        }
        List<Received> two = receiver.await(2);
        assertThat(Duration.between(two.get(0).arrivedAt(), two.get(1).arrivedAt()))
                .isBetween(Duration.ofMillis(500), Duration.ofMillis(1_900));

        nexus.change(subscription, settings -> withRateLimit(settings, Optional.empty()));

        receiver.await(20, Duration.ofSeconds(5));
    }

    @Test
    void anEndpointThatIsDownIsLeftAloneThenProbedByOneDeliveryThenGetsEverythingInOrder() {
        nexus.subscribe("**", receiver.uri());
        receiver.always(status(500));
        List<EventId> sent = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            sent.add(nexus.publish("order.paid", new Ordering.Key(i % 20)));
        }
        nexus.start(
                "nexus.delivery.backoff-base=10ms",
                "nexus.delivery.poll=100ms",
                "nexus.delivery.sweep=100ms",
                "nexus.delivery.breaker.first-probe=1500ms");
        nexus.awaitBreaker(true);
        awaitWritten();
        int before = receiver.received().size();
        assertThat(before).isBetween(10, 13);
        List<String> rows = nexus.query("SELECT seq, attempts FROM nexus.owed ORDER BY seq");

        // the first probe fails too
        Received probe = receiver.await(before + 1).get(before);
        Instant opened = instant("breaker_opened_at");
        assertThat(Duration.between(opened, probe.arrivedAt()))
                .isBetween(Duration.ofMillis(1_500), Duration.ofMillis(2_500));
        eventually("the next probe is twice as far", () -> nexus.query(
                        "SELECT breaker_failed_probes FROM nexus.subscription")
                .equals(List.of("1")));
        assertThat(receiver.received()).hasSize(before + 1);
        assertThat(nexus.query("SELECT seq, attempts FROM nexus.owed ORDER BY seq"))
                .as("one attempt was used, by the probe")
                .filteredOn(row -> !rows.contains(row))
                .hasSize(1);

        receiver.always(status(200));
        Received second = receiver.await(before + 2).get(before + 1);
        assertThat(Duration.between(probe.arrivedAt(), second.arrivedAt())).isGreaterThan(Duration.ofMillis(2_900));
        nexus.awaitNothingOwed();
        nexus.awaitBreaker(false);
        List<Received> delivered =
                receiver.received().subList(before + 1, receiver.received().size());
        assertThat(delivered).hasSize(60);
        for (int key = 0; key < 20; key++) {
            List<String> expected = List.of(
                    sent.get(key).toString(),
                    sent.get(key + 20).toString(),
                    sent.get(key + 40).toString());
            assertThat(delivered.stream().map(one -> one.header("webhook-id")).filter(expected::contains))
                    .containsExactlyElementsOf(expected);
        }
    }

    @Test
    void aBreakerStaysOpenOverARestart() {
        nexus.subscribe("**", receiver.uri());
        receiver.always(status(503));
        for (int i = 0; i < 20; i++) {
            nexus.publish("order.paid", new Ordering.Key(i));
        }
        nexus.start("nexus.delivery.backoff-base=10ms", "nexus.delivery.breaker.first-probe=2s");
        nexus.awaitBreaker(true);
        nexus.stop();
        int before = receiver.received().size();
        receiver.always(status(200));

        nexus.start("nexus.delivery.backoff-base=10ms");

        Instant probeAt = instant("breaker_probe_at");
        receiver.await(before + 20);
        assertThat(receiver.received().get(before).arrivedAt()).isAfterOrEqualTo(probeAt);
        nexus.awaitBreaker(false);
    }

    @Test
    void anEndpointThatFailsAndRecoversIsAnnouncedOnceEachOverRestartsAlsoAfterACrashBeforeTheEvent() {
        Subscription subscription = nexus.subscribe("**", receiver.uri());
        receiver.always(status(503).body("a secret"));
        for (int i = 0; i < 20; i++) {
            nexus.publish("order.paid", new Ordering.Key(i));
        }
        String[] settings = {"nexus.delivery.backoff-base=10ms", "nexus.delivery.breaker.first-probe=700ms"};
        nexus.start(settings);
        nexus.awaitBreaker(true);
        eventually("it is announced", () -> announced().size() == 1);
        for (int restart = 0; restart < 2; restart++) {
            int before = receiver.received().size();
            nexus.stop();
            nexus.start(settings);
            receiver.await(before + 1);
        }
        nexus.stop();
        receiver.always(status(200));
        // as if the process had died between the two
        TestPostgres.execute(nexus.url, "UPDATE nexus.subscription SET alert_due = true");
        nexus.start(settings);
        nexus.awaitNothingOwed();
        eventually("the recovery is announced", () -> announced().size() == 2);
        nexus.stop();
        TestPostgres.execute(
                nexus.url,
                "DELETE FROM nexus.idempotency",
                "DELETE FROM nexus.event",
                "UPDATE nexus.subscription SET alert_due = true");
        nexus.start(settings);
        eventually(
                "it is announced by the process that takes over",
                () -> announced().size() == 1);
        eventually("that is stored", () -> nexus.query("SELECT alert_due::text FROM nexus.subscription")
                .equals(List.of("false")));
        assertThat(nexus.query("SELECT convert_from(body, 'UTF8') FROM nexus.event WHERE type LIKE 'nexus.sub%'"))
                .singleElement()
                .asString()
                .contains("nexus.subscription.recovered", subscription.id().toString(), "\"recoveredAt\":\"20")
                .doesNotContain("secret");
    }

    private List<String> announced() {
        return nexus.query("SELECT type FROM nexus.event WHERE type LIKE 'nexus.subscription.%' ORDER BY seq");
    }

    @Test
    void aRetryByHandGoesPastAnOpenBreakerAndItsSuccessClosesIt() {
        nexus.subscribe("**", receiver.uri());
        receiver.always(status(500));
        nexus.start(
                "nexus.delivery.backoff-base=1h",
                "nexus.delivery.breaker.first-probe=1h",
                "nexus.delivery.breaker.longest-probe=1h");
        for (int i = 0; i < 30; i++) {
            nexus.publish("order.paid", new Ordering.Key(i));
        }
        nexus.awaitBreaker(true);
        awaitWritten();
        int before = receiver.received().size();
        // Not the first of all: published while the shards were being taken, it is read after others have opened it.
        DeliveryKey failed = nexus.failed();

        assertThat(await(nexus.byHand.retry(List.of(failed), LastInTransaction.NOTHING)))
                .isEqualTo(1);
        receiver.await(before + 1);
        eventually("it failed again", () -> attempts() == before + 1);
        nexus.publish("order.paid", new Ordering.Key(77));
        nexus.awaitBreaker(true);
        assertThat(receiver.received()).hasSize(before + 1);

        receiver.always(status(200));
        assertThat(await(nexus.byHand.retry(List.of(failed), LastInTransaction.NOTHING)))
                .isEqualTo(1);
        nexus.awaitBreaker(false);
        eventually("what was never tried has arrived", () -> nexus.query(
                        "SELECT count(*) FROM nexus.owed WHERE due IS NULL")
                .equals(List.of("0")));
    }

    @Test
    void aReceiverThatRefusesOnePayloadGetsTheOthers() {
        nexus.subscribe("**", receiver.uri());
        receiver.always(received -> status(received.header("X-Event-Type").equals("bad") ? 422 : 200));
        nexus.start("nexus.delivery.backoff-base=5ms", "nexus.delivery.max-attempts=3");
        for (int i = 0; i < 20; i++) {
            nexus.publish("bad", new Ordering.Key(i));
        }
        for (int i = 0; i < 20; i++) {
            nexus.publish("good", new Ordering.Key(i));
        }
        nexus.awaitNothingOwed();
        assertThat(nexus.query("SELECT status, attempts, count(*) FROM nexus.delivery GROUP BY 1, 2 ORDER BY 1"))
                .containsExactly("DEAD|3|20", "SENT|1|20");
    }

    @Test
    void whatWaitsBehindAnOpenBreakerForTooLongIsGivenUpWithoutAnAttempt() {
        nexus.subscribe("**", receiver.uri());
        nexus.publish("order.paid", Ordering.NONE);
        TestPostgres.execute(
                nexus.url,
                "UPDATE nexus.owed SET created_at = now() - interval '73 hours'",
                "UPDATE nexus.subscription SET breaker_opened_at = now(), breaker_probe_at = now() + interval '1 h'");
        nexus.start("nexus.delivery.sweep=200ms");

        nexus.awaitNothingOwed();
        assertThat(nexus.query("SELECT status, dead_reason, attempts FROM nexus.delivery"))
                .containsExactly("DEAD|expired|0");
        assertThat(receiver.received()).isEmpty();
    }

    @Test
    void whoFailsEverythingForTooLongIsDisabledWithAReasonAndAnEvent() {
        nexus.subscribe("**", receiver.uri());
        receiver.always(status(404));
        // as another process has left it, five days later
        TestPostgres.execute(
                nexus.url,
                "UPDATE nexus.subscription SET failing_since = now() - interval '5 days', failing_attempts = 8");
        nexus.start("nexus.delivery.backoff-base=50ms", "nexus.delivery.backoff-cap=50ms");
        nexus.publish("order.paid", new Ordering.Key(1));
        nexus.publish("order.paid", new Ordering.Key(1));

        eventually("it is disabled", () -> nexus.query("SELECT state FROM nexus.subscription")
                .equals(List.of("disabled")));
        assertThat(receiver.received()).as("with the tenth attempt").hasSize(2);
        assertThat(nexus.query("SELECT disabled_reason FROM nexus.subscription").getFirst())
                .matches("every attempt has failed since \\S+: 10 of them");
        eventually("who watches Nexus is told", () -> nexus.query(
                        "SELECT type FROM nexus.event WHERE type LIKE 'nexus.subscription.%'")
                .equals(List.of("nexus.subscription.disabled")));
        assertThat(nexus.query("SELECT count(*) FROM nexus.owed"))
                .as("its work is parked")
                .containsExactly("2");
    }

    @Test
    void oneDeliveryEndsTheYearsOfFailing() {
        nexus.subscribe("**", receiver.uri());
        TestPostgres.execute(
                nexus.url,
                "UPDATE nexus.subscription SET failing_since = now() - interval '5 days', failing_attempts = 500");
        receiver.answer(status(200));
        receiver.always(status(404));
        nexus.start(
                "nexus.delivery.backoff-base=20ms",
                "nexus.delivery.backoff-cap=20ms",
                "nexus.delivery.max-attempts=15");
        nexus.publish("order.paid", new Ordering.Key(1));
        nexus.publish("order.paid", new Ordering.Key(1));

        nexus.awaitNothingOwed();
        assertThat(nexus.query("SELECT state, failing_since FROM nexus.subscription"))
                .containsExactly("active|null");
    }

    @Test
    void dueRetriesFireOnTimeWithoutPolling() {
        nexus.subscribe("**", receiver.uri());
        receiver.always(received -> status(received.header("X-Delivery-Attempt").equals("1") ? 404 : 200));
        nexus.start("nexus.delivery.backoff-base=1s", "nexus.delivery.poll=1h", "nexus.delivery.sweep=1h");
        for (int i = 0; i < 20; i++) {
            nexus.publish("order.paid", new Ordering.Key(i));
        }
        nexus.awaitNothingOwed();

        List<Long> late = new ArrayList<>();
        for (String millis : nexus.query("SELECT (extract(epoch FROM d.attempted_at - a.next_run_at) * 1000)::bigint"
                + " FROM nexus.attempt a JOIN nexus.delivery d USING (seq)")) {
            late.add(Long.parseLong(millis));
        }
        assertThat(late).hasSize(20).allSatisfy(millis -> assertThat(millis).isBetween(0L, 1_000L));
        assertThat(late.stream().sorted().toList().get(10)).as("half of them").isLessThan(100);
    }

    @Test
    void endpointsThatHangWithLargeBodiesLeaveMemoryForTheOthers() {
        try (ScriptedReceiver hanging = ScriptedReceiver.start()) {
            hanging.always(hang());
            nexus.subscribe("big", hanging.uri());
            nexus.subscribe("small", receiver.uri());
            nexus.start("nexus.delivery.body-memory=1048576");
            String big = "{\"text\":\"" + "x".repeat(240_000) + "\"}";
            for (int i = 0; i < 6; i++) {
                nexus.publish("big", new Ordering.Key(i), big);
            }
            hanging.await(2);
            for (int i = 0; i < 50; i++) {
                nexus.publish("small", new Ordering.Key(i));
            }

            receiver.await(50, Duration.ofSeconds(6));
            assertThat(hanging.received()).hasSize(2);
        }
    }

    /** Of an open breaker: what was under way when it opened has its answer, and that is written. */
    private void awaitWritten() {
        eventually(
                "what was under way is written",
                () -> nexus.openRequests() == 0
                        && attempts() == receiver.received().size());
    }

    private int attempts() {
        return Integer.parseInt(
                nexus.query("SELECT count(*) FROM nexus.attempt").getFirst());
    }

    private Instant instant(String column) {
        return Instant.ofEpochMilli(Long.parseLong(
                nexus.query("SELECT (extract(epoch FROM " + column + ") * 1000)::bigint FROM nexus.subscription")
                        .getFirst()));
    }

    private static SubscriptionSettings withRateLimit(SubscriptionSettings settings, Optional<Integer> rateLimit) {
        return settings.with(settings.flow().withRateLimit(rateLimit));
    }
}
