package nexus.delivery.event;

import static nexus.testkit.TestPostgres.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import nexus.delivery.state.DeliveryCounts;
import nexus.delivery.state.EventsOfType;
import nexus.store.Store;
import nexus.testkit.StoreRows;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StoredEventRepositoryPostgresTest {
    private static final EventFilter ALL = new EventFilter(Optional.empty(), Optional.empty(), Optional.empty());

    private StoreRows rows;
    private StoredEventRepository events;

    @BeforeEach
    void freshStore() {
        String url = TestPostgres.freshStore();
        rows = new StoreRows(url);
        events = new StoredEventRepository(new Store(TestPostgres.vertx(), TestPostgres.storeConfig(url)));
    }

    @Test
    void anEventsDeliveriesAreCountedWhereverTheyAre() {
        int a = rows.subscription("subscription");
        int b = rows.subscription("subscription");
        int c = rows.subscription("subscription");
        int d = rows.subscription("subscription");
        UUID event = rows.event("x", a, b, c, d);
        rows.settle(seq(event, a), "SENT", 200);
        rows.fail(seq(event, b), 500);
        rows.delete(c);

        StoredEvent found = await(events.find(event)).orElseThrow();

        assertThat(found.deliveries()).isEqualTo(new DeliveryCounts(1, 1, 1, 1));
        assertThat(found.status()).isEqualTo(EventStatus.PROCESSING);
        assertThat(found.nextRunAt()).isPresent();
    }

    @Test
    void anEventOfTheLastMillisecondIsListedInEveryForm() {
        int lane = rows.subscription("subscription");
        UUID event = rows.event("last.one", lane);
        Instant last = Instant.parse("9999-12-31T23:59:59.999Z");
        rows.run("UPDATE nexus.event SET created_at = '9999-12-31 23:59:59.999+00'");
        for (Optional<String> type : List.of(Optional.<String>empty(), Optional.of("last.one"))) {
            for (Optional<Instant> since : List.of(Optional.<Instant>empty(), Optional.of(last))) {
                assertThat(await(events.list(new EventFilter(type, since, Optional.empty()), Long.MAX_VALUE, 1))
                                .events())
                        .extracting(StoredEvent::id)
                        .containsExactly(event);
            }
            assertThat(await(events.list(new EventFilter(type, Optional.empty(), Optional.of(last)), Long.MAX_VALUE, 1))
                            .events())
                    .isEmpty();
        }
        assertThat(await(events.find(event)).orElseThrow().createdAt()).isEqualTo(last);
    }

    @Test
    void whatIsOwedInRunsCountsAsIfItHadRowsOfItsOwn() {
        int a = rows.subscription("subscription");
        int b = rows.subscription("subscription");
        int gone = rows.subscription("subscription");
        int failing = rows.subscription("subscription");
        rows.events("x", 3, a, b, gone);
        UUID event = rows.event("x", a, b, gone, failing);
        rows.events("x", 3, a, b, gone);
        rows.run("UPDATE nexus.owed SET created_at = now() - interval '1 min' * lane");
        rows.fail(seq(event, failing), 500);
        rows.delete(gone);
        StoredEvent found = await(events.find(event)).orElseThrow();
        EventPage page = await(events.list(ALL, Long.MAX_VALUE, 50));
        assertThat(found.deliveries()).isEqualTo(new DeliveryCounts(2, 0, 1, 1));

        rows.fold(a, 5);
        rows.fold(b);
        rows.fold(gone);
        assertThat(rows.all("SELECT lane, cardinality(seqs) FROM nexus.owed_run ORDER BY lane"))
                .containsExactly(a + "|5", b + "|7", gone + "|7");

        assertThat(await(events.find(event))).contains(found);
        assertThat(await(events.list(ALL, Long.MAX_VALUE, 50))).isEqualTo(page);
    }

    @Test
    void anEventThatNobodyWantedIsDelivered() {
        UUID event = rows.event("x");
        assertThat(await(events.find(event)).orElseThrow())
                .returns(EventStatus.DELIVERED, StoredEvent::status)
                .returns(Optional.empty(), StoredEvent::nextRunAt);
        assertThat(await(events.find(UUID.randomUUID()))).isEmpty();
    }

    @Test
    void aPayloadComesBackDigitForDigit() {
        UUID event = rows.event("x");
        assertThat(await(events.payload(event))).contains(StoreRows.PAYLOAD);
        rows.run("UPDATE nexus.event SET body = NULL");
        assertThat(await(events.payload(event))).isEmpty();
    }

    @Test
    void pagesStayTheSameWhileEventsArrive() {
        List<UUID> made = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            made.addFirst(rows.event(i % 2 == 0 ? "even" : "odd"));
        }
        assertThat(walk(ALL)).containsExactlyElementsOf(made);
        assertThat(walk(new EventFilter(Optional.of("odd"), Optional.empty(), Optional.empty())))
                .containsExactly(made.get(1), made.get(3), made.get(5));
        assertThat(walk(new EventFilter(Optional.of("od"), Optional.empty(), Optional.empty())))
                .isEmpty();
    }

    @Test
    void aPageGoesOnlySoFarToFindARareType() {
        UUID rare = rows.event("rare");
        rows.run("SELECT setval('nexus.event_seq', " + 2 * EventsOfType.LONGEST_WALK + ")");
        rows.event("common");
        EventFilter filter = new EventFilter(Optional.of("rare"), Optional.empty(), Optional.empty());

        EventPage first = await(events.list(filter, Long.MAX_VALUE, 50));
        assertThat(first).isEqualTo(new EventPage(List.of(), OptionalLong.of(EventsOfType.LONGEST_WALK + 2)));
        EventPage second = await(events.list(filter, first.next().orElseThrow(), 50));
        assertThat(second).isEqualTo(new EventPage(List.of(), OptionalLong.of(3)));
        EventPage third = await(events.list(filter, second.next().orElseThrow(), 50));
        assertThat(third.events()).extracting(StoredEvent::id).containsExactly(rare);
        assertThat(third.next()).isEmpty();
    }

    @Test
    void sinceIsIncludedAndUntilIsNot() {
        UUID event = rows.event("x");
        rows.run("UPDATE nexus.event SET created_at = '2026-01-31T18:20:43.400Z'");
        Instant at = Instant.parse("2026-01-31T18:20:43.400Z");
        assertThat(walk(new EventFilter(Optional.empty(), Optional.of(at), Optional.of(at.plusMillis(1)))))
                .containsExactly(event);
        assertThat(walk(new EventFilter(Optional.empty(), Optional.empty(), Optional.of(at))))
                .isEmpty();
        assertThat(walk(new EventFilter(Optional.empty(), Optional.of(at.plusMillis(1)), Optional.empty())))
                .isEmpty();
    }

    /** Over all pages; one more event arrives behind each. */
    private List<UUID> walk(EventFilter filter) {
        List<UUID> seen = new ArrayList<>();
        OptionalLong next = OptionalLong.of(Long.MAX_VALUE);
        while (next.isPresent()) {
            EventPage page = await(events.list(filter, next.getAsLong(), 2));
            page.events().forEach(event -> seen.add(event.id()));
            next = page.next();
            if (next.isPresent()) {
                rows.event("late");
            }
        }
        return seen;
    }

    private long seq(UUID event, int lane) {
        return Long.parseLong(
                rows.one("SELECT seq FROM nexus.owed WHERE event_id = '" + event + "' AND lane = " + lane));
    }
}
