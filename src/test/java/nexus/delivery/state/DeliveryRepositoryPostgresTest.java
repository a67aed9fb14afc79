package nexus.delivery.state;

import static nexus.testkit.TestPostgres.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
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

class DeliveryRepositoryPostgresTest {
    private static final DeliveryFilter ALL = new DeliveryFilter(
            Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    private StoreRows rows;
    private DeliveryRepository deliveries;

    @BeforeEach
    void freshStore() {
        String url = TestPostgres.freshStore();
        rows = new StoreRows(url);
        deliveries = new DeliveryRepository(new Store(TestPostgres.vertx(), TestPostgres.storeConfig(url)));
    }

    @Test
    void aListHoldsOwedAndSettledDeliveriesNewestFirst() {
        int first = rows.subscription("subscription");
        int second = rows.subscription("listener");
        long sent = rows.seq(rows.event("a", first));
        rows.settle(sent, "SENT", 200);
        long failed = rows.seq(rows.event("a", second));
        rows.fail(failed, 503);
        long dead = rows.seq(rows.event("a", first));
        rows.settle(dead, "DEAD", 500);
        long pending = rows.seq(rows.event("b", second));

        DeliveryPage page = await(deliveries.list(ALL, DeliveryPosition.NEWEST, 50));

        assertThat(page.next()).isEmpty();
        assertThat(page.deliveries())
                .extracting(delivery -> delivery.id().key().seq())
                .containsExactly(pending, dead, failed, sent);
        assertThat(page.deliveries())
                .extracting(Delivery::status)
                .containsExactly(
                        DeliveryStatus.PENDING, DeliveryStatus.DEAD, DeliveryStatus.FAILED, DeliveryStatus.SENT);
        assertThat(page.deliveries())
                .extracting(Delivery::lastStatusCode)
                .containsExactly(Optional.empty(), Optional.of(500), Optional.of(503), Optional.of(200));
        assertThat(page.deliveries()).extracting(Delivery::attempts).containsExactly(0, 1, 1, 1);
        assertThat(page.deliveries())
                .extracting(delivery -> delivery.nextRunAt().isPresent())
                .containsExactly(true, false, true, false);
        assertThat(page.deliveries())
                .extracting(Delivery::deadReason)
                .containsExactly(Optional.empty(), Optional.of("exhausted"), Optional.empty(), Optional.empty());
    }

    @Test
    void pagesStayTheSameWhileDeliveriesArriveAndAreSettled() {
        int lane = rows.subscription("subscription");
        List<Long> made = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            made.addFirst(rows.seq(rows.event("a", lane)));
            if (i % 3 == 0) {
                rows.settle(made.getFirst(), "SENT", 200);
            }
        }

        List<Long> seen = new ArrayList<>();
        Optional<DeliveryPosition> next = Optional.of(DeliveryPosition.NEWEST);
        while (next.isPresent()) {
            DeliveryPage page = await(deliveries.list(ALL, next.get(), 3));
            page.deliveries().forEach(delivery -> seen.add(delivery.id().key().seq()));
            next = page.next();
            rows.event("a", lane);
            rows.settle(made.get(seen.size() / 2), "DEAD", 500);
        }
        assertThat(seen).containsExactlyElementsOf(made);
    }

