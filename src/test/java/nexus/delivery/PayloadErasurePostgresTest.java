package nexus.delivery;

import static nexus.testkit.TestPostgres.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import nexus.api.caller.AuditedChange;
import nexus.delivery.event.StoredEvent;
import nexus.delivery.event.StoredEventRepository;
import nexus.delivery.state.DeliveryCounts;
import nexus.delivery.state.DeliveryFilter;
import nexus.delivery.state.DeliveryId;
import nexus.delivery.state.DeliveryPosition;
import nexus.delivery.state.DeliveryRepository;
import nexus.queue.notify.OwedRows;
import nexus.queue.notify.OwedSignal;
import nexus.queue.override.DeliveryOverride;
import nexus.queue.override.PayloadErasure;
import nexus.refusal.Refusal;
import nexus.store.LastInTransaction;
import nexus.store.Store;
import nexus.testkit.StoreRows;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PayloadErasurePostgresTest {
    private StoreRows rows;
    private StoredEventRepository events;
    private DeliveryRepository deliveries;
    private Redelivery redelivery;
    private PayloadErasure erasure;
    private final List<OwedRows> signals = new ArrayList<>();

    @BeforeEach
    void freshStore() {
        String url = TestPostgres.freshStore();
        rows = new StoreRows(url);
        Store store = new Store(TestPostgres.vertx(), TestPostgres.storeConfig(url));
        OwedSignal signal = new OwedSignal();
        signal.onOwed(signals::add);
        events = new StoredEventRepository(store);
        deliveries = new DeliveryRepository(store);
        redelivery = new Redelivery(deliveries, new DeliveryOverride(store, signal));
        erasure = new PayloadErasure(store, signal);
    }

    @Test
    void payloadAndAnswersAreGoneAndTheTombstoneStays() {
        int sent = rows.subscription("subscription");
        int failing = rows.subscription("listener");
        UUID event = rows.event("x", sent, failing);
        UUID other = rows.event("x", sent);
        rows.fail(seq(event, failing), 500);
        rows.settle(seq(event, sent), "SENT", 200);
        rows.settle(seq(other, sent), "SENT", 200);

        assertThat(await(erasure.erase(event, LastInTransaction.NOTHING))).isTrue();

        assertThat(rows.one("SELECT body IS NULL FROM nexus.event WHERE id = '" + event + "'"))
                .isEqualTo("t");
        assertThat(rows.one("SELECT count(*) FROM nexus.attempt WHERE response IS NOT NULL"))
                .isEqualTo("0");
        assertThat(rows.one("SELECT string_agg(event_id::text, ',') FROM nexus.delivery WHERE response IS NOT NULL"))
                .isEqualTo(other.toString());
        assertThat(await(events.payload(event))).isEmpty();
        assertThat(await(events.payload(other))).contains(StoreRows.PAYLOAD);
        StoredEvent tombstone = await(events.find(event)).orElseThrow();
        assertThat(tombstone.type()).isEqualTo("x");
        assertThat(tombstone.erasedAt()).isPresent();
        assertThat(tombstone.deliveries()).isEqualTo(new DeliveryCounts(0, 1, 0, 1));
        assertThat(await(events.find(other)).orElseThrow().erasedAt()).isEmpty();
    }

    @Test
    void onlyItsOwnAnswerIsErasedOfARun() {
        int lane = rows.subscription("subscription");
        rows.events("x", 40, lane);
        List<Long> seqs = rows.all("SELECT seq FROM nexus.owed ORDER BY seq").stream()
                .map(Long::valueOf)
                .toList();
        UUID event = UUID.fromString(rows.one("SELECT event_id FROM nexus.owed WHERE seq = " + seqs.get(30)));
        rows.settleRun(seqs);

        assertThat(await(erasure.erase(event, LastInTransaction.NOTHING))).isTrue();

        assertThat(rows.all("SELECT event_id FROM nexus.delivery_of_run WHERE response IS NULL"))
                .containsExactly(event.toString());
        assertThat(rows.one("SELECT response FROM nexus.delivery_of_run WHERE seq = " + seqs.get(31)))
                .isEqualTo("answer " + seqs.get(31));
        assertThat(await(events.find(event)).orElseThrow().deliveries()).isEqualTo(new DeliveryCounts(0, 1, 0, 0));
    }

    @Test
    void whatIsOwedIsDeadAndWhatWaitsBehindItGoesOn() {
        int lane = rows.subscription("subscription");
        UUID event = rows.event("x", lane);
        long seq = rows.seq(event);

        await(erasure.erase(event, LastInTransaction.NOTHING));

        assertThat(rows.one("SELECT count(*) FROM nexus.owed")).isEqualTo("0");
        assertThat(rows.one("SELECT status, dead_reason FROM nexus.delivery")).isEqualTo("DEAD|payload-erased");
        assertThat(rows.one("SELECT lane, pending, failed, dead FROM nexus.stat_delta"))
                .isEqualTo(lane + "|-1|0|1");
        assertThat(signals).containsExactly(new OwedRows(Map.of(lane, seq), true));
        DeliveryId id = await(deliveries.list(DeliveryFilter.ofEvent(event), DeliveryPosition.NEWEST, 1))
                .deliveries()
                .getFirst()
                .id();
        assertThatThrownBy(() -> await(redelivery.retry(id, AuditedChange.NONE)))
                .isInstanceOf(Refusal.Gone.class);
        assertThat(await(redelivery.retryAll(DeliveryFilter.ofEvent(event), AuditedChange.NONE)))
                .isZero();
    }

    @Test
    void onlyItsOwnDeliveryOfARunIsDeadAndTheOthersOfItAreOwedAsRows() {
        int lane = rows.subscription("subscription");
        int sent = rows.subscription("subscription");
        rows.events("x", 8, lane, sent);
        rows.run(
                "UPDATE nexus.owed SET stripe = seq % 8, key = nullif(seq % 3, 0), body_bytes = seq, created_at = now()");
        List<Long> seqs = rows.all("SELECT seq FROM nexus.owed WHERE lane = " + lane + " ORDER BY seq").stream()
                .map(Long::valueOf)
                .toList();
        long seq = seqs.get(5);
        UUID event = UUID.fromString(rows.one("SELECT event_id FROM nexus.owed WHERE seq = " + seq));
        rows.settle(seq(event, sent), "SENT", 200);
        List<String> others = rows.all("SELECT * FROM nexus.owed WHERE lane = " + lane + " AND seq <> " + seq
                + " AND seq > " + seqs.get(2) + " ORDER BY seq");
        String row = rows.one(
                "SELECT event_day, lane, stripe, seq, key, body_bytes, created_at FROM nexus.owed WHERE seq = " + seq);
        rows.fold(lane, 3);
        rows.fold(lane);

        assertThat(await(erasure.erase(event, LastInTransaction.NOTHING))).isTrue();

        assertThat(rows.all("SELECT * FROM nexus.owed WHERE lane = " + lane + " ORDER BY seq"))
                .hasSize(4)
                .containsExactlyElementsOf(others);
        assertThat(rows.all("SELECT first_seq, cardinality(seqs) FROM nexus.owed_run"))
                .containsExactly(seqs.getFirst() + "|3");
        assertThat(rows.all("SELECT day, lane, stripe, seq, key, body_bytes, created_at, event_id, status, dead_reason,"
                        + " attempts FROM nexus.delivery WHERE status <> 'SENT'"))
                .containsExactly(row + "|" + event + "|DEAD|payload-erased|0");
        assertThat(rows.all("SELECT lane, pending, failed, sent, dead FROM nexus.stat_delta"))
                .containsExactly(lane + "|-1|0|0|1");
        assertThat(signals).containsExactly(new OwedRows(Map.of(lane, seq), true));
        assertThat(await(events.find(event)).orElseThrow().deliveries()).isEqualTo(new DeliveryCounts(0, 1, 0, 1));
    }

    @Test
    void onceMoreChangesNothingAndAnUnknownEventIsToldApart() {
        UUID event = rows.event("x", rows.subscription("subscription"));
        await(erasure.erase(event, LastInTransaction.NOTHING));
        String erased = rows.one("SELECT erased_at FROM nexus.event");

        assertThat(await(erasure.erase(event, LastInTransaction.NOTHING))).isTrue();

        assertThat(rows.one("SELECT erased_at FROM nexus.event")).isEqualTo(erased);
        assertThat(rows.one("SELECT count(*) FROM nexus.delivery")).isEqualTo("1");
        assertThat(await(erasure.erase(UUID.randomUUID(), LastInTransaction.NOTHING)))
                .isFalse();
    }

    private long seq(UUID event, int lane) {
        return Long.parseLong(
                rows.one("SELECT seq FROM nexus.owed WHERE event_id = '" + event + "' AND lane = " + lane));
    }
}
