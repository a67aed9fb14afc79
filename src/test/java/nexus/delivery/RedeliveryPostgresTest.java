package nexus.delivery;

import static nexus.testkit.TestPostgres.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import nexus.api.caller.AuditedChange;
import nexus.attempt.Attempt;
import nexus.attempt.AttemptRepository;
import nexus.delivery.state.Delivery;
import nexus.delivery.state.DeliveryFilter;
import nexus.delivery.state.DeliveryId;
import nexus.delivery.state.DeliveryPosition;
import nexus.delivery.state.DeliveryRepository;
import nexus.delivery.state.DeliveryStatus;
import nexus.queue.notify.OwedRows;
import nexus.queue.notify.OwedSignal;
import nexus.queue.override.DeliveryOverride;
import nexus.refusal.Refusal;
import nexus.store.Store;
import nexus.testkit.Eventually;
import nexus.testkit.OpenTransaction;
import nexus.testkit.StoreRows;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RedeliveryPostgresTest {
    private String url;
    private StoreRows rows;
    private DeliveryRepository deliveries;
    private AttemptRepository attempts;
    private Redelivery redelivery;
    private final List<OwedRows> signals = new ArrayList<>();

    @BeforeEach
    void freshStore() {
        url = TestPostgres.freshStore();
        rows = new StoreRows(url);
        Store store = new Store(TestPostgres.vertx(), TestPostgres.storeConfig(url));
        deliveries = new DeliveryRepository(store);
        attempts = new AttemptRepository(store);
        OwedSignal signal = new OwedSignal();
        signal.onOwed(signals::add);
        redelivery = new Redelivery(deliveries, new DeliveryOverride(store, signal));
    }

    @Test
    void aDeadDeliveryIsOwedAgainInItsOldPlaceWithItsAttemptsAndAFreshBudget() {
        int lane = rows.subscription("subscription");
        UUID event = rows.event("a", lane);
        long seq = rows.seq(event);
        rows.fail(seq, 500);
        rows.settle(seq, "DEAD", 503);
        DeliveryId id = idOf(event);

        await(redelivery.retry(id, AuditedChange.NONE));

        assertThat(idOf(event)).isEqualTo(id);
        assertThat(rows.one("SELECT due, attempts, attempts_before, renewed_at IS NOT NULL FROM nexus.owed"))
                .isEqualTo("null|2|2|t");
        assertThat(rows.one("SELECT count(*) FROM nexus.delivery")).isEqualTo("0");
        assertThat(log(id)).extracting(Attempt::attempt).containsExactly(1, 2);
        assertThat(log(id)).extracting(Attempt::statusCode).containsExactly(500, 503);
        assertThat(deltas()).isEqualTo(lane + "|1|0|0|-1");
        assertThat(signals).containsExactly(new OwedRows(Map.of(lane, seq), true));
    }

    @Test
    void aFailedDeliveryIsReadyAtOnce() {
        int lane = rows.subscription("subscription");
        UUID event = rows.event("a", lane);
        rows.fail(rows.seq(event), 500);

        await(redelivery.retry(idOf(event), AuditedChange.NONE));

        assertThat(rows.one("SELECT due, attempts, attempts_before FROM nexus.owed"))
                .isEqualTo("null|1|1");
        assertThat(deltas()).isEqualTo(lane + "|1|-1|0|0");
    }

    @Test
    void aRetryThatADeadlockEndsIsDoneOnceMore() {
        int lane = rows.subscription("subscription");
        List<Long> seqs = List.of(rows.seq(rows.event("a", lane)), rows.seq(rows.event("a", lane)));
        seqs.forEach(seq -> rows.fail(seq, 500));
        try (OpenTransaction other = OpenTransaction.at(url)) {
            lock(other, seqs.getLast());
            Future<Integer> retried =
                    redelivery.retryAll(filter(Optional.empty(), lane, Optional.empty()), AuditedChange.NONE);
            Eventually.eventually(
                    "the retry holds the first and waits for the last", Duration.ofSeconds(5), () -> rows.one(
                                    "SELECT count(*) FROM pg_locks WHERE NOT granted")
                            .equals("1"));
            lock(other, seqs.getFirst());
            other.rollback();

            assertThat(await(retried)).isEqualTo(2);
        }
    }

    @Test
    void aRetryWaitsForAnAttemptThatIsJustWrittenDownAndHoldsForWhatItLeaves() {
        int lane = rows.subscription("subscription");
        UUID again = rows.event("a", lane);
        rows.fail(rows.seq(again), 500);
        DeliveryId ofAgain = idOf(again);
        try (OpenTransaction other = OpenTransaction.at(
                url,
                "UPDATE nexus.owed SET due = now() + interval '1 hour', attempts = attempts + 1 WHERE seq = "
                        + rows.seq(again))) {
            Future<Void> retried = redelivery.retry(ofAgain, AuditedChange.NONE).mapEmpty();
            Eventually.eventually("the retry waits", Duration.ofSeconds(5), () -> rows.one(
                            "SELECT count(*) FROM pg_locks WHERE NOT granted")
                    .equals("1"));
            other.commit();
            await(retried);
        }
        assertThat(rows.one("SELECT due, attempts, attempts_before FROM nexus.owed WHERE seq = " + rows.seq(again)))
                .isEqualTo("null|2|2");
    }

    private static void lock(OpenTransaction transaction, long seq) {
        transaction.execute("SELECT FROM nexus.owed WHERE seq = " + seq + " FOR UPDATE");
    }

    @Test
    void whatIsPendingSentOrOfADeletedSubscriptionCannotBeRetried() {
        int lane = rows.subscription("subscription");
        int deleted = rows.subscription("subscription");
        UUID pending = rows.event("a", lane);
        UUID sent = rows.event("a", lane);
        rows.settle(rows.seq(sent), "SENT", 200);
        UUID orphan = rows.event("a", deleted);
        rows.settle(rows.seq(orphan), "DEAD", 500);
        rows.delete(deleted);

        for (UUID event : List.of(pending, sent, orphan)) {
            assertThatThrownBy(() -> await(redelivery.retry(idOf(event), AuditedChange.NONE)))
                    .isInstanceOf(Refusal.Conflict.class);
        }
        assertThat(signals).isEmpty();
    }

    @Test
    void aDeliveryWhosePayloadIsGoneIsGone() {
        UUID event = rows.event("a", rows.subscription("subscription"));
        rows.settle(rows.seq(event), "DEAD", 500);
        rows.run("UPDATE nexus.event SET body = NULL");
        assertThatThrownBy(() -> await(redelivery.retry(idOf(event), AuditedChange.NONE)))
                .isInstanceOf(Refusal.Gone.class);
    }

    @Test
    void aCancelledDeliveryIsDeadAndSaysWhy() {
        int lane = rows.subscription("subscription");
        UUID pending = rows.event("a", lane);
        UUID failed = rows.event("a", lane);
        rows.fail(rows.seq(failed), 500);

        assertThat(await(redelivery.cancel(idOf(pending), AuditedChange.NONE)))
                .returns(DeliveryStatus.DEAD, Delivery::status)
                .returns(Optional.of("cancelled"), Delivery::deadReason);
        assertThat(await(redelivery.cancel(idOf(failed), AuditedChange.NONE)))
                .returns(DeliveryStatus.DEAD, Delivery::status)
                .returns(1, Delivery::attempts)
                .returns(Optional.of(500), Delivery::lastStatusCode);
        assertThat(rows.one("SELECT count(*) FROM nexus.owed")).isEqualTo("0");
        assertThat(deltas()).isEqualTo(lane + "|-1|-1|0|2");
        assertThatThrownBy(() -> await(redelivery.cancel(idOf(failed), AuditedChange.NONE)))
                .isInstanceOf(Refusal.Conflict.class);

        await(redelivery.retry(idOf(failed), AuditedChange.NONE));
        assertThat(log(idOf(failed))).extracting(Attempt::attempt).containsExactly(1);
    }

    @Test
    void everythingThatMatchesIsRetriedAndNothingElse() {
        int lane = rows.subscription("subscription");
        int other = rows.subscription("subscription");
        for (int i = 0; i < 3; i++) {
            UUID event = rows.event("a", lane);
            rows.settle(rows.seq(event), "DEAD", 500);
        }
        rows.fail(rows.seq(rows.event("b", lane)), 500);
        rows.settle(rows.seq(rows.event("a", other)), "DEAD", 500);
        rows.settle(rows.seq(rows.event("a", lane)), "SENT", 200);

        assertThat(await(redelivery.retryAll(filter(Optional.empty(), lane, Optional.of("a")), AuditedChange.NONE)))
                .isEqualTo(3);
        assertThat(await(redelivery.retryAll(
                        filter(Optional.of(DeliveryStatus.DEAD), lane, Optional.empty()), AuditedChange.NONE)))
                .isZero();
        assertThat(await(redelivery.retryAll(filter(Optional.empty(), lane, Optional.empty()), AuditedChange.NONE)))
                .isEqualTo(1);
        assertThat(rows.one("SELECT count(*) FROM nexus.delivery")).isEqualTo("2");
    }

    @Test
    void moreThanOneStatementsWorthIsRetriedInSteps() {
        int lane = rows.subscription("subscription");
        UUID event = rows.event("a", lane);
        rows.settle(rows.seq(event), "DEAD", 500);
        rows.run("""
            INSERT INTO nexus.delivery (day, lane, stripe, seq, barrier, event_id, body_bytes, own, status, dead_reason,
                attempts, attempts_before, created_at, settled_at)
            SELECT day, lane, stripe, n, false, event_id, 1, false, 'DEAD', 'expired', 0, 0, created_at, settled_at
            FROM nexus.delivery, generate_series(1000, 3499) n""");

        assertThat(await(redelivery.retryAll(filter(Optional.empty(), lane, Optional.empty()), AuditedChange.NONE)))
                .isEqualTo(2_501);
        assertThat(rows.one("SELECT count(*) FROM nexus.owed")).isEqualTo("2501");
        assertThat(rows.one("SELECT sum(pending) || '|' || sum(dead) FROM nexus.stat_delta"))
                .isEqualTo("2501|-2501");
        assertThat(signals).hasSize(3);
    }

    @Test
    void whatIsNexussOwnIsRetriedWithoutBeingCounted() {
        int lane = rows.subscription("subscription");
        UUID event = rows.event("nexus.test", lane);
        rows.run("UPDATE nexus.owed SET own = true");
        rows.settle(rows.seq(event), "DEAD", 500);
        await(redelivery.retry(idOf(event), AuditedChange.NONE));
        assertThat(rows.one("SELECT count(*) FROM nexus.stat_delta")).isEqualTo("0");
    }

    private String deltas() {
        return rows.one(
                "SELECT lane, sum(pending), sum(failed), sum(sent), sum(dead) FROM nexus.stat_delta GROUP BY lane");
    }

    private DeliveryId idOf(UUID event) {
        return await(deliveries.list(DeliveryFilter.ofEvent(event), DeliveryPosition.NEWEST, 1))
                .deliveries()
                .getFirst()
                .id();
    }

    private List<Attempt> log(DeliveryId id) {
        return await(attempts.ofDeliveries(List.of(id.key()), 100))
                .getOrDefault(id.key().seq(), List.of());
    }

    private DeliveryFilter filter(Optional<DeliveryStatus> status, int lane, Optional<String> type) {
        return new DeliveryFilter(
                status,
                Optional.of(rows.subscriptionId(lane)),
                Optional.empty(),
                type,
                Optional.empty(),
                Optional.empty());
    }
}