    @Test
    void everyFilterNarrowsTheList() {
        int mine = rows.subscription("subscription");
        int other = rows.subscription("subscription");
        UUID wanted = rows.event("order.paid", mine, other);
        UUID sent = rows.event("order.paid", mine);
        rows.settle(rows.seq(sent), "SENT", 204);
        UUID dead = rows.event("order.sent", other);
        rows.settle(rows.seq(dead), "DEAD", 400);
        UUID failed = rows.event("order.sent", mine);
        rows.fail(rows.seq(failed), 500);
        Optional<UUID> mineId = Optional.of(rows.subscriptionId(mine));

        assertThat(events(ALL.withStatus(DeliveryStatus.PENDING))).containsExactly(wanted, wanted);
        assertThat(events(ALL.withStatus(DeliveryStatus.FAILED))).containsExactly(failed);
        assertThat(events(ALL.withStatus(DeliveryStatus.SENT))).containsExactly(sent);
        assertThat(events(ALL.withStatus(DeliveryStatus.DEAD))).containsExactly(dead);
        assertThat(events(filter(mineId, Optional.empty(), Optional.empty()))).containsExactly(failed, sent, wanted);
        assertThat(events(filter(mineId, Optional.empty(), Optional.empty()).withStatus(DeliveryStatus.SENT)))
                .containsExactly(sent);
        assertThat(events(filter(Optional.of(UUID.randomUUID()), Optional.empty(), Optional.empty())))
                .isEmpty();
        assertThat(events(filter(Optional.empty(), Optional.of(wanted), Optional.empty())))
                .containsExactly(wanted, wanted);
        assertThat(events(filter(mineId, Optional.of(wanted), Optional.empty())))
                .containsExactly(wanted);
        assertThat(events(filter(Optional.empty(), Optional.of(wanted), Optional.of("order.sent"))))
                .isEmpty();
        assertThat(events(filter(Optional.empty(), Optional.empty(), Optional.of("order.paid"))))
                .containsExactly(sent, wanted, wanted);
        assertThat(events(filter(Optional.empty(), Optional.empty(), Optional.of("order.sent"))
                        .withStatus(DeliveryStatus.FAILED)))
                .containsExactly(failed);
        assertThat(events(filter(Optional.empty(), Optional.empty(), Optional.of("order"))))
                .isEmpty();
    }

    @Test
    void reasonSelectsDeadOnesInEveryList() {
        int lane = rows.subscription("subscription");
        UUID exhausted = rows.event("a", lane);
        rows.settle(rows.seq(exhausted), "DEAD", 500);
        UUID refused = rows.event("a", lane);
        rows.settle(rows.seq(refused), "DEAD", 400);
        rows.run("UPDATE nexus.delivery SET dead_reason = 'refused' WHERE status_code = 400");
        rows.settle(rows.seq(rows.event("a", lane)), "SENT", 200);
        rows.event("a", lane);
        Optional<UUID> mine = Optional.of(rows.subscriptionId(lane));

        assertThat(events(ofReason(ALL, "refused"))).containsExactly(refused);
        assertThat(events(ofReason(filter(mine, Optional.empty(), Optional.empty()), "exhausted")))
                .containsExactly(exhausted);
        assertThat(events(ofReason(filter(Optional.empty(), Optional.empty(), Optional.of("a")), "refused")))
                .containsExactly(refused);
        assertThat(events(ofReason(filter(mine, Optional.of(refused), Optional.empty()), "exhausted")))
                .isEmpty();
        assertThat(events(ofReason(ALL, "refused").withStatus(DeliveryStatus.FAILED)))
                .isEmpty();
    }

    private static DeliveryFilter ofReason(DeliveryFilter filter, String reason) {
        return new DeliveryFilter(
                filter.status(),
                filter.subscriptionId(),
                filter.eventId(),
                filter.type(),
                filter.since(),
                filter.until(),
                Optional.of(reason));
    }

    @Test
    void aPageGoesOnlySoFarToFindARareType() {
        int lane = rows.subscription("subscription");
        UUID rare = rows.event("rare", lane);
        rows.run("SELECT setval('nexus.event_seq', " + EventsOfType.LONGEST_WALK + ")");
        rows.event("common", lane);
        DeliveryFilter ofType = filter(Optional.empty(), Optional.empty(), Optional.of("rare"));

        DeliveryPage first = await(deliveries.list(ofType, DeliveryPosition.NEWEST, 50));
        assertThat(first).isEqualTo(new DeliveryPage(List.of(), Optional.of(new DeliveryPosition(2, 0))));
        DeliveryPage second = await(deliveries.list(ofType, first.next().orElseThrow(), 50));
        assertThat(second.deliveries()).extracting(Delivery::eventId).containsExactly(rare);
        assertThat(second.next()).isEmpty();

        DeliveryFilter sinceTomorrow = new DeliveryFilter(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                ofType.type(),
                Optional.of(Instant.now().plus(1, ChronoUnit.DAYS)),
                Optional.empty());
        assertThat(await(deliveries.list(sinceTomorrow, DeliveryPosition.NEWEST, 50))
                        .next())
                .isEmpty();
    }

