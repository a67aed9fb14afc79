package nexus.queue.settle;

import static nexus.testkit.TestPostgres.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import nexus.queue.lease.Term;
import nexus.queue.owed.KeyCursor;
import nexus.queue.owed.KeyQueue;
import nexus.queue.owed.OwedDelivery;
import nexus.queue.owed.OwedQueue;
import nexus.queue.owed.PackedRow;
import nexus.queue.owed.PackedRows;
import nexus.queue.owed.Place;
import nexus.queue.owed.SliceCursor;
import nexus.queue.settle.Outcome.AttemptMade;
import nexus.queue.settle.Outcome.Sent;
import nexus.store.Store;
import nexus.testkit.StoreRows;
import nexus.testkit.TestPostgres;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SettlementPostgresTest {
    private static final Term TERM = new Term(1, 7);
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00.123456Z");

    private final String url = TestPostgres.freshStore();
    private final StoreRows rows = new StoreRows(url);
    private final Store store = new Store(TestPostgres.vertx(), TestPostgres.storeConfig(url));
    private final Settlement settlement = new Settlement(store);
    private int lane;

    @BeforeEach
    void process() {
        rows.run("INSERT INTO nexus.process (id, epoch) VALUES (1, 7)");
        rows.run("CREATE TABLE nexus.process_1_lock ()");
        lane = rows.subscription("subscription");
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void manyOfALaneAreOneRowAndFewARowEach() {
        int other = rows.subscription("subscription");
        rows.events("x", 40, lane);
        rows.events("y", 3, other);
        List<OwedDelivery> owed = owed();
        List<Outcome> outcomes = new ArrayList<>();
        owed.forEach(row -> outcomes.add(sent(row, row.seq() % 2 == 0 ? "even" : null)));

        assertThat(await(settlement.settle(TERM, outcomes))).contains(seqs(owed));

        assertThat(rows.one("SELECT count(*) FROM nexus.owed")).isEqualTo("0");
        assertThat(rows.one("SELECT lane, cardinality(seqs) FROM nexus.delivery_run"))
                .isEqualTo(lane + "|40");
        assertThat(rows.all("SELECT lane, status, attempts FROM nexus.delivery ORDER BY seq"))
                .containsExactly(other + "|SENT|1", other + "|SENT|1", other + "|SENT|1");
        assertThat(rows.all("SELECT lane, sum(pending), sum(sent) FROM nexus.stat_delta GROUP BY lane ORDER BY lane"))
                .containsExactly(lane + "|-40|40", other + "|-3|3");
        assertThat(tried()).isEqualTo("43|0");
        for (OwedDelivery row : owed.subList(0, 40)) {
            assertThat(rows.one("""
                    SELECT d.event_id, d.stripe, d.created_at = e.created_at, d.attempted_at = '%s', d.duration_ms,
                           d.status_code, coalesce(d.response, '-')
                    FROM nexus.settled_delivery('%s', %d, %d) d JOIN nexus.event e ON e.id = d.event_id""".formatted(NOON, row.eventDay(), row.lane(), row.seq())))
                    .isEqualTo("%s|%d|t|t|%d|204|%s"
                            .formatted(
                                    row.eventId(), row.keySlice(), (int) row.seq(), row.seq() % 2 == 0 ? "even" : "-"));
        }
    }

    @Test
    void answersOfARunThatAreAllEmptyTakeNoPlace() {
        rows.events("x", 40, lane);
        List<Outcome> outcomes = new ArrayList<>();
        owed().forEach(row -> outcomes.add(sent(row, null)));
        await(settlement.settle(TERM, outcomes));
        assertThat(rows.one("SELECT responses IS NULL FROM nexus.delivery_run")).isEqualTo("t");
    }

    @Test
    void whatWasChangedSinceItWasTakenIsFoundByItsKey() {
        rows.events("x", 50, lane);
        List<OwedDelivery> owed = owed();
        List<Outcome> outcomes = new ArrayList<>();
        owed.forEach(row -> outcomes.add(sent(row, null)));
        long cancelled = owed.get(10).seq();
        rows.run("DELETE FROM nexus.owed WHERE seq = " + cancelled);
        long renewed = owed.get(20).seq();
        rows.run("UPDATE nexus.owed SET renewed_at = now() WHERE seq = " + renewed);

        Optional<Set<Long>> settled = await(settlement.settle(TERM, outcomes));

        Set<Long> all = seqs(owed);
        all.remove(cancelled);
        assertThat(settled).contains(all);
        assertThat(rows.one("SELECT cardinality(seqs) FROM nexus.delivery_run")).isEqualTo("48");
        assertThat(rows.all("SELECT seq FROM nexus.delivery")).containsExactly(Long.toString(renewed));
        assertThat(rows.one("SELECT sum(pending), sum(sent) FROM nexus.stat_delta"))
                .isEqualTo("-49|49");
        assertThat(tried()).isEqualTo("49|0");
        assertThat(rows.one("SELECT count(*) FROM nexus.owed")).isEqualTo("0");
    }

    @Test
    void aPlaceThatAnotherRowHasTakenIsNotSettled() {
        rows.events("x", 32, lane);
        List<OwedDelivery> taken = owed();
        rows.run("DELETE FROM nexus.owed");
        rows.run("VACUUM nexus.owed");
        rows.events("y", 32, lane);
        assertThat(owed())
                .extracting(OwedDelivery::place)
                .containsAnyElementsOf(taken.stream().map(OwedDelivery::place).toList());
        List<Outcome> outcomes = new ArrayList<>();
        taken.forEach(row -> outcomes.add(sent(row, null)));

        assertThat(await(settlement.settle(TERM, outcomes))).contains(Set.of());

        assertThat(rows.one("SELECT count(*) FROM nexus.owed")).isEqualTo("32");
        assertThat(rows.one("SELECT count(*) FROM nexus.delivery_run")).isEqualTo("0");
        assertThat(rows.one("SELECT count(*) FROM nexus.stat_delta")).isEqualTo("0");
    }

    @Test
    void aTermThatIsOverSettlesNothing() {
        rows.events("x", 40, lane);
        List<Outcome> outcomes = new ArrayList<>();
        owed().forEach(row -> outcomes.add(sent(row, null)));
        outcomes.set(5, new Outcome.Again(outcomes.get(5).delivery(), failed(), NOON));
        outcomes.set(6, new Outcome.Dead(outcomes.get(6).delivery(), Optional.empty(), "gone"));

        assertThat(await(settlement.settle(new Term(1, 6), outcomes))).isEmpty();

        assertThat(rows.one("SELECT count(*) FROM nexus.owed WHERE attempts = 0"))
                .isEqualTo("40");
        assertThat(rows.one("SELECT count(*) FROM nexus.delivery_run")).isEqualTo("0");
        assertThat(rows.one("SELECT count(*) FROM nexus.delivery")).isEqualTo("0");
        assertThat(rows.one("SELECT count(*) FROM nexus.stat_delta")).isEqualTo("0");
    }

    @Test
    void everyKindOfOutcomeIsSettledInOneTransaction() {
        rows.events("x", 40, lane);
        List<OwedDelivery> owed = owed();
        List<Outcome> outcomes = new ArrayList<>();
        owed.forEach(row -> outcomes.add(sent(row, null)));
        outcomes.set(5, new Outcome.Again(owed.get(5), failed(), NOON));
        outcomes.set(6, new Outcome.Dead(owed.get(6), Optional.of(failed()), "exhausted"));

        assertThat(await(settlement.settle(TERM, outcomes))).contains(seqs(owed));

        assertThat(rows.one("SELECT seq, attempts FROM nexus.owed"))
                .isEqualTo(owed.get(5).seq() + "|1");
        assertThat(rows.one("SELECT seq, status, dead_reason, status_code FROM nexus.delivery"))
                .isEqualTo(owed.get(6).seq() + "|DEAD|exhausted|500");
        assertThat(rows.one("SELECT cardinality(seqs) FROM nexus.delivery_run")).isEqualTo("38");
        assertThat(rows.one("SELECT sum(pending), sum(failed), sum(sent), sum(dead) FROM nexus.stat_delta"))
                .isEqualTo("-40|1|38|1");
        assertThat(tried()).isEqualTo("38|2");
        assertThat(
                        rows.one(
                                "SELECT count(DISTINCT xmin::text) FROM (SELECT xmin FROM nexus.owed"
                                        + " UNION ALL SELECT xmin FROM nexus.delivery UNION ALL SELECT xmin FROM nexus.delivery_run) w"))
                .isEqualTo("1");
    }

    @Test
    void theDayOfALateRunIsMade() {
        rows.events("x", 40, lane);
        rows.run("UPDATE nexus.owed SET event_day = '2020-02-29'");
        List<Outcome> outcomes = new ArrayList<>();
        owed().forEach(row -> outcomes.add(sent(row, null)));

        assertThat(await(settlement.settle(TERM, outcomes)).orElseThrow()).hasSize(40);

        assertThat(rows.one("SELECT day, cardinality(seqs) FROM nexus.delivery_run"))
                .isEqualTo("2020-02-29|40");
    }

    @Test
    void whatIsDeliveredLeavesItsRunAndWhatIsNotGoesOnAsRows() {
        rows.events("x", 70, lane);
        List<OwedDelivery> owed = inRuns(70);
        PackedRow run = (PackedRow) owed.getFirst().place();
        List<Outcome> outcomes = new ArrayList<>();
        owed.subList(3, 43).forEach(row -> outcomes.add(sent(row, null)));

        assertThat(await(settlement.settle(TERM, outcomes))).contains(seqs(owed.subList(3, 43)));

        assertThat(rows.one("SELECT is_owed FROM nexus.owed_run"))
                .isEqualTo("1".repeat(3) + "0".repeat(40) + "1".repeat(27));
        assertThat(rows.one("SELECT cardinality(seqs) FROM nexus.delivery_run")).isEqualTo("40");
        assertThat(run.isPacked()).isTrue();

        List<Outcome> others = new ArrayList<>();
        owed.subList(43, 69).forEach(row -> others.add(sent(row, null)));
        others.add(new Outcome.Again(owed.getFirst(), failed(), NOON));
        others.add(new Outcome.Dead(owed.get(1), Optional.of(failed()), "exhausted"));

        assertThat(await(settlement.settle(TERM, others)).orElseThrow()).hasSize(28);

        assertThat(run.isPacked()).isFalse();
        assertThat(rows.one("SELECT count(*) FROM nexus.owed_run")).isEqualTo("0");
        assertThat(rows.all("SELECT seq, attempts FROM nexus.owed ORDER BY seq"))
                .containsExactly(
                        owed.getFirst().seq() + "|1",
                        owed.get(2).seq() + "|0",
                        owed.getLast().seq() + "|0");
        assertThat(rows.one("SELECT sum(pending), sum(failed), sum(sent), sum(dead) FROM nexus.stat_delta"))
                .isEqualTo("-68|1|66|1");
        assertThat(tried()).isEqualTo("66|2");
    }

    @Test
    void aRunEndsWithTheLastOfIt() {
        rows.events("x", 200, lane);
        List<OwedDelivery> owed = inRuns(150);
        List<Outcome> outcomes = new ArrayList<>();
        owed.subList(0, 180).forEach(row -> outcomes.add(sent(row, "thanks")));
        assertThat(await(settlement.settle(TERM, outcomes))).contains(seqs(owed.subList(0, 180)));
        assertThat(rows.all("SELECT first_seq, is_owed FROM nexus.owed_run"))
                .containsExactly(owed.get(150).seq() + "|" + "0".repeat(30) + "1".repeat(20));

        List<Outcome> rest = new ArrayList<>();
        owed.subList(180, 200).forEach(row -> rest.add(sent(row, null)));
        assertThat(settlement.isBetterLater(rest)).isTrue();
        assertThat(await(settlement.settle(TERM, rest))).contains(seqs(owed.subList(180, 200)));

        assertThat(rows.one("SELECT count(*) FROM nexus.owed_run")).isEqualTo("0");
        assertThat(rows.one("SELECT count(*) FROM nexus.owed")).isEqualTo("0");
        assertThat(rows.all("SELECT cardinality(seqs), responses[1] FROM nexus.delivery_run ORDER BY first_seq"))
                .containsExactly("90|thanks", "90|thanks");
        assertThat(rows.one("SELECT count(*) FROM nexus.delivery")).isEqualTo("20");
        assertThat(rows.one("SELECT sum(pending), sum(sent) FROM nexus.stat_delta"))
                .isEqualTo("-200|200");
    }

    @Test
    void whatWasUnfoldedMeanwhileIsFoundByItsKey() {
        rows.events("x", 70, lane);
        List<OwedDelivery> owed = inRuns(70);
        PackedRow run = (PackedRow) owed.getFirst().place();
        List<Outcome> outcomes = new ArrayList<>();
        owed.forEach(row -> outcomes.add(sent(row, null)));
        rows.run("SELECT nexus.unfold_owed(%d, '{%d}')".formatted(lane, run.firstSeq()));
        long cancelled = owed.get(7).seq();
        rows.run("DELETE FROM nexus.owed WHERE seq = " + cancelled);

        Set<Long> settled = await(settlement.settle(TERM, outcomes)).orElseThrow();

        assertThat(settled).hasSize(69).doesNotContain(cancelled);
        assertThat(run.isPacked()).isFalse();
        assertThat(rows.one("SELECT count(*) FROM nexus.owed")).isEqualTo("0");
        assertThat(rows.one("SELECT sum(pending), sum(sent) FROM nexus.stat_delta"))
                .isEqualTo("-69|69");
    }

    @Test
    void aTermThatIsOverLeavesRunsAsTheyAre() {
        rows.events("x", 70, lane);
        List<OwedDelivery> owed = inRuns(70);
        List<Outcome> outcomes = new ArrayList<>();
        owed.subList(0, 40).forEach(row -> outcomes.add(sent(row, null)));

        assertThat(await(settlement.settle(new Term(1, 6), outcomes))).isEmpty();

        assertThat(rows.one("SELECT is_owed FROM nexus.owed_run")).isEqualTo("1".repeat(70));
        assertThat(((PackedRow) owed.getFirst().place()).isPacked()).isTrue();
        assertThat(rows.one("SELECT count(*) FROM nexus.delivery_run")).isEqualTo("0");
    }

    @Test
    void unfoldingGivesBackTheVeryRows() {
        rows.events("x", 70, lane);
        rows.run("UPDATE nexus.owed SET key = seq % 7, created_at = '2026-01-31Z' WHERE seq % 5 > 0");
        rows.run("UPDATE nexus.owed SET created_at = '2026-01-31Z'");
        List<String> before = rows.all("SELECT * FROM nexus.owed ORDER BY seq");
        rows.fold(lane);
        assertThat(rows.one("SELECT count(*) FROM nexus.owed")).isEqualTo("0");

        await(new PackedRows(store).unpackLane(lane));

        assertThat(rows.all("SELECT * FROM nexus.owed ORDER BY seq")).isEqualTo(before);
    }

    @Test
    void aRowWaitsBehindAnEarlierOneOfItsKeyInARun() {
        rows.events("x", 3, lane);
        rows.run("UPDATE nexus.owed SET key = seq");
        rows.fold(lane);
        List<Long> folded = rows.all("SELECT seq FROM nexus.owed_of_run ORDER BY seq").stream()
                .map(Long::valueOf)
                .toList();
        rows.events("x", 3, lane);
        List<Long> later = rows.all("SELECT seq FROM nexus.owed ORDER BY seq").stream()
                .map(Long::valueOf)
                .toList();
        rows.run("UPDATE nexus.owed SET key = %d WHERE seq = %d".formatted(folded.get(0), later.get(0)));
        rows.run("UPDATE nexus.owed SET key = %d WHERE seq = %d".formatted(folded.get(1), later.get(1)));
        rows.run("UPDATE nexus.owed_run SET is_owed = B'101'");
        OwedQueue queue = new OwedQueue(store);

        assertThat(await(queue.take(List.of(new SliceCursor(lane, lane % 8, 0, 10, 1)))))
                .extracting(OwedDelivery::seq, OwedDelivery::behind)
                .containsExactly(tuple(later.get(0), true), tuple(later.get(1), false), tuple(later.get(2), false));
        rows.events("x", 1, lane);
        long last = Long.parseLong(rows.one("SELECT max(seq) FROM nexus.owed"));
        rows.run("UPDATE nexus.owed SET seq = 0, key = %d WHERE seq = %d".formatted(folded.get(0), last));
        assertThat(await(queue.successors(List.of(new KeyCursor(lane, folded.get(0), KeyQueue.LONGEST, 0))))
                        .getFirst()
                        .rows())
                .extracting(OwedDelivery::seq, OwedDelivery::behind)
                .containsExactly(tuple(0L, false), tuple(later.get(0), true));
        rows.run("DELETE FROM nexus.owed WHERE seq = 0");
        assertThat(await(queue.smallestOwed(Map.of(lane, 1L)))).containsEntry(lane, folded.getFirst());
        assertThat(await(new PackedRows(store).of(Map.of(lane, 1L))))
                .containsExactly(new PackedRow.Key(lane, folded.getFirst()));
        rows.run("UPDATE nexus.owed SET barrier = true WHERE seq = " + later.get(2));
        rows.run("DELETE FROM nexus.owed WHERE seq < " + later.get(2));
        assertThat(await(queue.take(List.of(new SliceCursor(lane, lane % 8, 0, 10, 1)))))
                .extracting(OwedDelivery::behind)
                .containsExactly(true);
        rows.run("DELETE FROM nexus.owed");
        assertThat(await(queue.lanesWithWork())).containsExactly(lane);
    }

    private static Sent sent(OwedDelivery row, @Nullable String response) {
        return new Sent(row, new AttemptMade(NOON, (int) row.seq(), 204, null, response));
    }

    private static AttemptMade failed() {
        return new AttemptMade(NOON, 3, 500, "HTTP 500", null);
    }

    private static Set<Long> seqs(List<OwedDelivery> owed) {
        Set<Long> seqs = new HashSet<>();
        owed.forEach(row -> seqs.add(row.seq()));
        return seqs;
    }

    /** What is owed, once it is in runs of at most so many. */
    private List<OwedDelivery> inRuns(int most) {
        List<OwedDelivery> owed = owed();
        List<OwedDelivery> folded = new ArrayList<>();
        for (int from = 0; from < owed.size(); from += most) {
            rows.fold(lane, most);
            List<OwedDelivery> part = owed.subList(from, Math.min(from + most, owed.size()));
            PackedRow run =
                    new PackedRow(lane, part.stream().map(OwedDelivery::seq).toList());
            part.forEach(row -> folded.add(new OwedDelivery(
                    row.lane(),
                    row.keySlice(),
                    row.seq(),
                    row.key(),
                    row.otherKey(),
                    row.barrier(),
                    row.due(),
                    row.attempts(),
                    row.attemptsBefore(),
                    row.owedSince(),
                    row.eventDay(),
                    row.eventId(),
                    row.bodyBytes(),
                    row.own(),
                    run,
                    row.behind())));
        }
        return folded;
    }

    /** Attempts in the counters: those that delivered, and the others. */
    private String tried() {
        return rows.one("""
                SELECT coalesce(sum((n >> 16) * (n >> 12 & 1)), 0), coalesce(sum((n >> 16) * (1 - (n >> 12 & 1))), 0)
                FROM nexus.stat_delta CROSS JOIN unnest(tried) n""");
    }

    /** As they are taken, by rising seq. */
    private List<OwedDelivery> owed() {
        return rows
                .all("SELECT lane, stripe, seq, to_json(created_at) #>> '{}', event_day, event_id, ctid"
                        + " FROM nexus.owed ORDER BY seq")
                .stream()
                .map(line -> line.split("\\|"))
                .map(column -> new OwedDelivery(
                        Integer.parseInt(column[0]),
                        Integer.parseInt(column[1]),
                        Long.parseLong(column[2]),
                        null,
                        null,
                        false,
                        null,
                        0,
                        0,
                        OffsetDateTime.parse(column[3]).toInstant(),
                        LocalDate.parse(column[4]),
                        UUID.fromString(column[5]),
                        10,
                        false,
                        new Place.OwnRow(column[6]),
                        false))
                .toList();
    }
}
