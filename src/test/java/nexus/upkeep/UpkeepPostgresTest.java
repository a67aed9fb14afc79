package nexus.upkeep;

import static nexus.testkit.TestPostgres.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import nexus.store.Store;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UpkeepPostgresTest {
    private final String url = TestPostgres.freshStore();
    private final Store store = new Store(TestPostgres.vertx(), TestPostgres.storeConfig(url));

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
    void daysPastRetentionAreDroppedUnlessSomethingIsStillOwedToThem() {
        LocalDate today = LocalDate.ofInstant(Instant.now(), ZoneOffset.UTC);
        LocalDate owedDay = today.minusDays(40);
        LocalDate oldDay = today.minusDays(41);
        TestPostgres.execute(
                url,
                "SELECT nexus.ensure_day('" + owedDay + "')",
                "SELECT nexus.ensure_day('" + oldDay + "')",
                "INSERT INTO nexus.owed (lane, stripe, created_at, event_day, event_id, body_bytes) VALUES (1, 0, now(), '"
                        + owedDay + "', gen_random_uuid(), 2)");

        await(new DayPartitions(store, Clock.systemUTC(), Duration.ofDays(30)).dropPast());

        assertThat(partitions()).contains("event_" + basic(owedDay), "delivery_" + basic(owedDay));
        assertThat(partitions())
                .doesNotContain("event_" + basic(oldDay), "delivery_" + basic(oldDay), "attempt_" + basic(oldDay));
        assertThat(partitions()).contains("event_" + basic(today));
    }

    @Test
    void daysAreMadeAWeekAhead() {
        TestPostgres.execute(
                url,
                "DROP TABLE nexus.event_" + basic(LocalDate.now(ZoneOffset.UTC).plusDays(7)));

        await(new DayPartitions(store, Clock.systemUTC(), Duration.ofDays(30)).makeAhead());

        assertThat(partitions())
                .contains("event_" + basic(LocalDate.now(ZoneOffset.UTC).plusDays(7)));
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

    private static String basic(LocalDate day) {
        return day.format(DateTimeFormatter.BASIC_ISO_DATE);
    }

    private List<String> query(String sql) {
        return TestPostgres.query(url, sql);
    }
}