    @Test
    void aListOfOneTypeGoesFromPageToPageInsideAnEventToo() {
        int a = rows.subscription("subscription");
        int b = rows.subscription("subscription");
        UUID old = rows.event("x", a, b);
        UUID young = rows.event("x", a, b);
        DeliveryFilter ofType = filter(Optional.empty(), Optional.empty(), Optional.of("x"));

        DeliveryPage first = await(deliveries.list(ofType, DeliveryPosition.NEWEST, 3));
        DeliveryPage second = await(deliveries.list(ofType, first.next().orElseThrow(), 3));

        assertThat(first.deliveries()).extracting(Delivery::eventId).containsExactly(young, young, old);
        assertThat(second.deliveries()).extracting(Delivery::eventId).containsExactly(old);
        assertThat(second.next()).isEmpty();
    }

    @Test
    void sinceIsIncludedAndUntilIsNot() {
        int lane = rows.subscription("subscription");
        UUID early = rows.event("a", lane);
        UUID late = rows.event("a", lane);
        rows.run("UPDATE nexus.owed SET created_at = date_trunc('day', now()) + interval '1 s' WHERE event_id = '"
                + early + "'");
        rows.run("UPDATE nexus.owed SET created_at = date_trunc('day', now()) + interval '3 s' WHERE event_id = '"
                + late + "'");
        rows.settle(rows.seq(late), "SENT", 200);
        Instant first =
                Instant.now().truncatedTo(java.time.temporal.ChronoUnit.DAYS).plusSeconds(1);
        assertThat(events(between(first, first.plusSeconds(2)))).containsExactly(early);
        assertThat(events(between(first.plusSeconds(2), first.plusSeconds(3)))).containsExactly(late);
    }

    @Test
    void whatIsOwedToADeletedSubscriptionReadsAsDead() {
        int lane = rows.subscription("subscription");
        UUID event = rows.event("a", lane);
        rows.delete(lane);

        DeliveryPage page = await(deliveries.list(ALL.withStatus(DeliveryStatus.DEAD), DeliveryPosition.NEWEST, 50));

        assertThat(page.deliveries()).singleElement().satisfies(delivery -> {
            assertThat(delivery.eventId()).isEqualTo(event);
            assertThat(delivery.deadReason()).contains("subscription-deleted");
            assertThat(delivery.nextRunAt()).isEmpty();
            assertThat(delivery.subscriptionIsDeleted()).isTrue();
        });
        assertThat(events(ALL.withStatus(DeliveryStatus.PENDING))).isEmpty();
    }

    @Test
    void aSearchThatFindsNothingForLongGoesOnOnTheNextPage() {
        int lane = rows.subscription("subscription");
        UUID dead = rows.event("a", lane);
        rows.settle(rows.seq(dead), "DEAD", 500);
        rows.run("""
            INSERT INTO nexus.delivery (day, lane, stripe, seq, barrier, event_id, body_bytes, own, status, attempts,
                attempts_before, created_at, settled_at)
            SELECT (now() AT TIME ZONE 'UTC')::date, %d, 0, n, false, gen_random_uuid(), 1, false, 'SENT', 1, 0, now(), now()
            FROM generate_series(1000, 6000) n""".formatted(lane));
        DeliveryFilter deadOfMine = filter(Optional.of(rows.subscriptionId(lane)), Optional.empty(), Optional.empty())
                .withStatus(DeliveryStatus.DEAD);

        DeliveryPage first = await(deliveries.list(deadOfMine, DeliveryPosition.NEWEST, 50));

        assertThat(first.deliveries()).isEmpty();
        assertThat(first.next()).isPresent();
        assertThat(events(deadOfMine)).containsExactly(dead);
    }

