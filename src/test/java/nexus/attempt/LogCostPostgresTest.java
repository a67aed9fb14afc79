package nexus.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nexus.store.Store;
import nexus.testkit.ManyRows;
import nexus.testkit.PageCost;
import nexus.testkit.PageCosts;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.Test;

/** A page of the log costs the store little, whatever it is filtered by and however many listeners there are. */
class LogCostPostgresTest {
    @Test
    void everyPageOfTheLogIsBounded() {
        Store store = new Store(TestPostgres.vertx(), TestPostgres.storeConfig(ManyRows.url()));
        PageCosts costs = new PageCosts(store);
        Map<String, List<?>> fields = Map.of(
                "listenerId",
                List.of(
                        Optional.empty(),
                        Optional.of(ManyRows.subscriptionId(ManyRows.BUSY_LANE)),
                        Optional.of(ManyRows.subscriptionId(ManyRows.QUIET_LANE))),
                "successful",
                List.of(Optional.empty(), Optional.of(true), Optional.of(false)));
        assertThat(fields)
                .containsOnlyKeys(Arrays.stream(LogFilter.class.getRecordComponents())
                        .map(RecordComponent::getName)
                        .toArray(String[]::new));
        List<LogPosition> positions = List.of(
                LogPosition.NEWEST,
                new LogPosition(Instant.now().minus(Duration.ofDays(1)), Long.MAX_VALUE, Short.MAX_VALUE));
        for (Map<String, Object> chosen : PageCosts.combinations(fields)) {
            LogFilter filter =
                    new LogFilter(PageCosts.chosen(chosen, "listenerId"), PageCosts.chosen(chosen, "successful"));
            for (LogPosition position : positions) {
                for (int limit : List.of(50, 250)) {
                    costs.add(
                            limit + " " + position + " " + filter, AttemptRepository.reading(filter, position, limit));
                }
            }
        }
        costs.assertBounded(60_000, 25_000);
        store.close();
    }

    /** Each listener has attempts in the partition of every day. */
    @Test
    void aPageOfHundredsOfListenersReadsThePartitionsOfFewDays() {
        String url = TestPostgres.freshStore();
        TestPostgres.execute(
                url,
                "SELECT nexus.ensure_day((now() AT TIME ZONE 'UTC')::date - n) FROM generate_series(1, 30) n",
                """
                INSERT INTO nexus.subscription (id, kind, settings, target, target_digest, fingerprint)
                SELECT gen_random_uuid(), 'listener', '{}', '', '', n::text::bytea FROM generate_series(1, 300) n""",
                """
                CREATE TEMP TABLE made AS
                SELECT n::bigint AS seq, s.lane, at, (at AT TIME ZONE 'UTC')::date AS day, gen_random_uuid() AS id
                FROM nexus.subscription s JOIN generate_series(1, 27000) n ON s.lane = 1 + n % 300,
                     LATERAL (SELECT now() - interval '30 days' * (1 - n / 27000.0) AS at) made;
                INSERT INTO nexus.event (day, id, seq, type, created_at, accepted_at, body, lanes, seqs)
                SELECT day, id, seq, 'x', at, at, '{}', ARRAY[lane], ARRAY[seq] FROM made;
                INSERT INTO nexus.attempt (day, lane, seq, attempt, attempted_at, duration_ms, status_code)
                SELECT day, lane, seq, 1, at, 20, 503 FROM made;
                INSERT INTO nexus.delivery (day, lane, stripe, seq, barrier, event_id, body_bytes, own, status, attempts,
                                            attempts_before, created_at, settled_at, attempted_at, duration_ms, status_code)
                SELECT day, lane, 0, seq, false, id, 2, false, 'SENT', 2, 0, at, at, at + interval '5 s', 30, 200 FROM made;
                INSERT INTO nexus.delivery_run (day, lane, first_seq, last_seq, first_attempted_at, last_attempted_at,
                    settled_at, seqs, stripes, event_ids, created_at, attempted_at, duration_ms, status_codes)
                SELECT day, lane, seq, seq, at, at, at, ARRAY[seq], '{0}', ARRAY[id], ARRAY[at], ARRAY[at], '{30}', '{200}'
                FROM made;
                ANALYZE""");
        Store store = new Store(TestPostgres.vertx(), TestPostgres.storeConfig(url));
        for (LogPosition position : List.of(
                LogPosition.NEWEST,
                new LogPosition(Instant.now().minus(Duration.ofDays(11)), Long.MAX_VALUE, Short.MAX_VALUE))) {
            for (Optional<Boolean> successful :
                    List.of(Optional.<Boolean>empty(), Optional.of(true), Optional.of(false))) {
                LogFilter filter = new LogFilter(Optional.empty(), successful);
                LogPage page = TestPostgres.await(new AttemptRepository(store).log(filter, position, 250));
                assertThat(page.entries()).as(filter + " " + position).isNotEmpty();
                PageCost cost = PageCost.of(store.api(), AttemptRepository.reading(filter, position, 250));
                assertThat(cost.rows()).as(cost.plan()).isLessThan(40_000);
                assertThat(cost.buffers()).as(cost.plan()).isLessThan(30_000);
            }
        }
        store.close();
    }
}
