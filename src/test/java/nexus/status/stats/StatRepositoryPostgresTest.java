package nexus.status.stats;

import static nexus.testkit.TestPostgres.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.UUID;
import nexus.liveness.LoopHeartbeats;
import nexus.status.meters.StoreSample;
import nexus.status.meters.StoreSampler;
import nexus.store.Store;
import nexus.testkit.StoreRows;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StatRepositoryPostgresTest {
    private StoreRows rows;
    private Store store;
    private StatRepository stats;

    @BeforeEach
    void freshStore() {
        String url = TestPostgres.freshStore();
        rows = new StoreRows(url);
        store = new Store(TestPostgres.vertx(), TestPostgres.storeConfig(url));
        stats = new StatRepository(store);
    }

    @Test
    void totalsAreTheSumsAndWhatIsNotFoldedInYet() {
        assertThat(await(stats.totals())).isEqualTo(new Stats(0, 0, 0, 0, 0, 0));
        rows.run("INSERT INTO nexus.stat VALUES (0, 10, 0, 0, 0, 0, 0), (1, 0, 20, 1, 2, 15, 2)");
        rows.run("INSERT INTO nexus.stat_delta (lane, events) VALUES (0, 1)");
        rows.run("INSERT INTO nexus.stat_delta VALUES (1, 0, 0, -1, 0, 1, 0), (2, 0, 2, 2, 0, 0, 0)");
        assertThat(await(stats.totals())).isEqualTo(new Stats(11, 22, 2, 16, 2, 2));
    }

    @Test
    void attemptsOfRunsCountToo() {
        int lane = rows.subscription("subscription");
        rows.events("x", 60, lane);
        List<Long> seqs = rows.all("SELECT seq FROM nexus.owed ORDER BY seq").stream()
                .map(Long::valueOf)
                .toList();
        rows.settleRun(seqs.subList(0, 40));
        for (long seq : seqs.subList(40, 50)) {
            rows.fail(seq, 500);
        }

        SubscriptionStats ofLane =
                await(stats.ofSubscription(rows.subscriptionId(lane))).orElseThrow();

        assertThat(ofLane.recentAttempts()).isEqualTo(50);
        assertThat(ofLane.successRate()).isEqualTo(0.8);
        assertThat(ofLane.latencyMs().p50()).isEqualTo(30.0);
    }

    @Test
    void aSubscriptionsRateAndLatenciesAreOfItsLastAttempts() {
        int lane = rows.subscription("subscription");
        UUID id = rows.subscriptionId(lane);
        assertThat(await(stats.ofSubscription(id)))
                .contains(new SubscriptionStats(
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        null,
                        new SubscriptionStats.LatencyMs(null, null, null),
                        SubscriptionStats.Breaker.CLOSED));
        for (int i = 0; i < 3; i++) {
            rows.settle(rows.seq(rows.event("a", lane)), "SENT", 200);
        }
        rows.fail(rows.seq(rows.event("a", lane)), 500);
        rows.run("INSERT INTO nexus.stat_delta VALUES (" + lane + ", 0, 4, 0, 1, 3, 0, 6)");

        assertThat(await(stats.ofSubscription(id)))
                .contains(new SubscriptionStats(
                        4,
                        0,
                        3,
                        1,
                        0,
                        6,
                        4,
                        0.75,
                        new SubscriptionStats.LatencyMs(30.0, 30.0, 30.0),
                        SubscriptionStats.Breaker.CLOSED));
        rows.delete(lane);
        assertThat(await(stats.ofSubscription(id))).isEmpty();
    }

    @Test
    void theBreakerIsOpenForAsLongAsTheEndpointAskedFor() {
        int lane = rows.subscription("subscription");
        rows.run("UPDATE nexus.subscription SET held_until = '2100-01-01 00:00:00Z' WHERE lane = " + lane);
        assertThat(breaker(lane))
                .isEqualTo(new SubscriptionStats.Breaker("open", null, null, "2100-01-01T00:00:00.000Z"));
        rows.run("UPDATE nexus.subscription SET held_until = now() - interval '1 s' WHERE lane = " + lane);
        assertThat(breaker(lane)).isEqualTo(SubscriptionStats.Breaker.CLOSED);
    }

    @Test
    void theBreakerIsHalfOpenWhenAProbeIsDue() {
        int lane = rows.subscription("subscription");
        rows.run("UPDATE nexus.subscription SET breaker_opened_at = '2026-01-31 18:00:00Z', breaker_probe_at ="
                + " '2100-01-01 00:00:00Z' WHERE lane = " + lane);
        assertThat(breaker(lane))
                .isEqualTo(new SubscriptionStats.Breaker(
                        "open", "2026-01-31T18:00:00.000Z", "2100-01-01T00:00:00.000Z", "2100-01-01T00:00:00.000Z"));
        rows.run("UPDATE nexus.subscription SET breaker_probe_at = '2026-01-31 18:00:05Z' WHERE lane = " + lane);
        assertThat(breaker(lane))
                .isEqualTo(new SubscriptionStats.Breaker(
                        "half-open", "2026-01-31T18:00:00.000Z", "2026-01-31T18:00:05.000Z", null));
    }

    private SubscriptionStats.Breaker breaker(int lane) {
        return await(stats.ofSubscription(rows.subscriptionId(lane)))
                .orElseThrow()
                .breaker();
    }

    @Test
    void theSampleTellsWhatIsDueLongestAndLeavesParkedLanesOut() {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        StoreSampler sampler = new StoreSampler(TestPostgres.vertx(), store, new LoopHeartbeats(), meters);
        assertThat(await(sampler.read()).oldestDueSeconds()).isZero();
        int live = rows.subscription("subscription");
        int parked = rows.subscription("subscription");
        rows.event("a", live);
        rows.event("a", parked);
        UUID retry = rows.event("a", live);
        rows.fail(rows.seq(retry), 500);
        rows.run("UPDATE nexus.owed SET due = now() - interval '100 s' WHERE due IS NOT NULL");
        rows.run("UPDATE nexus.owed SET created_at = now() - interval '1 h' WHERE lane = " + parked);
        rows.run("UPDATE nexus.subscription SET state = 'disabled' WHERE lane = " + parked);
        int broken = rows.subscription("subscription");
        rows.event("a", broken);
        rows.run("UPDATE nexus.owed SET created_at = now() - interval '1 h' WHERE lane = " + broken);
        rows.run("UPDATE nexus.subscription SET breaker_opened_at = now(), breaker_probe_at = now() WHERE lane = "
                + broken);

        assertThat(await(sampler.read()).oldestDueSeconds()).isBetween(100.0, 160.0);
        assertThat(await(sampler.read()).deadTuples()).isNotNegative();
        assertThat(await(sampler.read()).openBreakers()).isEqualTo(1);
        assertThat(await(sampler.read()))
                .returns(0.0, StoreSample::disabledSubscriptions)
                .returns(0.0, StoreSample::dead);
        rows.run("UPDATE nexus.subscription SET disabled_reason = 'gone' WHERE lane = " + parked);
        rows.run("INSERT INTO nexus.stat_delta (lane, pending, dead) VALUES (" + live + ", -1, 1)");
        assertThat(await(sampler.read()))
                .returns(1.0, StoreSample::disabledSubscriptions)
                .returns(1.0, StoreSample::dead);
        assertThat(meters.get("nexus.queue.owed")
                        .tag("status", "pending")
                        .gauge()
                        .value())
                .isNaN();
    }

    @Test
    void whatIsOwedInARunIsDueSinceItWasMadeUnlessItsLaneIsParked() {
        StoreSampler sampler =
                new StoreSampler(TestPostgres.vertx(), store, new LoopHeartbeats(), new SimpleMeterRegistry());
        int live = rows.subscription("subscription");
        int parked = rows.subscription("subscription");
        rows.events("a", 5, live, parked);
        rows.run("UPDATE nexus.owed SET created_at = now() - interval '100 s' WHERE lane = " + live);
        rows.run("UPDATE nexus.owed SET created_at = now() - interval '1 h' WHERE lane = " + parked);
        rows.run("UPDATE nexus.subscription SET state = 'disabled' WHERE lane = " + parked);
        rows.fold(live, 2);
        rows.fold(live);
        rows.fold(parked);
        rows.event("a", live);

        assertThat(await(sampler.read()).oldestDueSeconds()).isBetween(100.0, 160.0);
    }
}