    @Test
    void whatWasSettledInRunsIsListedAsIfItHadRowsOfItsOwn() {
        int a = rows.subscription("subscription");
        int b = rows.subscription("subscription");
        rows.events("x", 250, a, b);
        rows.events("y", 250, b, a);
        List<String> all = listed(ALL, 500);
        List<String> ofA = listed(filter(Optional.of(rows.subscriptionId(a)), Optional.empty(), Optional.empty()), 500);
        List<String> ofY = listed(filter(Optional.empty(), Optional.empty(), Optional.of("y")), 500);
        Instant since = Instant.now().minusSeconds(200);
        List<String> late = listed(between(since, since.plusSeconds(100)), 500);
        assertThat(all).hasSize(1000);
        assertThat(late).hasSizeBetween(300, 500);

        Random random = new Random(5);
        for (int lane : List.of(a, b)) {
            List<Long> owed =
                    new ArrayList<>(seqs("SELECT seq FROM nexus.owed WHERE lane = " + lane + " ORDER BY seq"));
            while (owed.size() > 100) {
                List<Long> near = new ArrayList<>(owed.subList(10, 80));
                Collections.shuffle(near, random);
                rows.settleRun(near.subList(0, 32));
                rows.settle(near.get(33), "DEAD", 500);
                rows.settle(near.get(34), "SENT", 200);
                owed.removeAll(near.subList(0, 35));
            }
        }
        assertThat(rows.one("SELECT count(*) FROM nexus.delivery_run")).isEqualTo("24");

        for (int limit : List.of(1000, 50, 9)) {
            assertThat(listed(ALL, limit)).containsExactlyElementsOf(all);
            assertThat(listed(filter(Optional.of(rows.subscriptionId(a)), Optional.empty(), Optional.empty()), limit))
                    .containsExactlyElementsOf(ofA);
            assertThat(listed(filter(Optional.empty(), Optional.empty(), Optional.of("y")), limit))
                    .containsExactlyElementsOf(ofY);
            assertThat(listed(between(since, since.plusSeconds(100)), limit)).containsExactlyElementsOf(late);
            assertThat(listed(ALL.withStatus(DeliveryStatus.DEAD), limit)).hasSize(24);
            assertThat(listed(ALL.withStatus(DeliveryStatus.SENT), limit)).hasSize(24 * 33);
        }
    }

    @Test
    void aDeliveryOfARunIsShownLikeOneWithARowOfItsOwn() {
        int lane = rows.subscription("subscription");
        rows.events("x", 33, lane);
        List<Long> seqs = seqs("SELECT seq FROM nexus.owed ORDER BY seq");
        DeliveryId id = await(deliveries.list(ALL, DeliveryPosition.NEWEST, 50))
                .deliveries()
                .get(10)
                .id();
        long seq = id.key().seq();
        rows.settleRun(seqs);

        Delivery delivery = await(deliveries.find(id)).orElseThrow();

        assertThat(delivery.id()).isEqualTo(id);
        assertThat(delivery.eventId())
                .isEqualTo(UUID.fromString(rows.one("SELECT id FROM nexus.event WHERE seqs = '{" + seq + "}'")));
        assertThat(delivery.subscriptionId()).isEqualTo(rows.subscriptionId(lane));
        assertThat(delivery.status()).isEqualTo(DeliveryStatus.SENT);
        assertThat(delivery.deadReason()).isEmpty();
        assertThat(delivery.attempts()).isEqualTo(1);
        assertThat(delivery.nextRunAt()).isEmpty();
        assertThat(delivery.lastStatusCode()).contains(200);
        assertThat(delivery.lastError()).isEmpty();
        assertThat(delivery.createdAt().toString())
                .startsWith(rows.one("SELECT to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS')"
                        + " FROM nexus.event WHERE seqs = '{" + seq + "}'"));
        assertThat(await(deliveries.list(
                                filter(Optional.empty(), Optional.of(delivery.eventId()), Optional.empty()),
                                DeliveryPosition.NEWEST,
                                50))
                        .deliveries())
                .containsExactly(delivery);
        assertThat(await(deliveries.find(
                        new DeliveryId(1, new DeliveryKey(id.key().day(), lane, lane % 8, seq + 99)))))
                .isEmpty();
        assertThat(await(deliveries.find(
                        new DeliveryId(1, new DeliveryKey(id.key().day(), lane, (lane + 1) % 8, seq)))))
                .isEmpty();
    }

