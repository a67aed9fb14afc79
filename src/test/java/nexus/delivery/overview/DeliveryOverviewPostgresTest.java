package nexus.delivery.overview;

import static nexus.testkit.TestPostgres.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import nexus.delivery.state.Delivery;
import nexus.delivery.state.DeliveryFilter;
import nexus.delivery.state.DeliveryId;
import nexus.delivery.state.DeliveryPosition;
import nexus.delivery.state.DeliveryRepository;
import nexus.store.Store;
import nexus.testkit.StoreRows;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeliveryOverviewPostgresTest {
    private StoreRows rows;
    private DeliveryRepository deliveries;
    private DeliveryOverview overview;

    @BeforeEach
    void freshStore() {
        String url = TestPostgres.freshStore();
        rows = new StoreRows(url);
        Store store = new Store(TestPostgres.vertx(), TestPostgres.storeConfig(url));
        deliveries = new DeliveryRepository(store);
        overview = new DeliveryOverview(store);
    }

    @Test
    void labelsNameEventTypeAndSubscription() {
        int first = rows.subscription("subscription");
        int second = rows.subscription("listener");
        rows.event("order.paid", first, second);
        rows.event("order.sent", second);
        rows.run("UPDATE nexus.subscription SET settings = '{\"name\":\"<b>crm</b>\"}' WHERE lane = " + first);
        List<Delivery> page = ofEvents(first, second);

        List<LabelledDelivery> labelled = await(overview.labelled(page));

        assertThat(labelled).extracting(LabelledDelivery::delivery).isEqualTo(page);
        assertThat(labelled)
                .extracting(one -> one.eventType().orElseThrow())
                .containsExactlyInAnyOrder("order.paid", "order.paid", "order.sent");
        assertThat(labelled)
                .filteredOn(one -> one.delivery().id().key().lane() == first)
                .extracting(LabelledDelivery::subscription)
                .containsExactly("<b>crm</b>");
        rows.run("DELETE FROM nexus.event");
        assertThat(await(overview.labelled(page)))
                .extracting(LabelledDelivery::eventType)
                .containsOnly(Optional.empty());
        assertThat(await(overview.labelled(List.of()))).isEmpty();
    }

    @Test
    void whoWaitsForWhomFollowsFromTheKeys() {
        int lane = rows.subscription("subscription");
        int other = rows.subscription("subscription");
        List<Long> seqs = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            seqs.add(rows.seq(rows.event("a", lane)));
        }
        long elsewhere = rows.seq(rows.event("a", other));
        rows.run("UPDATE nexus.owed SET key = 7, other_key = NULL, barrier = false");
        rows.run("UPDATE nexus.owed SET key = 8 WHERE seq = " + seqs.get(1));
        rows.run("UPDATE nexus.owed SET key = 8, other_key = 7 WHERE seq = " + seqs.get(2));
        rows.run("UPDATE nexus.owed SET key = NULL WHERE seq = " + seqs.get(5));

        KeyWait third = await(overview.keyWait(id(lane, seqs.get(3))));
        assertThat(third.ahead()).isEqualTo(2); // the first, and the one that belongs to both keys
        assertThat(third.first()).contains(id(lane, seqs.get(0)));
        assertThat(third.behind()).isEqualTo(1);
        assertThat(third.next()).contains(id(lane, seqs.get(4)));
        assertThat(await(overview.keyWait(id(lane, seqs.get(2)))).ahead()).isEqualTo(2);
        KeyWait unordered = await(overview.keyWait(id(lane, seqs.get(5))));
        assertThat(unordered.isOrdered()).isFalse();
        assertThat(unordered.ahead()).isZero();
        assertThat(await(overview.keyWait(id(other, elsewhere))).ahead()).isZero();

        rows.run("UPDATE nexus.owed SET barrier = true WHERE seq = " + seqs.get(1));
        assertThat(await(overview.keyWait(id(lane, seqs.get(4)))).ahead()).isEqualTo(4);
        assertThat(await(overview.keyWait(id(lane, seqs.get(1)))).behind()).isEqualTo(4);
    }

    @Test
    void packedRowsCountLikeOthers() {
        int lane = rows.subscription("subscription");
        Random random = new Random(3);
        List<Long> keys = new ArrayList<>();
        StringBuilder packed = new StringBuilder();
        long seq = 100;
        for (int row = 0; row < 4; row++) {
            StringBuilder seqs = new StringBuilder();
            StringBuilder of = new StringBuilder();
            for (int i = 0; i < 5; i++) {
                long key = random.nextInt(2);
                keys.add(key);
                seqs.append(i == 0 ? "" : ",").append(seq++);
                of.append(i == 0 ? "" : ",").append(key);
            }
            packed.append(
                    "INSERT INTO nexus.owed_run VALUES (%d, %d, current_date, now(), '{%s}', '{0,0,0,0,0}', '{%s}',"
                            .formatted(lane, seq - 5, seqs, of));
            packed.append(" array_fill(gen_random_uuid(), ARRAY[5]), '{1,1,1,1,1}', B'11111');");
        }
        rows.run(packed.toString());

        for (int place = 0; place < keys.size(); place++) {
            KeyWait wait = await(overview.keyWait(id(lane, 100 + place)));
            long key = keys.get(place);
            assertThat(wait.ahead())
                    .isEqualTo(keys.subList(0, place).stream()
                            .filter(one -> one == key)
                            .count());
            assertThat(wait.behind())
                    .isEqualTo(keys.subList(place + 1, keys.size()).stream()
                            .filter(one -> one == key)
                            .count());
        }
    }

    @Test
    void settledDeliveryWaitsForNothing() {
        int lane = rows.subscription("subscription");
        UUID event = rows.event("a", lane);
        long seq = rows.seq(event);
        DeliveryId id = id(lane, seq);
        rows.settle(seq, "SENT", 200);

        assertThat(await(overview.keyWait(id))).isEqualTo(KeyWait.NONE);
    }

    @Test
    void deadOnesAreGroupedBySubscriptionAndReason() {
        int crm = rows.subscription("subscription");
        int mail = rows.subscription("subscription");
        for (int i = 0; i < 5; i++) {
            rows.settle(rows.seq(rows.event("a", crm)), "DEAD", i < 3 ? 503 : 500);
        }
        rows.settle(rows.seq(rows.event("b", mail)), "DEAD", 400);
        rows.settle(rows.seq(rows.event("c", mail)), "SENT", 200);
        rows.run("UPDATE nexus.subscription SET deleted_at = now(), target = NULL WHERE lane = " + mail);

        DeadGroups dead = await(overview.dead(Optional.empty(), Optional.empty(), Optional.empty()));

        assertThat(dead.isAll()).isTrue();
        assertThat(dead.read()).isEqualTo(6);
        assertThat(dead.groups()).extracting(DeadGroup::count).containsExactly(5, 1);
        assertThat(dead.groups()).extracting(DeadGroup::isDeleted).containsExactly(false, true);
        DeadGroup first = dead.groups().getFirst();
        assertThat(first.subscriptionId()).isEqualTo(rows.subscriptionId(crm));
        assertThat(first.reason()).isEqualTo("exhausted");
        assertThat(first.answers())
                .extracting(ending -> ending.code().orElseThrow(), DeadGroup.Ending::count)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(503, 3), org.assertj.core.groups.Tuple.tuple(500, 2));
        assertThat(first.exampleType()).contains("a");
        assertThat(await(deliveries.find(first.example()))).isPresent();
        assertThat(await(overview.dead(Optional.of(rows.subscriptionId(mail)), Optional.empty(), Optional.empty()))
                        .read())
                .isEqualTo(1);
        assertThat(await(overview.dead(
                                Optional.empty(), Optional.of(Instant.now().plusSeconds(60)), Optional.empty()))
                        .groups())
                .isEmpty();
    }

    private List<Delivery> ofEvents(int... lanes) {
        List<Delivery> all = new ArrayList<>();
        for (int lane : lanes) {
            all.addAll(await(deliveries.list(
                            new DeliveryFilter(
                                    Optional.empty(),
                                    Optional.of(rows.subscriptionId(lane)),
                                    Optional.empty(),
                                    Optional.empty(),
                                    Optional.empty(),
                                    Optional.empty()),
                            DeliveryPosition.NEWEST,
                            50))
                    .deliveries());
        }
        return all;
    }

    private DeliveryId id(int lane, long seq) {
        String[] place = rows.one("SELECT event_day, stripe FROM (SELECT event_day, stripe, seq, lane FROM nexus.owed"
                        + " UNION ALL SELECT event_day, stripe, seq, lane FROM nexus.owed_of_run) o WHERE lane = "
                        + lane + " AND seq = " + seq)
                .split("\\|", -1);
        return new DeliveryId(
                1,
                new nexus.queue.owed.DeliveryKey(
                        java.time.LocalDate.parse(place[0]), lane, Integer.parseInt(place[1]), seq));
    }
}
