package nexus.intake;

import static nexus.testkit.TestPostgres.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import nexus.api.caller.AuditedChange;
import nexus.event.EventBody;
import nexus.event.EventId;
import nexus.event.EventIdGenerator;
import nexus.event.EventType;
import nexus.event.IncomingEvent;
import nexus.event.Operation;
import nexus.event.Ordering;
import nexus.filter.Filter;
import nexus.queue.notify.OwedSignal;
import nexus.store.Store;
import nexus.subscription.Missed;
import nexus.subscription.Mode;
import nexus.subscription.Subscription;
import nexus.subscription.catalog.MissedEvents;
import nexus.subscription.catalog.SubscriptionCatalog;
import nexus.subscription.catalog.SubscriptionRepository;
import nexus.testkit.SubscriptionRows;
import nexus.testkit.TestPostgres;
import nexus.trace.Tracing;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MissedEventsPostgresTest {
    private static final String FOLD = "DO $$ BEGIN PERFORM nexus.fold_missed(); END $$";

    private final String url = TestPostgres.freshStore();
    private final Store store = new Store(TestPostgres.vertx(), TestPostgres.storeConfig(url));
    private final SubscriptionRepository subscriptions = SubscriptionRows.repository(store);
    private final SubscriptionCatalog catalog = new SubscriptionCatalog(subscriptions);
    private final EventIntake intake =
            new EventIntake(store, catalog, new OwedSignal(), Clock.systemUTC(), Tracing.off());
    private final MissedEvents missed = new MissedEvents(store);
    private final EventIdGenerator ids = new EventIdGenerator(Clock.systemUTC(), new Random(7));

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void theEventsOfADisabledSubscriptionAreStoredAndCountedWithoutARowForEach() {
        Subscription disabled = disabled("pg.public.orders.*", "");
        Subscription paid = disabled("**", "{\"data\":{\"status\":\"paid\"}}");
        Subscription paused = SubscriptionRows.insert(store, "order.*");
        change(paused, Mode.PAUSED);
        TestPostgres.execute(url, "INSERT INTO nexus.source_position VALUES ('nexus', '7', 1, 1, '0/64', '', now())");
        List<IncomingEvent> changes =
                List.of(captured("orders"), captured("orders"), captured("orders"), captured("users"));

        assertThat(await(intake.capture(
                        changes, new Checkpoint("nexus", 1, "0/64", "0/C8"), refusal -> Future.succeededFuture())))
                .isTrue();
        await(intake.publish(List.of(published("order.a", "paid"), published("order.b", "open")), List.of()));

        assertThat(query("SELECT type, lanes FROM nexus.event ORDER BY seq"))
                .containsExactly(
                        "pg.public.orders.insert|{}",
                        "pg.public.orders.insert|{}",
                        "pg.public.orders.insert|{}",
                        "order.a|{" + paused.lane() + "}",
                        "order.b|{" + paused.lane() + "}");
        assertThat(query("SELECT lanes, counts FROM nexus.missed_delta ORDER BY at"))
                .containsExactly("{" + disabled.lane() + "}|{3}", "{" + paid.lane() + "}|{1}");
        assertThat(query("SELECT count(*) FROM nexus.owed WHERE lane = " + paused.lane()))
                .containsExactly("2");
        Missed before = missedBy(disabled);
        assertThat(before.count()).isEqualTo(3);
        assertThat(before.firstAt()).isPresent().isEqualTo(before.lastAt());

        TestPostgres.execute(url, FOLD);
        assertThat(missedBy(disabled)).isEqualTo(before);
        await(intake.publish(List.of(published("pg.public.orders.update", "open")), List.of()));
        assertThat(missedBy(disabled).count()).isEqualTo(4);
        assertThat(missedBy(disabled).firstAt()).isEqualTo(before.firstAt());
        assertThat(missedBy(paid).count()).isEqualTo(1);
        assertThat(missedBy(paused)).isEqualTo(Missed.NONE);
    }

    @Test
    void theCountIsKeptWhilePausedAndHandedOverWhenActive() {
        Subscription one = disabled("a", "");
        Subscription other = disabled("a", "");
        await(intake.publish(List.of(published("a", "x")), List.of()));
        TestPostgres.execute(url, FOLD);
        await(intake.publish(List.of(published("a", "x")), List.of()));

        assertThat(change(one, Mode.PAUSED)).isEqualTo(Missed.NONE);
        assertThat(missedBy(one).count()).isEqualTo(2);
        assertThat(change(one, Mode.ACTIVE).count()).isEqualTo(2);
        assertThat(missedBy(one)).isEqualTo(Missed.NONE);
        assertThat(missedBy(other).count()).isEqualTo(2);
        assertThat(query("SELECT count(*) FROM nexus.missed_delta")).containsExactly("0");

        await(subscriptions.delete(other.id(), Optional.empty()));
        assertThat(query("SELECT count(*) FROM nexus.missed")).containsExactly("0");
    }

    /** Two processes publish while the subscription changes to and fro, and the counts are folded. */
    @Test
    void everyEventIsEitherOwedOrMissed() {
        Subscription subscription = SubscriptionRows.insert(store, "a");
        SubscriptionCatalog otherCatalog = new SubscriptionCatalog(subscriptions);
        EventIntake other = new EventIntake(store, otherCatalog, new OwedSignal(), Clock.systemUTC(), Tracing.off());
        List<Future<List<Accepted>>> publishing = new ArrayList<>();
        Random random = new Random(20);
        long taken = 0;
        int events = 0;
        for (int round = 0; round < 40; round++) {
            for (int i = 0; i < 5; i++) {
                int size = 1 + random.nextInt(3);
                events += size;
                List<IncomingEvent> batch = new ArrayList<>();
                for (int n = 0; n < size; n++) {
                    batch.add(published("a", "x"));
                }
                publishing.add((random.nextBoolean() ? intake : other).publish(batch, List.of()));
            }
            if (random.nextInt(3) == 0) {
                TestPostgres.execute(url, FOLD);
            }
            taken += change(subscription, List.of(Mode.values()).get(random.nextInt(3)))
                    .count();
        }
        await(Future.all(publishing));
        taken += change(subscription, Mode.DISABLED).count();
        taken += change(subscription, Mode.ACTIVE).count();

        long owed = Long.parseLong(query("SELECT count(*) FROM nexus.owed").getFirst());
        assertThat(owed + taken).isEqualTo(events);
        assertThat(taken).isPositive();
        assertThat(publishing.stream()
                        .flatMap(answer -> answer.result().stream())
                        .mapToInt(Accepted::deliveries)
                        .sum())
                .isEqualTo(owed);
    }

    private Missed missedBy(Subscription subscription) {
        return await(missed.of(List.of(subscription.lane()))).getOrDefault(subscription.lane(), Missed.NONE);
    }

    /** @return what it has missed, when it becomes active */
    private Missed change(Subscription subscription, Mode mode) {
        return await(subscriptions.update(
                subscription.id(),
                before -> before.draft().with(mode),
                (transaction, changed) -> Future.succeededFuture(changed.missed()),
                AuditedChange.NONE));
    }

    private Subscription disabled(String pattern, String filter) {
        Subscription made = SubscriptionRows.insert(
                store,
                pattern,
                URI.create("http://127.0.0.1:9/" + ids.next()),
                settings -> filter.isEmpty()
                        ? settings
                        : settings.with(settings.selection().with(Filter.read(filter, ""))));
        change(made, Mode.DISABLED);
        return made;
    }

    private IncomingEvent published(String type, String status) {
        return event(new EventType(type), "{\"status\":\"" + status + "\"}", true);
    }

    private IncomingEvent captured(String table) {
        return event(EventType.rowChange("public", table, Operation.INSERT), "{\"record\":{}}", false);
    }

    private IncomingEvent event(EventType type, String data, boolean storedAlways) {
        EventId id = ids.next();
        Instant now = Instant.ofEpochMilli(1_700_000_000_000L);
        byte[] json = data.getBytes(StandardCharsets.UTF_8);
        byte[] empty = {'{', '}'};
        return new IncomingEvent(
                id, type, now, Ordering.NONE, () -> EventBody.of(id, type, now, json, empty), storedAlways);
    }

    private List<String> query(String sql) {
        return TestPostgres.query(url, sql);
    }
}
