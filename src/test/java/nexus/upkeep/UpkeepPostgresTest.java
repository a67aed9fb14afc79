package nexus.upkeep;

import static nexus.testkit.Eventually.eventually;
import static nexus.testkit.TestPostgres.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import nexus.event.EventType;
import nexus.intake.EventIntake;
import nexus.intake.OwnEvents;
import nexus.queue.notify.OwedSignal;
import nexus.queue.override.OwedExpiry;
import nexus.store.Store;
import nexus.subscription.Subscription;
import nexus.subscription.catalog.SubscriptionCatalog;
import nexus.testkit.OpenTransaction;
import nexus.testkit.StoreRows;
import nexus.testkit.SubscriptionRows;
import nexus.testkit.TestPostgres;
import nexus.trace.Tracing;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UpkeepPostgresTest {
    private final String url = TestPostgres.freshStore();
    private final Store store = new Store(TestPostgres.vertx(), TestPostgres.storeConfig(url));

    private final SubscriptionCatalog catalog = new SubscriptionCatalog(SubscriptionRows.repository(store));
    private final EventIntake intake =
            new EventIntake(store, catalog, new OwedSignal(), Clock.systemUTC(), Tracing.off());

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void deltasAreSummedUpOnceAndTheirRowsAreGone() {
        TestPostgres.execute(
                url,
                "INSERT INTO nexus.stat_delta (lane, events, deliveries, pending, sent, dead) VALUES"
                        + " (0, 2, 0, 0, 0, 0), (1, 0, 3, 3, 0, 0), (1, 0, 0, -2, 1, 1)");
        CounterSums sums = new CounterSums(store);

        assertThat(await(sums.fold())).isEqualTo(2);
        TestPostgres.execute(url, "INSERT INTO nexus.stat_delta (lane, pending, sent) VALUES (1, -1, 1)");
        assertThat(await(sums.fold())).isEqualTo(1);

        assertThat(query("SELECT lane, events, deliveries, pending, failed, sent, dead FROM nexus.stat ORDER BY lane"))
                .containsExactly("0|2|0|0|0|0|0", "1|0|3|0|0|2|1");
        assertThat(query("SELECT count(*) FROM nexus.stat_delta")).containsExactly("0");
    }

    @Test
    void noTableOfNexusIsHurtByAnAdministratorsPublicationOfAllTables() {
        TestPostgres.execute(
                url,
                "CREATE PUBLICATION everything FOR ALL TABLES",
                "INSERT INTO nexus.stat_delta (lane, events) VALUES (0, 2)");
        assertThat(await(new CounterSums(store).fold())).isZero();
        assertThat(query("SELECT events FROM nexus.stat")).containsExactly("2");
        assertThat(query("""
                SELECT relname FROM pg_class c
                WHERE relnamespace = 'nexus'::regnamespace AND relkind = 'r' AND relreplident = 'd'
                  AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)""")).isEmpty();
    }

    @Test
    void daysPastRetentionAreDroppedAndOthersStay() {
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        LocalDate oldDay = today.minusDays(31);
        LocalDate keptDay = today.minusDays(30);
        TestPostgres.execute(
                url, "SELECT nexus.ensure_day('" + oldDay + "')", "SELECT nexus.ensure_day('" + keptDay + "')");

        await(days(Duration.ofDays(30)).turn());

        assertThat(partitions()).doesNotContainAnyElementsOf(tables(oldDay)).containsAll(tables(keptDay));
        assertThat(partitions()).containsAll(tables(today));
        assertThat(query("SELECT relname FROM pg_class WHERE relname LIKE '%" + basic(oldDay) + "%'"))
                .isEmpty();
    }

    @Test
    void whatIsOwedWhenItsDayIsOverBecomesDeadAndIsToldBeforeTheDayGoes() {
        Subscription subscription = SubscriptionRows.insert(store, "x");
        await(catalog.reload());
        StoreRows rows = new StoreRows(url);
        UUID event = rows.event("x", subscription.lane());
        UUID retried = rows.event("x", subscription.lane());
        rows.fail(rows.seq(retried), 500);
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        DayPartitions afterRetention = days(Duration.ofDays(-1)); // as if today were past

        await(afterRetention.turn());

        assertThat(query("SELECT count(*) FROM nexus.owed")).containsExactly("0");
        assertThat(query("SELECT event_id, status, dead_reason, attempts FROM nexus.delivery ORDER BY seq"))
                .containsExactly(event + "|DEAD|expired|0", retried + "|DEAD|expired|1");
        assertThat(query("SELECT pending, failed, dead FROM nexus.stat_delta WHERE dead > 0"))
                .containsExactly("-1|-1|2");
        String notice = query("SELECT convert_from(body, 'UTF8') FROM nexus.event WHERE type = 'nexus.delivery.dead'")
                .getFirst();
        assertThat(notice)
                .contains(
                        "\"count\":2",
                        "\"reason\":\"expired\"",
                        subscription.id().toString(),
                        event.toString());
        assertThat(partitions()).containsAll(tables(today));

        await(afterRetention.turn());

        assertThat(partitions()).doesNotContainAnyElementsOf(tables(today));
        assertThat(query("SELECT count(*) FROM nexus.event")).containsExactly("0");
        await(new OwnEvents(intake, Clock.systemUTC(), new Random(3))
                .raise(new EventType("nexus.x"), new JsonObject()));
        assertThat(query("SELECT count(*) FROM nexus.event"))
                .as("intake makes its day")
                .containsExactly("1");
    }

    @Test
    void whatIsOwedInARunWhenItsDayIsOverBecomesDeadAndIsToldBeforeTheDayGoes() {
        Subscription subscription = SubscriptionRows.insert(store, "x");
        await(catalog.reload());
        StoreRows rows = new StoreRows(url);
        UUID first = rows.event("x", subscription.lane());
        UUID second = rows.event("x", subscription.lane());
        rows.fold(subscription.lane());
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        DayPartitions afterRetention = days(Duration.ofDays(-1)); // as if today were past

        await(afterRetention.turn());

        assertThat(partitions()).containsAll(tables(today));
        assertThat(query("SELECT (SELECT count(*) FROM nexus.owed_run), (SELECT count(*) FROM nexus.owed)"))
                .containsExactly("0|0");
        assertThat(query("SELECT event_id, status, dead_reason, attempts FROM nexus.delivery ORDER BY seq"))
                .containsExactly(first + "|DEAD|expired|0", second + "|DEAD|expired|0");
        assertThat(query("SELECT pending, failed, dead FROM nexus.stat_delta WHERE dead > 0"))
                .containsExactly("-2|0|2");
        assertThat(query("SELECT convert_from(body, 'UTF8') FROM nexus.event WHERE type = 'nexus.delivery.dead'"))
                .singleElement()
                .asString()
                .contains(
                        "\"count\":2",
                        "\"reason\":\"expired\"",
                        subscription.id().toString(),
                        first.toString(),
                        second.toString());

        await(afterRetention.turn());

        assertThat(partitions()).doesNotContainAnyElementsOf(tables(today));
    }

    @Test
    void aReaderThatDoesNotEndHoldsUpTheDropAndNobodyElse() {
        LocalDate oldDay = LocalDate.now(ZoneOffset.UTC).minusDays(31);
        TestPostgres.execute(url, "SELECT nexus.ensure_day('" + oldDay + "')");
        AtomicLong slowestNanos = new AtomicLong();
        AtomicInteger stored = new AtomicInteger();
        AtomicBoolean loaded = new AtomicBoolean(true);
        try (OpenTransaction reader = OpenTransaction.at(url, "SELECT count(*) FROM nexus.event");
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> load = threads.submit(() -> storeWhile(loaded, stored, slowestNanos));

            await(days(Duration.ofDays(30)).turn());
            eventually("events are stored meanwhile", () -> stored.get() > 20);
            loaded.set(false);
            load.get();
            reader.rollback();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
        assertThat(Duration.ofNanos(slowestNanos.get())).isLessThan(Duration.ofSeconds(2));
        assertThat(query("SELECT to_regclass('nexus.event_" + basic(oldDay) + "') IS NOT NULL"))
                .containsExactly("t");

        await(days(Duration.ofDays(30)).turn());

        assertThat(query("SELECT relname FROM pg_class WHERE relname LIKE '%" + basic(oldDay) + "%'"))
                .isEmpty();
    }

    @Test
    void daysAreMadeAWeekAhead() {
        LocalDate nextWeek = LocalDate.now(ZoneOffset.UTC).plusDays(7);
        TestPostgres.execute(url, "DROP TABLE nexus.event_" + basic(nextWeek));

        await(days(Duration.ofDays(30)).turn());

        assertThat(partitions()).containsAll(tables(nextWeek));
    }

    @Test
    void statisticsOfADayAreOfFewRowsAndOfNothingThatIsNotSought() {
        String others = """
                WITH day AS (
                    SELECT i.inhrelid AS part FROM pg_inherits i JOIN pg_class parent ON parent.oid = i.inhparent
                    WHERE parent.relnamespace = 'nexus'::regnamespace AND parent.relkind = 'p')
                SELECT a.attrelid::regclass || '.' || a.attname || ' ' || coalesce(a.attstattarget, -1)
                FROM pg_attribute a
                WHERE a.attnum > 0
                  AND (a.attrelid IN (SELECT part FROM day)
                       AND a.attstattarget IS DISTINCT FROM
                           CASE WHEN a.atttypid IN (SELECT oid FROM pg_type WHERE typcategory = 'A')
                                  OR a.attname IN ('body', 'error', 'response') THEN 0 ELSE 10 END
                       OR a.attstattarget IS DISTINCT FROM 10
                          AND EXISTS (SELECT FROM pg_index i
                                      WHERE i.indrelid IN (SELECT part FROM day) AND i.indexrelid = a.attrelid
                                        AND i.indkey[a.attnum - 1] = 0))""";
        assertThat(TestPostgres.query(url, others)).isEmpty();
        LocalDate nextWeek = LocalDate.now(ZoneOffset.UTC).plusDays(7);
        TestPostgres.execute(url, "DROP TABLE nexus.event_" + basic(nextWeek));
        await(days(Duration.ofDays(30)).turn());
        assertThat(TestPostgres.query(url, others)).isEmpty();
    }

    private void storeWhile(AtomicBoolean wanted, AtomicInteger stored, AtomicLong slowestNanos) {
        OwnEvents events = new OwnEvents(intake, Clock.systemUTC(), new Random(3));
        while (wanted.get()) {
            long started = System.nanoTime();
            await(events.raise(new EventType("nexus.x"), new JsonObject()));
            slowestNanos.accumulateAndGet(System.nanoTime() - started, Math::max);
            stored.incrementAndGet();
        }
    }

    private DayPartitions days(Duration retention) {
        return new DayPartitions(
                store,
                new OwedExpiry(store, new OwedSignal()),
                new ExpiryNotices(new OwnEvents(intake, Clock.systemUTC(), new Random(2))),
                retention);
    }

    @Test
    void expiredKeysAreDeletedAndOthersStay() {
        TestPostgres.execute(
                url,
                "INSERT INTO nexus.idempotency SELECT 'ann', n::text, '', '', now() - interval '1 second'"
                        + " FROM generate_series(1, 12000) n",
                "INSERT INTO nexus.idempotency VALUES ('ann', 'kept', '', '', now() + interval '1 hour')");

        await(new ExpiredKeys(store).delete());

        assertThat(query("SELECT key FROM nexus.idempotency")).containsExactly("kept");
    }

    @Test
    void theQueueIsVacuumedWhenEnoughOfItDied() {
        QueueVacuum vacuum = new QueueVacuum(store);
        TestPostgres.execute(
                url,
                "INSERT INTO nexus.owed (lane, stripe, created_at, event_day, event_id, body_bytes)"
                        + " SELECT 1, 0, now(), now()::date, gen_random_uuid(), 2 FROM generate_series(1, 1000)",
                "DELETE FROM nexus.owed");
        vacuum.add(49_999);
        await(vacuum.run());
        assertThat(query("SELECT relpages > 0 FROM pg_class WHERE oid = 'nexus.owed'::regclass"))
                .containsExactly("f");

        vacuum.add(1);
        await(vacuum.run());

        assertThat(query("SELECT relpages > 0 FROM pg_class WHERE oid = 'nexus.owed'::regclass"))
                .containsExactly("t");
    }

    private List<String> partitions() {
        return query("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent::regclass::text LIKE 'nexus.%'")
                .stream()
                .map(name -> name.replace("nexus.", ""))
                .toList();
    }

    private static List<String> tables(LocalDate day) {
        return List.of("event_" + basic(day), "delivery_" + basic(day), "attempt_" + basic(day));
    }

    private static String basic(LocalDate day) {
        return day.format(DateTimeFormatter.BASIC_ISO_DATE);
    }

    private List<String> query(String sql) {
        return TestPostgres.query(url, sql);
    }
}
