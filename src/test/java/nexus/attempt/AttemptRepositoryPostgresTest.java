package nexus.attempt;

import static nexus.testkit.TestPostgres.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import nexus.queue.owed.DeliveryKey;
import nexus.store.Store;
import nexus.testkit.StoreRows;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AttemptRepositoryPostgresTest {
    private static final LogFilter ALL = new LogFilter(Optional.empty(), Optional.empty());

    private StoreRows rows;
    private AttemptRepository attempts;

    @BeforeEach
    void freshStore() {
        String url = TestPostgres.freshStore();
        rows = new StoreRows(url);
        attempts = new AttemptRepository(new Store(TestPostgres.vertx(), TestPostgres.storeConfig(url)));
    }

    @Test
    void theLogHoldsListenersAttemptsOnlyNewestFirst() {
        int listener = rows.subscription("listener");
        int subscription = rows.subscription("subscription");
        UUID event = rows.event("pg.public.users.insert", listener);
        rows.fail(rows.seq(event), 503);
        rows.settle(rows.seq(event), "SENT", 200);
        rows.settle(rows.seq(rows.event("x", subscription)), "SENT", 200);
        rows.delete(listener);

        LogPage page = await(attempts.log(ALL, LogPosition.NEWEST, 50));

        assertThat(page.next()).isEmpty();
        assertThat(page.entries()).extracting(LogEntry::status).containsExactly("SUCCESS", "FAILED");
        assertThat(page.entries()).extracting(LogEntry::responseFromTarget).containsExactly("answer", "no");
        assertThat(page.entries())
                .extracting(LogEntry::listenerId)
                .containsOnly(rows.subscriptionId(listener).toString());
        assertThat(page.entries()).extracting(LogEntry::payloadReceived).allSatisfy(payload -> assertThat(payload)
                .startsWith("{\"id\":\"" + event + "\"")
                .contains(StoreRows.PAYLOAD));
    }

    @Test
    void withoutAnAnswerTheLogSaysWhyAndThePayloadMayBeGone() {
        UUID event = rows.event("x", rows.subscription("listener"));
        rows.fail(rows.seq(event), 503);
        rows.run("UPDATE nexus.attempt SET status_code = NULL, response = NULL, error = 'connection refused'");
        rows.run("UPDATE nexus.event SET body = NULL");

        assertThat(await(attempts.log(ALL, LogPosition.NEWEST, 50)).entries())
                .singleElement()
                .returns("FAILED", LogEntry::status)
                .returns("connection refused", LogEntry::responseFromTarget)
                .returns(null, LogEntry::payloadReceived);
    }

    @Test
    void pagesStayTheSameWhileAttemptsArrive() {
        int first = rows.subscription("listener");
        int second = rows.subscription("listener");
        for (int i = 0; i < 4; i++) {
            UUID event = rows.event("x", i % 2 == 0 ? first : second);
            rows.fail(rows.seq(event), 500);
            rows.settle(rows.seq(event), "SENT", 200);
        }
        List<String> all = await(attempts.log(ALL, LogPosition.NEWEST, 50)).entries().stream()
                .map(LogEntry::id)
                .toList();
        assertThat(all).hasSize(8).doesNotHaveDuplicates();
        assertThat(walk(ALL, Optional.of(first))).containsExactlyElementsOf(all);
        assertThat(walk(new LogFilter(Optional.of(rows.subscriptionId(second)), Optional.of(true)), Optional.empty()))
                .hasSize(2);
        assertThat(walk(new LogFilter(Optional.empty(), Optional.of(false)), Optional.empty()))
                .hasSize(4);
    }

    @Test
    void attemptsOfRunsAreInTheLogAsIfTheyHadRowsOfTheirOwn() {
        int mine = rows.subscription("listener");
        int other = rows.subscription("listener");
        int subscription = rows.subscription("subscription");
        rows.events("x", 600, mine, other, subscription);
        Random random = new Random(7);
        for (int lane : List.of(mine, other, subscription)) {
            List<Long> owed = new ArrayList<>(
                    rows.all("SELECT seq FROM nexus.owed WHERE lane = " + lane + " ORDER BY seq").stream()
                            .map(Long::valueOf)
                            .toList());
            while (owed.size() > 100) {
                List<Long> near = new ArrayList<>(owed.subList(10, 80));
                Collections.shuffle(near, random);
                rows.settleRun(near.subList(0, 32));
                rows.fail(near.get(33), 500);
                rows.settle(near.get(33), "SENT", 200);
                owed.removeAll(near.subList(0, 34));
            }
        }
        // all times near each other, many the same: runs overlap and end in the same moment
        rows.run("UPDATE nexus.attempt SET attempted_at = date_trunc('hour', now()) + interval '1 ms' * (seq % 90)");
        rows.run("UPDATE nexus.delivery SET attempted_at = date_trunc('hour', now()) + interval '1 ms' * (seq % 100)");
        rows.run("""
            UPDATE nexus.delivery_run r SET attempted_at = t.times, first_attempted_at = t.low, last_attempted_at = t.high
            FROM (SELECT lane, last_seq, array_agg(at ORDER BY seq) AS times, min(at) AS low, max(at) AS high
                  FROM (SELECT lane, last_seq, seq, date_trunc('hour', now()) + interval '1 ms' * (seq % 11 * (last_seq % 13)) AS at
                        FROM nexus.delivery_of_run) moved GROUP BY lane, last_seq) t
            WHERE t.lane = r.lane AND t.last_seq = r.last_seq""");
        List<String> all = rows.all("""
            SELECT 'att_' || to_char(day, 'YYYYMMDD') || '_' || seq || '_' || attempt
            FROM (SELECT lane, day, seq, attempt, attempted_at FROM nexus.attempt
                  UNION ALL SELECT lane, day, seq, attempts, attempted_at FROM nexus.delivery
                  UNION ALL SELECT lane, day, seq, attempts, attempted_at FROM nexus.delivery_of_run) tried
            WHERE lane IN (%d, %d) ORDER BY attempted_at DESC, seq DESC, attempt DESC""".formatted(mine, other));
        assertThat(all).hasSizeGreaterThan(900);

        for (int limit : List.of(2000, 50, 9)) {
            assertThat(walk(ALL, limit)).containsExactlyElementsOf(all);
            assertThat(walk(new LogFilter(Optional.of(rows.subscriptionId(mine)), Optional.empty()), limit))
                    .hasSize(all.size() / 2);
            assertThat(walk(new LogFilter(Optional.empty(), Optional.of(false)), limit))
                    .hasSize(Integer.parseInt(
                            rows.one("SELECT count(*) FROM nexus.attempt WHERE lane <> " + subscription)));
        }
        LogEntry ofRun = await(attempts.log(ALL, LogPosition.NEWEST, 1000)).entries().stream()
                .filter(entry -> String.valueOf(entry.responseFromTarget()).startsWith("answer "))
                .findFirst()
                .orElseThrow();
        assertThat(ofRun.status()).isEqualTo("SUCCESS");
        assertThat(ofRun.payloadReceived()).isEqualTo("{}");
    }

    /** Most attempts follow their event soon, and some come many days after it. */
    @Test
    void theLogIsInTheOrderOfTimeOverAllDays() {
        int first = rows.subscription("listener");
        int second = rows.subscription("listener");
        int subscription = rows.subscription("subscription");
        rows.run("SELECT nexus.ensure_day((now() AT TIME ZONE 'UTC')::date - n) FROM generate_series(1, 20) n");
        rows.run("""
            CREATE TABLE made AS
            SELECT n::bigint AS seq, (ARRAY[%d, %d, %d])[1 + abs(hashint4(n)) %% 3] AS lane, n %% 4 AS kind,
                   (at AT TIME ZONE 'UTC')::date AS day, at, least(now(), at + late.hours * interval '1 hour') AS tried
            FROM generate_series(1, 400) n,
                 LATERAL (SELECT now() - interval '20 days' * (1 - n / 400.0) AS at) event,
                 LATERAL (SELECT CASE WHEN n %% 25 = 0 THEN abs(hashint4(-n)) %% 400 ELSE abs(hashint4(-n)) %% 90 END) late(hours)
            """.formatted(first, second, subscription));
        rows.run("""
            INSERT INTO nexus.event (day, id, seq, type, created_at, accepted_at, body, lanes, seqs)
            SELECT day, gen_random_uuid(), seq, 'x', at, at, '{}', ARRAY[lane], ARRAY[seq] FROM made""");
        rows.run("""
            INSERT INTO nexus.attempt (day, lane, seq, attempt, attempted_at, duration_ms, status_code)
            SELECT day, lane, seq, n, tried + n * interval '1 s', 20, 503 FROM made, generate_series(1, 3) n WHERE kind = 0""");
        rows.run("""
            INSERT INTO nexus.delivery (day, lane, stripe, seq, barrier, event_id, body_bytes, own, status, attempts,
                                        attempts_before, created_at, settled_at, attempted_at, duration_ms, status_code)
            SELECT day, lane, 0, seq, false, gen_random_uuid(), 2, false, 'SENT', 1, 0, at, tried, tried, 30, 200
            FROM made WHERE kind IN (1, 2)""");
        rows.run("""
            INSERT INTO nexus.delivery_run (day, lane, first_seq, last_seq, first_attempted_at, last_attempted_at,
                settled_at, seqs, stripes, event_ids, created_at, attempted_at, duration_ms, status_codes)
            SELECT day, lane, min(s), max(s), min(t), max(t), max(t), array_agg(s ORDER BY s),
                   array_agg(0::smallint), array_agg(gen_random_uuid()), array_agg(at), array_agg(t ORDER BY s),
                   array_agg(30), array_agg(200::smallint)
            FROM made, generate_series(0, 31) n,
                 LATERAL (SELECT seq * 100000 + n AS s, tried + n * interval '1 s' AS t) part
            WHERE kind = 3 GROUP BY day, lane, seq""");
        for (int lane : List.of(0, first)) {
            List<String> expected = rows.all("""
                SELECT 'att_' || to_char(day, 'YYYYMMDD') || '_' || seq || '_' || attempt
                FROM (SELECT lane, day, seq, attempt, attempted_at FROM nexus.attempt
                      UNION ALL SELECT lane, day, seq, attempts, attempted_at FROM nexus.delivery
                      UNION ALL SELECT lane, day, seq, attempts, attempted_at FROM nexus.delivery_of_run) tried
                WHERE lane <> %d AND %d IN (0, lane)
                ORDER BY attempted_at DESC, seq DESC, attempt DESC""".formatted(subscription, lane));
            LogFilter filter = new LogFilter(
                    lane == 0 ? Optional.empty() : Optional.of(rows.subscriptionId(lane)), Optional.empty());
            for (int limit : List.of(2000, 50, 9)) {
                assertThat(walk(filter, limit)).containsExactlyElementsOf(expected);
            }
        }
    }

    @Test
    void theAttemptOfADeliveryInARunIsItsOnlyOne() {
        int lane = rows.subscription("subscription");
        rows.events("x", 40, lane);
        List<Long> seqs = rows.all("SELECT seq FROM nexus.owed ORDER BY seq").stream()
                .map(Long::valueOf)
                .toList();
        rows.settleRun(seqs);
        DeliveryKey key = new DeliveryKey(LocalDate.now(ZoneOffset.UTC), lane, lane % 8, seqs.get(17));

        assertThat(await(attempts.ofDeliveries(List.of(key), 9)))
                .hasEntrySatisfying(
                        key.seq(), log -> assertThat(log).singleElement().satisfies(attempt -> {
                            assertThat(attempt.attempt()).isEqualTo(1);
                            assertThat(attempt.statusCode()).isEqualTo(200);
                            assertThat(attempt.durationMs()).isEqualTo(30);
                            assertThat(attempt.error()).isNull();
                            assertThat(attempt.responseBody()).isEqualTo(("answer " + key.seq()).substring(0, 9));
                        }));
    }

    private List<String> walk(LogFilter filter, int limit) {
        List<String> seen = new ArrayList<>();
        Optional<LogPosition> next = Optional.of(LogPosition.NEWEST);
        while (next.isPresent()) {
            LogPage page = await(attempts.log(filter, next.get(), limit));
            page.entries().forEach(entry -> seen.add(entry.id()));
            next = page.next();
        }
        return seen;
    }

    @Test
    void aPageEndsBeforeItsPayloadsGrowTooBig() {
        int lane = rows.subscription("listener");
        for (int i = 0; i < 3; i++) {
            rows.settle(rows.seq(rows.event("x", lane)), "SENT", 200);
        }
        rows.run("UPDATE nexus.event SET body = convert_to('\"' || repeat('x', 9000000) || '\"', 'UTF8')");

        LogPage page = await(attempts.log(ALL, LogPosition.NEWEST, 50));

        assertThat(page.entries()).hasSize(2);
        assertThat(await(attempts.log(ALL, page.next().orElseThrow(), 50)).entries())
                .hasSize(1);
    }

    /** Over all pages; one more attempt is made for a lane behind each. */
    private List<String> walk(LogFilter filter, Optional<Integer> lane) {
        List<String> seen = new ArrayList<>();
        Optional<LogPosition> next = Optional.of(LogPosition.NEWEST);
        while (next.isPresent()) {
            LogPage page = await(attempts.log(filter, next.get(), 3));
            page.entries().forEach(entry -> seen.add(entry.id()));
            next = page.next();
            lane.ifPresent(busy -> rows.settle(rows.seq(rows.event("x", busy)), "SENT", 200));
        }
        return seen;
    }
}