    @Test
    void whatIsOwedInRunsIsListedAsIfItHadRowsOfItsOwn() {
        int a = rows.subscription("subscription");
        int b = rows.subscription("subscription");
        int gone = rows.subscription("listener");
        rows.events("x", 60, a, b, gone);
        rows.events("y", 60, gone, b, a);
        Instant since = Instant.now().minusSeconds(90);
        rows.run("UPDATE nexus.owed SET stripe = seq % 8, created_at = now() - interval '1 min' * lane");
        rows.delete(gone);
        for (int lane : List.of(a, b, gone)) {
            List<Long> owed = seqs("SELECT seq FROM nexus.owed WHERE lane = " + lane + " ORDER BY seq");
            rows.settleRun(owed.subList(40, 75));
            for (int i = 0; i < 40; i += 8) {
                rows.fail(owed.get(i), 503);
                rows.settle(owed.get(i + 1), "SENT", 200);
                rows.settle(owed.get(i + 2), "DEAD", 500);
                rows.run("UPDATE nexus.owed SET renewed_at = now() WHERE seq = " + owed.get(i + 3));
            }
        }
        Optional<UUID> ofA = Optional.of(rows.subscriptionId(a));
        Optional<UUID> ofGone = Optional.of(rows.subscriptionId(gone));
        Optional<UUID> event = Optional.of(UUID.fromString(rows.one("SELECT event_id FROM nexus.owed WHERE lane = " + a
                + " AND attempts = 0 AND renewed_at IS NULL ORDER BY seq LIMIT 1")));
        List<DeliveryFilter> filters = List.of(
                ALL,
                ALL.withStatus(DeliveryStatus.PENDING),
                ALL.withStatus(DeliveryStatus.FAILED),
                ALL.withStatus(DeliveryStatus.SENT),
                ALL.withStatus(DeliveryStatus.DEAD),
                filter(ofA, Optional.empty(), Optional.empty()),
                filter(ofA, Optional.empty(), Optional.empty()).withStatus(DeliveryStatus.PENDING),
                filter(ofGone, Optional.empty(), Optional.empty()),
                filter(ofGone, Optional.empty(), Optional.empty()).withStatus(DeliveryStatus.DEAD),
                filter(Optional.empty(), event, Optional.empty()),
                filter(ofA, event, Optional.of("x")).withStatus(DeliveryStatus.PENDING),
                filter(Optional.empty(), Optional.empty(), Optional.of("y")),
                filter(ofA, Optional.empty(), Optional.of("x")),
                filter(Optional.empty(), Optional.empty(), Optional.of("x")).withStatus(DeliveryStatus.PENDING),
                filter(Optional.empty(), Optional.empty(), Optional.of("x")).withStatus(DeliveryStatus.DEAD),
                new DeliveryFilter(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(since),
                        Optional.empty()),
                between(since, since.plusSeconds(600)),
                between(since.minusSeconds(600), since));
        List<List<Delivery>> before = new ArrayList<>();
        filters.forEach(filter -> before.add(found(filter, 500)));
        assertThat(before.getFirst()).hasSize(360);
        assertThat(before).noneMatch(List::isEmpty);

        rows.fold(a, 10);
        rows.fold(a, 20);
        rows.fold(b);
        rows.fold(gone);
        assertThat(rows.all("SELECT lane, cardinality(seqs) FROM nexus.owed_run ORDER BY lane, first_seq"))
                .containsExactly(a + "|10", a + "|20", b + "|65", gone + "|65");

        for (int limit : List.of(1000, 50, 9)) {
            for (int i = 0; i < filters.size(); i++) {
                assertThat(found(filters.get(i), limit))
                        .as("%s by %d", filters.get(i), limit)
                        .containsExactlyElementsOf(before.get(i));
            }
        }
        for (Delivery delivery : before.getFirst()) {
            assertThat(await(deliveries.find(delivery.id()))).contains(delivery);
        }
    }

