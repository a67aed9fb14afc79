package nexus.queue;

import static nexus.testkit.TestPostgres.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import nexus.queue.Outcome.AttemptMade;
import nexus.queue.Outcome.Sent;
import nexus.store.Store;
import nexus.testkit.StoreRows;
import nexus.testkit.TestPostgres;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SettlementPostgresTest {
    private static final DeliveryLease.Term TERM = new DeliveryLease.Term(1, 7);
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00.123456Z");

    private final String url = TestPostgres.freshStore();
    private final StoreRows rows = new StoreRows(url);
    private final Store store = new Store(TestPostgres.vertx(), TestPostgres.storeConfig(url));
    private final Settlement settlement = new Settlement(store);
    private int lane;

    @BeforeEach
    void process() {
        rows.run("INSERT INTO nexus.process (id, epoch) VALUES (1, 7)");
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
        for (OwedDelivery row : owed.subList(0, 40)) {
            assertThat(rows.one("""
                    SELECT d.event_id, d.stripe, d.created_at = e.created_at, d.attempted_at = '%s', d.duration_ms,
                           d.status_code, coalesce(d.response, '-')
                    FROM nexus.settled_delivery('%s', %d, %d) d JOIN nexus.event e ON e.id = d.event_id""".formatted(NOON, row.eventDay(), row.lane(), row.seq())))
                    .isEqualTo("%s|%d|t|t|%d|204|%s"
                            .formatted(
                                    row.eventId(), row.stripe(), (int) row.seq(), row.seq() % 2 == 0 ? "even" : "-"));
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

        assertThat(await(settlement.settle(new DeliveryLease.Term(1, 6), outcomes)))
                .isEmpty();

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
                        column[6],
                        false))
                .toList();
    }
}
