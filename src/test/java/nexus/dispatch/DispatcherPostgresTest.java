package nexus.dispatch;

import static nexus.testkit.Eventually.eventually;
import static nexus.testkit.ScriptedReceiver.hang;
import static nexus.testkit.ScriptedReceiver.status;
import static nexus.testkit.TestPostgres.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import nexus.event.EventBody;
import nexus.event.EventId;
import nexus.event.EventIdGenerator;
import nexus.event.EventType;
import nexus.event.IncomingEvent;
import nexus.event.Ordering;
import nexus.intake.EventIntake;
import nexus.queue.notify.OwedSignal;
import nexus.queue.override.DeliveryOverride;
import nexus.queue.owed.DeliveryKey;
import nexus.store.LastInTransaction;
import nexus.store.Store;
import nexus.subscription.Mode;
import nexus.subscription.Subscription;
import nexus.subscription.SubscriptionSettings;
import nexus.subscription.catalog.SubscriptionCatalog;
import nexus.subscription.catalog.SubscriptionRepository;
import nexus.testkit.ScriptedReceiver;
import nexus.testkit.SubscriptionRows;
import nexus.testkit.TestPostgres;
import nexus.trace.Tracing;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** From owed to settled, with a real store and a real receiver. */
class DispatcherPostgresTest {
    private final Delivering delivering = new Delivering();
    private final String url = delivering.url;
    private final Store store = delivering.store;
    private final EventIdGenerator ids = new EventIdGenerator(Clock.systemUTC(), new Random(7));
    private final ScriptedReceiver receiver = ScriptedReceiver.start();
    private final OwedSignal signal = delivering.signal;
    private final SubscriptionRepository repository = delivering.repository;
    private final SubscriptionCatalog catalog = delivering.catalog;
    private final EventIntake intake = delivering.intake;

    @AfterEach
    void close() {
        delivering.close();
        receiver.close();
    }

    @Test
    void whatIsPublishedArrivesOnceAndIsHistory() {
        subscribe("**");
        start();

        EventId id = publish("order.paid", Ordering.NONE);

        assertThat(receiver.await(1).getFirst().header("webhook-id")).isEqualTo(id.toString());
        awaitNothingOwed();
        assertThat(query("SELECT status, attempts, status_code, response FROM nexus.delivery"))
                .containsExactly("SENT|1|200|");
        assertThat(counts()).isEqualTo("1|0|0|1|0");
    }

    @Test
    void whatIsOwedAtTheStartIsDelivered() {
        subscribe("**");
        for (int i = 0; i < 1000; i++) {
            publish("order.paid", new Ordering.Key(i % 7));
        }

        start();

        receiver.await(1000);
        awaitNothingOwed();
        assertThat(counts()).isEqualTo("1000|0|0|1000|0");
    }

    @Test
    void signalsAloneLeaveNothingBehindHoweverReadsAndSettlementsOverlap() {
        subscribe("**");
        Random random = new Random(9);
        receiver.always(received -> status(random.nextInt(50) == 0 ? 500 : 200));
        for (int i = 0; i < 500; i++) {
            publish("order.paid", new Ordering.Key(i % 40));
        }
        start("nexus.delivery.backoff-base=5ms", "nexus.delivery.poll=1h", "nexus.delivery.sweep=1h");
        List<Future<?>> accepted = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            Ordering ordering = i % 100 == 0 ? new Ordering.TwoKeys(i % 40, (i + 1) % 40) : new Ordering.Key(i % 40);
            accepted.add(accept(ids.next(), "order.paid", i % 1000 == 999 ? new Ordering.Barrier(1) : ordering));
        }
        await(Future.all(accepted));