    @Test
    void whatIsSettledOfARunIsOwedNoMore() {
        int lane = rows.subscription("subscription");
        rows.events("x", 20, lane);
        List<DeliveryId> ids = new ArrayList<>();
        found(ALL, 50).forEach(delivery -> ids.add(delivery.id()));
        List<DeliveryId> sent = List.of(ids.getFirst(), ids.get(7), ids.get(8), ids.getLast());
        rows.fold(lane);
        sent.forEach(id -> settleInRun(id.key().seq()));

        List<DeliveryId> owed = new ArrayList<>(ids);
        owed.removeAll(sent);
        for (int limit : List.of(50, 3)) {
            assertThat(found(ALL, limit)).extracting(Delivery::id).containsExactlyElementsOf(ids);
            assertThat(found(ALL.withStatus(DeliveryStatus.PENDING), limit))
                    .extracting(Delivery::id)
                    .containsExactlyElementsOf(owed);
            assertThat(found(ALL.withStatus(DeliveryStatus.SENT), limit))
                    .extracting(Delivery::id)
                    .containsExactlyElementsOf(sent);
            assertThat(found(filter(Optional.empty(), Optional.empty(), Optional.of("x")), limit))
                    .extracting(Delivery::id)
                    .containsExactlyElementsOf(ids);
        }
        for (DeliveryId id : ids) {
            assertThat(await(deliveries.find(id)))
                    .map(Delivery::status)
                    .contains(sent.contains(id) ? DeliveryStatus.SENT : DeliveryStatus.PENDING);
        }
    }

    private void settleInRun(long seq) {
        rows.run("""
            INSERT INTO nexus.delivery (day, lane, stripe, seq, barrier, event_id, body_bytes, own, status, attempts,
                attempts_before, created_at, settled_at)
            SELECT event_day, lane, stripe, seq, barrier, event_id, body_bytes, own, 'SENT', 1, 0, created_at, now()
            FROM nexus.owed_of_run WHERE seq = %1$d;
            UPDATE nexus.owed_run SET is_owed = set_bit(is_owed, array_position(seqs, %1$d::bigint) - 1, 0)""".formatted(seq));
    }

    private List<Long> seqs(String sql) {
        return rows.all(sql).stream().map(Long::valueOf).toList();
    }

    /** Over all pages. */
    private List<String> listed(DeliveryFilter filter, int limit) {
        return found(filter, limit).stream()
                .map(delivery -> delivery.id().toString())
                .toList();
    }

    /** Over all pages. */
    private List<Delivery> found(DeliveryFilter filter, int limit) {
        List<Delivery> found = new ArrayList<>();
        Optional<DeliveryPosition> next = Optional.of(DeliveryPosition.NEWEST);
        while (next.isPresent()) {
            DeliveryPage page = await(deliveries.list(filter, next.get(), limit));
            found.addAll(page.deliveries());
            next = page.next();
        }
        return found;
    }

    @Test
    void oneDeliveryIsFoundByItsIdWhereverItIs() {
        int lane = rows.subscription("subscription");
        UUID event = rows.event("a", lane);
        DeliveryId id = only(ALL).id();

        assertThat(await(deliveries.find(id))).map(Delivery::eventId).contains(event);
        rows.fail(rows.seq(event), 500);
        rows.settle(rows.seq(event), "SENT", 200);
        assertThat(await(deliveries.find(id))).map(Delivery::status).contains(DeliveryStatus.SENT);
        assertThat(await(deliveries.find(new DeliveryId(2, id.key())))).isEmpty();
    }

    private Delivery only(DeliveryFilter filter) {
        return await(deliveries.list(filter, DeliveryPosition.NEWEST, 50))
                .deliveries()
                .getFirst();
    }

    /** Over all pages. */
    private List<UUID> events(DeliveryFilter filter) {
        List<UUID> events = new ArrayList<>();
        Optional<DeliveryPosition> next = Optional.of(DeliveryPosition.NEWEST);
        while (next.isPresent()) {
            DeliveryPage page = await(deliveries.list(filter, next.get(), 2));
            page.deliveries().forEach(delivery -> events.add(delivery.eventId()));
            next = page.next();
        }
        return events;
    }

    private static DeliveryFilter filter(Optional<UUID> subscription, Optional<UUID> event, Optional<String> type) {
        return new DeliveryFilter(Optional.empty(), subscription, event, type, Optional.empty(), Optional.empty());
    }

    private static DeliveryFilter between(Instant since, Instant until) {
        return new DeliveryFilter(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(since),
                Optional.of(until));
    }
}