        awaitNothingOwed();
        assertThat(counts()).isEqualTo("3500|0|0|3500|0");
    }

    @Test
    void aSubscriptionThatThisProcessDoesNotKnowYetIsNotTakenForADeletedOne() {
        start("nexus.delivery.poll=50ms", "nexus.delivery.sweep=50ms");
        EventIntake elsewhere = new EventIntake(
                store, new SubscriptionCatalog(repository), new OwedSignal(), Clock.systemUTC(), Tracing.off());
        subscribe("**");
        EventId id = ids.next();

        await(elsewhere.publish(List.of(event(id, "order.paid", Ordering.NONE)), List.of()));

        assertThat(receiver.await(1).getFirst().header("webhook-id")).isEqualTo(id.toString());
        awaitNothingOwed();
        assertThat(query("SELECT status FROM nexus.delivery")).containsExactly("SENT");
    }

    @Test
    void eventsOfOneKeyArriveInOrderThroughFailures() {
        subscribe("**");
        Random random = new Random(3);
        receiver.always(received -> status(random.nextInt(4) == 0 ? 500 : 200));
        start("nexus.delivery.backoff-base=20ms", "nexus.delivery.max-attempts=50");
        List<EventId> sent = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            sent.add(publish("order.paid", new Ordering.Key(i % 5)));
        }
        awaitNothingOwed();

        for (int key = 0; key < 5; key++) {
            List<String> expected = new ArrayList<>();
            for (int i = key; i < sent.size(); i += 5) {
                expected.add(sent.get(i).toString());
            }
            List<String> arrived = receiver.received().stream()
                    .map(received -> received.header("webhook-id"))
                    .filter(expected::contains)
                    .toList();
            assertThat(withoutRepeats(arrived)).isEqualTo(expected);
        }
    }

    @Test
    void anEventOfTwoKeysWaitsForBothAndHoldsBoth() {
        subscribe("**");
        receiver.answer(status(500));
        EventId first = publish("n.1", new Ordering.Key(1));
        EventId moved = publish("n.2", new Ordering.TwoKeys(2, 1));
        EventId second = publish("n.3", new Ordering.Key(2));
        EventId third = publish("n.4", new Ordering.Key(1));
        start("nexus.delivery.backoff-base=300ms");
        awaitNothingOwed();

        List<String> arrived = arrivedIds();
        assertThat(arrived.subList(0, 3)).containsExactly(first.toString(), first.toString(), moved.toString());
        assertThat(arrived.subList(3, 5)).containsExactlyInAnyOrder(second.toString(), third.toString());
    }

    @Test
    void aBarrierWaitsForEverythingBeforeItAndHoldsEverythingBehindIt() {
        subscribe("**");
        receiver.answer(status(500));
        List<String> before = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            before.add(publish("before", new Ordering.Key(i)).toString());
        }
        EventId barrier = publish("barrier", new Ordering.Barrier(99));
        List<String> after = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            after.add(publish("after", new Ordering.Key(i)).toString());
        }
        start("nexus.delivery.backoff-base=300ms");
        awaitNothingOwed();

        List<String> arrived = arrivedIds();
        int at = arrived.indexOf(barrier.toString());
        assertThat(Set.copyOf(arrived.subList(0, at))).isEqualTo(Set.copyOf(before));
        assertThat(arrived.subList(at + 1, arrived.size())).containsExactlyInAnyOrderElementsOf(after);
    }

    @Test
    void whatKeepsFailingIsTriedAsOftenAsItsBudgetSaysAndThenGivenUp() {
        subscribe("**");
        receiver.always(status(500).body("no"));
        start("nexus.delivery.backoff-base=20ms", "nexus.delivery.max-attempts=3");

        publish("order.paid", new Ordering.Key(1));
        publish("order.paid", new Ordering.Key(1));

        awaitNothingOwed();
        assertThat(receiver.received())
                .extracting(received -> received.header("X-Delivery-Attempt"))
                .containsExactly("1", "2", "3", "1", "2", "3");
        assertThat(query("SELECT status, dead_reason, attempts, status_code, response FROM nexus.delivery"))
                .containsExactly("DEAD|exhausted|3|500|no", "DEAD|exhausted|3|500|no");
        assertThat(query("SELECT attempt, error FROM nexus.attempt ORDER BY seq, attempt"))
                .containsExactly("1|answered 500", "2|answered 500", "1|answered 500", "2|answered 500");
        assertThat(counts()).isEqualTo("2|0|0|0|2");
    }

    @Test
    void aDeadDeliveryIsAnEventAndManyOfThemAreTwo() {
        subscribe("order.*");
        SubscriptionRows.insert(store, "nexus.delivery.*", receiver.uri("/watch"));
        // a status that leaves the breaker closed: all of them die within the two seconds
        receiver.always(received -> status(received.pathAndQuery().equals("/watch") ? 200 : 400));
        start("nexus.delivery.max-attempts=1", "nexus.delivery.dead-notice-every=2s");
        for (int i = 0; i < 20; i++) {
            publish("order.paid", new Ordering.Key(i));
        }

        eventually("both notices came", () -> watched().size() == 2);
        assertThat(watched()).allSatisfy(notice -> assertThat(notice).contains("\"reason\":\"exhausted\""));
        assertThat(watched().get(0)).contains("\"count\":1}");
        assertThat(watched().get(1)).contains("\"count\":19}");
        assertThat(watched().get(1).split("\"eventIds\":", 2)[1].split("\",\""))
                .as("it names them")
                .hasSize(19);
        assertThat(counts()).as("they are not counted").isEqualTo("20|0|0|0|20");
    }

    @Test
    void aDeadNoticeThatDiesItselfRaisesNone() {
        SubscriptionRows.insert(store, "nexus.delivery.*", receiver.uri("/watch"));
        subscribe("order.*");
        receiver.always(status(500));
        start("nexus.delivery.max-attempts=1", "nexus.delivery.dead-notice-every=50ms");
        publish("order.paid", Ordering.NONE);

        eventually("both are dead", () -> query("SELECT count(*) FROM nexus.delivery WHERE status = 'DEAD'")
                .equals(List.of("2")));
        awaitNothingOwed();
        assertThat(query("SELECT type FROM nexus.event ORDER BY seq"))
                .containsExactly("order.paid", "nexus.delivery.dead");
    }

    @Test
    void aHangingReceiverCostsTheOthersNothing() {
        try (ScriptedReceiver hanging = ScriptedReceiver.start()) {
            hanging.always(hang());
            SubscriptionRows.insert(store, "**", hanging.uri());
            subscribe("**");
            start("nexus.delivery.concurrency=16");
            for (int i = 0; i < 200; i++) {
                publish("order.paid", new Ordering.Key(i));
            }

            receiver.await(200, Duration.ofSeconds(8));
            assertThat(hanging.received().size()).isLessThan(16);
        }
    }

    @Test
    void aRetryFiresWhenItIsDue() {
        subscribe("**");
        receiver.answer(status(503).header("Retry-After", "1"));
        start("nexus.delivery.backoff-base=10ms");
        publish("order.paid", Ordering.NONE);

        List<ScriptedReceiver.Received> both = receiver.await(2);
        assertThat(Duration.between(both.get(0).arrivedAt(), both.get(1).arrivedAt()))
                .isBetween(Duration.ofMillis(950), Duration.ofMillis(1500));
    }

    @Test
    void anEndpointThatAsksToBeLeftAloneGetsNothingElseMeanwhile() {
        subscribe("**");
        receiver.answer(status(429).header("Retry-After", "1"));
        start("nexus.delivery.backoff-base=10ms");
        publish("order.paid", Ordering.NONE);
        receiver.await(1);
        eventually(
                "the hold is stored",
                () -> query("SELECT 1 FROM nexus.subscription WHERE held_until > now()")
                                .size()
                        == 1);
        publish("order.paid", Ordering.NONE);
        publish("order.paid", Ordering.NONE);

        List<ScriptedReceiver.Received> all = receiver.await(4);
        assertThat(Duration.between(all.get(0).arrivedAt(), all.get(1).arrivedAt()))
                .isGreaterThan(Duration.ofMillis(900));
        awaitNothingOwed();
        assertThat(query("SELECT attempts FROM nexus.delivery ORDER BY seq")).containsExactly("2", "1", "1");
    }

    @Test
    void aPauseThatTheStoreDidNotTakeIsStoredLater() {
        subscribe("**");
        TestPostgres.execute(url, """
                CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN RAISE EXCEPTION ''not now''; END';
                CREATE TRIGGER refuse BEFORE UPDATE OF held_until ON nexus.subscription FOR EACH ROW
                EXECUTE FUNCTION public.refuse()""");
        receiver.answer(status(429).header("Retry-After", "60"));
        start();
        publish("order.paid", Ordering.NONE);
        eventually("the attempt is stored", () -> query("SELECT count(*) FROM nexus.attempt")
                .equals(List.of("1")));
        TestPostgres.execute(url, "DROP TRIGGER refuse ON nexus.subscription");

        eventually(
                "the hold is stored",
                () -> query("SELECT 1 FROM nexus.subscription WHERE held_until > now()")
                                .size()
                        == 1);
    }

    @Test
    void goneDisablesTheSubscriptionAndParksTheRest() {
        Subscription subscription = subscribe("**", settings -> withConcurrency(settings, 1));
        receiver.always(status(410));
        publish("order.paid", new Ordering.Key(1));
        publish("order.paid", new Ordering.Key(1));
        start();

        eventually("the first is dead", () -> query("SELECT dead_reason FROM nexus.delivery")
                .equals(List.of("gone")));
        eventually("the subscription is disabled", () -> query("SELECT disabled_reason FROM nexus.subscription")
                .equals(List.of("the endpoint answered 410 Gone")));
        eventually("the catalog knows", () -> catalog.current().ofLane(subscription.lane()).stream()
                .noneMatch(Subscription::isEnabled));
        assertThat(query("SELECT count(*) FROM nexus.owed WHERE due IS NULL")).containsExactly("1");
        eventually("who watches Nexus is told", () -> query(
                        "SELECT type FROM nexus.event WHERE type LIKE 'nexus.subscription.%'")
                .equals(List.of("nexus.subscription.disabled")));
        JsonObject told = new JsonObject(query("SELECT convert_from(body, 'UTF8') FROM nexus.event"
                        + " WHERE type = 'nexus.subscription.disabled'")
                .getFirst());
        JsonObject data = told.getJsonObject("payload").getJsonObject("data");
        assertThat(Instant.parse(data.getString("disabledAt")))
                .isBetween(Instant.now().minusSeconds(60), Instant.now());
        assertThat(data.getLong("held")).isBetween(1L, 2L); // the one that was answered may not be settled yet
        assertThat(data.getJsonObject("missed"))
                .isEqualTo(new JsonObject().put("count", 0).putNull("firstAt").putNull("lastAt"));
        assertThat(data.containsKey("failingSince")).isTrue();
    }

    @Test
    void aDeletedSubscriptionsDeliveriesAreGivenUp() {
        Subscription subscription = subscribe("**");
        receiver.always(status(500));
        start("nexus.delivery.backoff-base=1h");
        for (int i = 0; i < 20; i++) {
            publish("order.paid", new Ordering.Key(1));
        }
        receiver.await(1);

        await(repository.delete(subscription.id(), java.util.Optional.empty()));
        await(catalog.reload());

        awaitNothingOwed();
        assertThat(query("SELECT DISTINCT status, dead_reason FROM nexus.delivery"))
                .containsExactly("DEAD|subscription-deleted");
        assertThat(counts()).isEqualTo("20|0|0|0|20");
    }

    @Test
    void pausedDeliveriesAreHeldForAsLongAsItTakesAndThenSent() {
        Subscription subscription = subscribe("**", settings -> withConcurrency(settings, 1));
        publish("order.paid", Ordering.NONE);
        await(repository.update(subscription.id(), before -> before.draft().with(Mode.PAUSED)));
        publish("order.paid", Ordering.NONE);
        TestPostgres.execute(
                url,
                "UPDATE nexus.owed SET created_at = now() - interval '100 days'",
                "UPDATE nexus.owed_run SET created_at = now() - interval '100 days'",
                "UPDATE nexus.subscription SET pauses = jsonb_build_array(jsonb_build_array("
                        + "(extract(epoch FROM now() - interval '99 days') * 1000)::bigint, null)),"
                        + " version = (SELECT catalog_version + 1 FROM nexus.store)",
                "UPDATE nexus.store SET catalog_version = catalog_version + 1");
        await(catalog.reload());
        start("nexus.delivery.sweep=100ms");
        publish("order.paid", Ordering.NONE);

        Instant begun = Instant.now();
        eventually("several sweeps", () -> Instant.now().isAfter(begun.plusMillis(500)));
        assertThat(receiver.received()).isEmpty();
        assertThat(counts()).isEqualTo("3|3|0|0|0");

        await(repository.update(subscription.id(), before -> before.draft().with(Mode.ACTIVE)));
        await(catalog.reload());
        awaitNothingOwed();
        assertThat(query("SELECT status, count(*) FROM (SELECT status FROM nexus.delivery"
                        + " UNION ALL SELECT status FROM nexus.delivery_of_run) d GROUP BY status"))
                .containsExactly("SENT|3");
        assertThat(
                        query(
                                "SELECT jsonb_array_length(pauses), (pauses #>> '{0,1}' IS NULL)::text FROM nexus.subscription"))
                .containsExactly("1|false");
    }

    @Test
    void whatADisabledSubscriptionIsOwedIsHeldForWeeksAndThenSent() {
        Subscription subscription = subscribe("**", settings -> withConcurrency(settings, 1));
        publish("order.paid", Ordering.NONE);
        publish("order.paid", Ordering.NONE);
        await(repository.disable(subscription.id(), subscription.target(), "the endpoint answered 410 Gone"));
        TestPostgres.execute(
                url,
                "UPDATE nexus.owed SET created_at = now() - interval '21 days'",
                "UPDATE nexus.owed_run SET created_at = now() - interval '21 days'",
                "UPDATE nexus.subscription SET pauses = jsonb_build_array(jsonb_build_array("
                        + "(extract(epoch FROM now() - interval '20 days') * 1000)::bigint, null)),"
                        + " version = (SELECT catalog_version + 1 FROM nexus.store)",
                "UPDATE nexus.store SET catalog_version = catalog_version + 1");
        await(catalog.reload());
        start("nexus.delivery.sweep=100ms");

        Instant begun = Instant.now();
        eventually("several sweeps", () -> Instant.now().isAfter(begun.plusMillis(500)));
        assertThat(receiver.received()).isEmpty();
        assertThat(counts()).isEqualTo("2|2|0|0|0");

        await(repository.update(subscription.id(), before -> before.draft().with(Mode.ACTIVE)));
        await(catalog.reload());
        awaitNothingOwed();
        assertThat(receiver.received()).hasSize(2);
    }

    @Test
    void whatIsTooOldIsGivenUpAlsoWhenItIsParked() {
        subscribe("**", settings -> withConcurrency(settings, 1));
        publish("order.paid", Ordering.NONE);
        TestPostgres.execute(
                url,
                "UPDATE nexus.owed SET created_at = now() - interval '73 hours'",
                "UPDATE nexus.subscription SET held_until = now() + interval '1 day',"
                        + " version = (SELECT catalog_version + 1 FROM nexus.store)",
                "UPDATE nexus.store SET catalog_version = catalog_version + 1");
        await(catalog.reload());
        start("nexus.delivery.sweep=200ms");

        awaitNothingOwed();
        assertThat(query("SELECT status, dead_reason, attempts FROM nexus.delivery"))
                .containsExactly("DEAD|expired|0");
        assertThat(receiver.received()).isEmpty();
    }

    @Test
    void whenOneOfTwoProcessesLeavesTheOtherHasAllShardsAtOnce() {
        subscribe("**");
        start();
        Delivering.Running first = delivering.running.getFirst();
        publish("order.paid", Ordering.NONE);
        receiver.await(1);
        start();
        eventually(
                "they share", () -> query("SELECT count(*) FROM nexus.shard WHERE process IS NOT NULL GROUP BY process")
                        .equals(List.of("32", "32")));
        await(first.dispatcher().stop(Duration.ofSeconds(5)));

        publish("order.paid", Ordering.NONE);

        receiver.await(2);
        awaitNothingOwed();
        eventually("all are the other's", () -> query("SELECT count(*), count(DISTINCT process) FROM nexus.shard")
                .equals(List.of("64|1")));
        assertThat(query("SELECT count(*) FROM nexus.process")).containsExactly("1");
    }

    @Test
    void anOutcomeThatCannotBeStoredStopsNoOther() {
        TestPostgres.execute(
                url,
                "ALTER TABLE nexus.delivery ADD CHECK (response <> 'poison')",
                "ALTER TABLE nexus.delivery_run ADD CHECK ('poison' <> ALL (responses))");
        subscribe("**");
        receiver.always(received -> received.header("X-Event-Type").equals("bad")
                ? status(200).body("poison")
                : status(200).body("fine"));
        for (int i = 0; i < 50; i++) {
            publish(i == 20 ? "bad" : "good", new Ordering.Key(i));
        }
        start();

        awaitNothingOwed();
        assertThat(query("""
                SELECT status_code, error, count(*)
                FROM (SELECT status_code, error FROM nexus.delivery
                      UNION ALL SELECT status_code, error FROM nexus.delivery_of_run) settled
                GROUP BY 1, 2 ORDER BY 1""")).containsExactly("200|null|49", "null|the answer could not be stored|1");
    }

    @Test
    void aTermOutlivesItsConnectionAndSendsNothingTwice() {
        subscribe("**");
        receiver.always(status(200).after(Duration.ofSeconds(3)));
        start();
        publish("order.paid", Ordering.NONE);
        receiver.await(1);
        String term = query("SELECT id, epoch FROM nexus.process").getFirst();
        TestPostgres.execute(url, "SELECT pg_terminate_backend(backend_pid) FROM nexus.process");

        awaitNothingOwed();
        assertThat(receiver.received()).hasSize(1);
        assertThat(query("SELECT id, epoch FROM nexus.process")).containsExactly(term);
        assertThat(query("SELECT status FROM nexus.delivery")).containsExactly("SENT");
    }

    @Test
    void whatIsCancelledWhileItIsUnderWayStaysCancelledAndItsKeyGoesOn() {
        subscribe("**");
        receiver.answer(status(500).after(Duration.ofSeconds(1)));
        start("nexus.delivery.backoff-base=1h");
        publish("first", new Ordering.Key(1));
        EventId second = publish("second", new Ordering.Key(1));
        receiver.await(1);

        DeliveryKey key = firstOwed();
        assertThat(await(new DeliveryOverride(store, signal).cancel(key, LastInTransaction.NOTHING)))
                .isTrue();

        assertThat(receiver.await(2).get(1).header("webhook-id")).isEqualTo(second.toString());
        awaitNothingOwed();
        assertThat(query("SELECT status, dead_reason FROM nexus.delivery ORDER BY seq"))
                .containsExactly("DEAD|cancelled", "SENT|null");
    }

    @Test
    void whatIsRetriedByHandWhileItsLastAttemptIsUnderWayHasItsFreshBudget() {
        subscribe("**");
        receiver.answer(status(500), status(500).after(Duration.ofSeconds(1)));
        start("nexus.delivery.backoff-base=20ms", "nexus.delivery.max-attempts=2");
        publish("order.paid", new Ordering.Key(1));
        receiver.await(2);

        DeliveryKey key = firstOwed();
        assertThat(await(new DeliveryOverride(store, signal).retry(List.of(key), LastInTransaction.NOTHING)))
                .isEqualTo(1);

        receiver.await(3);
        awaitNothingOwed();
        assertThat(query("SELECT status FROM nexus.delivery")).containsExactly("SENT");
    }

    @Test
    void anOutcomeOfAFormerTermIsRefused() {
        subscribe("**");
        receiver.always(hang());
        start();
        publish("order.paid", Ordering.NONE);
        receiver.await(1);
        TestPostgres.execute(url, "DELETE FROM nexus.process"); // as a takeover does

        receiver.close();

        eventually("the row is still owed, untouched", () -> query("SELECT attempts FROM nexus.owed")
                .equals(List.of("0")));
        assertThat(query("SELECT count(*) FROM nexus.attempt")).containsExactly("0");
    }

    private void start(String... settings) {
        delivering.start(settings);
    }

    private Subscription subscribe(String pattern) {
        return SubscriptionRows.insert(store, pattern, receiver.uri());
    }

    private Subscription subscribe(String pattern, java.util.function.UnaryOperator<SubscriptionSettings> change) {
        return SubscriptionRows.insert(store, pattern, receiver.uri(), change);
    }

    private static SubscriptionSettings withConcurrency(SubscriptionSettings settings, int concurrency) {
        return settings.with(settings.flow().withConcurrency(concurrency));
    }

    private EventId publish(String type, Ordering ordering) {
        EventId id = ids.next();
        await(accept(id, type, ordering));
        return id;
    }

    private Future<?> accept(EventId id, String type, Ordering ordering) {
        return intake.publish(List.of(event(id, type, ordering)), List.of());
    }

    private static IncomingEvent event(EventId id, String type, Ordering ordering) {
        EventType eventType = new EventType(type);
        Instant now = Instant.now();
        byte[] empty = {'{', '}'};
        return new IncomingEvent(
                id, eventType, now, ordering, () -> EventBody.of(id, eventType, now, empty, empty), true);
    }

    private DeliveryKey firstOwed() {
        List<String> row = List.of(query("SELECT event_day, lane, stripe, seq FROM nexus.owed ORDER BY seq LIMIT 1")
                .getFirst()
                .split("\\|", -1));
        return new DeliveryKey(
                LocalDate.parse(row.get(0)),
                Integer.parseInt(row.get(1)),
                Integer.parseInt(row.get(2)),
                Long.parseLong(row.get(3)));
    }

    private void awaitNothingOwed() {
        eventually("nothing is owed", () -> query("SELECT FROM nexus.owed UNION ALL SELECT FROM nexus.owed_run")
                .isEmpty());
    }

    private List<String> watched() {
        return receiver.received().stream()
                .filter(received -> received.pathAndQuery().equals("/watch"))
                .map(ScriptedReceiver.Received::text)
                .toList();
    }

    private List<String> arrivedIds() {
        return receiver.received().stream()
                .map(received -> received.header("webhook-id"))
                .toList();
    }

    private static List<String> withoutRepeats(List<String> arrived) {
        List<String> once = new ArrayList<>();
        for (String id : arrived) {
            if (once.isEmpty() || !once.getLast().equals(id)) {
                once.add(id);
            }
        }
        return once;
    }

    /** Deliveries, pending, failed, sent, dead. */
    private String counts() {
        return query("SELECT sum(deliveries), sum(pending), sum(failed), sum(sent), sum(dead) FROM nexus.stat_delta")
                .getFirst();
    }

    private List<String> query(String sql) {
        return TestPostgres.query(url, sql);
    }
}
