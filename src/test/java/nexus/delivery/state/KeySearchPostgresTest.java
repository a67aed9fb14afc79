package nexus.delivery.state;

import static nexus.testkit.TestPostgres.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nexus.delivery.event.EventFilter;
import nexus.delivery.event.EventPage;
import nexus.delivery.event.StoredEvent;
import nexus.delivery.event.StoredEventRepository;
import nexus.event.EventKey;
import nexus.event.Ordering;
import nexus.store.BitmapRead;
import nexus.store.Store;
import nexus.testkit.StoreRows;
import nexus.testkit.TestPostgres;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KeySearchPostgresTest {
    private static final int EVENTS = 60_000;

    private final String url = TestPostgres.freshStore();
    private final StoreRows rows = new StoreRows(url);
    private final Store store = new Store(TestPostgres.vertx(), TestPostgres.storeConfig(url));
    private final StoredEventRepository events = new StoredEventRepository(store);
    private final DeliveryRepository deliveries = new DeliveryRepository(store);

    @AfterEach
    void close() {
        store.close();
    }

    /** Keys with few events, with thousands, and one that only the oldest have; in two days and with ranges not yet added. */
    @Test
    void eachKeyHasAllItsEventsInOrderWhateverTheIndexHasOfThem() {
        fill();
        assertEachKeyIsComplete();
        rows.run("SELECT brin_summarize_range(inhrelid::regclass, 0) FROM pg_inherits"
                + " WHERE inhparent = 'nexus.event_of_key'::regclass");
        assertEachKeyIsComplete();
        rows.run("SELECT brin_summarize_new_values(inhrelid::regclass) FROM pg_inherits"
                + " WHERE inhparent = 'nexus.event_of_key'::regclass");
        assertEachKeyIsComplete();
    }

    @Test
    void aSearchReadsTheBitmapsOfTheKeysIndex() {
        fill();
        String explained = """
                EXPLAIN SELECT e.seq FROM event e
                WHERE e.key = ANY ('{%d}'::bigint[]) AND e.seq + 0 >= 5 AND e.seq + 0 < 50000""".formatted(Ordering.hash("few-7"));
        StringBuilder plan = new StringBuilder();
        await(new BitmapRead(explained, Tuple.tuple()).on(store.api()))
                .forEach(row -> plan.append(row.getString(0)).append('\n'));
        assertThat(plan.toString()).contains("key_idx", "Bitmap Index Scan").doesNotContain("seq_hashtext");
    }

    @Test
    void aChangedKeyIsFoundUnderBothAndATruncateUnderEveryRowOfItsTable() {
        long table = Ordering.hash("public.t:");
        insert("pg.public.t.insert", Ordering.hash("public.t:1"), null);
        insert("pg.public.t.update", Ordering.hash("public.t:2"), Ordering.hash("public.t:1"));
        insert("pg.public.t.update", table, table);
        insert("pg.public.t.truncate", table, table);
        insert("pg.public.u.truncate", Ordering.hash("public.u:"), Ordering.hash("public.u:"));
        insert("order.paid", Ordering.hash("public.t:1"), null);
        rows.run("UPDATE nexus.event SET row_key = " + Ordering.hash("public.v:9") + " WHERE type = 'order.paid'");
        assertThat(types("public.v:9")).containsExactly("order.paid");
        assertThat(types("public.t:1"))
                .containsExactly("order.paid", "pg.public.t.truncate", "pg.public.t.update", "pg.public.t.insert");
        assertThat(types("public.t:2")).containsExactly("pg.public.t.truncate", "pg.public.t.update");
        assertThat(types("public.t:3")).containsExactly("pg.public.t.truncate");
        assertThat(types("public.t:")).containsExactly("pg.public.t.truncate", "pg.public.t.update");
        assertThat(await(events.list(
                                new EventFilter(
                                        Optional.of("order.paid"),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.of(EventKey.parse("public.t:1"))),
                                Long.MAX_VALUE,
                                10))
                        .events())
                .hasSize(1);
    }

    @Test
    void deliveriesOfAKeyAreThoseOfItsEventsAndAnAnswerSelects() {
        int one = rows.subscription("subscription");
        int other = rows.subscription("subscription");
        List<Long> seqs = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            rows.event("x", one, other);
        }
        rows.run("UPDATE nexus.event SET key = " + Ordering.hash("k") + " WHERE seq % 2 = 0");
        rows.all("SELECT unnest(seqs) FROM nexus.event WHERE key IS NOT NULL ORDER BY 1")
                .forEach(seq -> seqs.add(Long.valueOf(seq)));
        assertThat(seqs).hasSize(6);
        rows.settle(seqs.get(0), "SENT", 204);
        rows.fail(seqs.get(1), 500);
        rows.fail(seqs.get(1), 503);
        rows.fail(seqs.get(2), 503);
        rows.settle(seqs.get(2), "DEAD", 410);

        assertThat(deliveries("k", null)).isEqualTo(seqs.reversed());
        assertThat(deliveries("k", 503)).containsExactly(seqs.get(1));
        assertThat(deliveries("k", 410)).containsExactly(seqs.get(2));
        assertThat(deliveries(null, 503)).containsExactly(seqs.get(1));
        assertThat(deliveries(null, 204)).containsExactly(seqs.get(0));
        assertThat(deliveries("k", 500)).isEmpty();
        assertThat(deliveries("other", null)).isEmpty();
    }

    private void fill() {
        rows.run("""
                SELECT nexus.ensure_day((now() AT TIME ZONE 'UTC')::date - 1);
                INSERT INTO nexus.event (day, id, seq, key, type, created_at, accepted_at, body, lanes, seqs)
                SELECT (now() AT TIME ZONE 'UTC')::date - (n <= %1$d / 2)::int, gen_random_uuid(), n,
                       CASE WHEN n %% 10 = 0 THEN %2$d WHEN n %% 400 = 1 THEN %3$d WHEN n < 3000 AND n %% 3 = 0 THEN %4$d
                            WHEN n IN (17, 30000, 30001, 59999) THEN %5$d ELSE n END,
                       'x', now(), now(), convert_to(repeat('b', 300), 'UTF8'), '{}', '{}'
                FROM generate_series(1, %1$d) n;
                SELECT setval('nexus.event_seq', %1$d)""".formatted(
                EVENTS, Ordering.hash("hot"), Ordering.hash("warm"), Ordering.hash("old"), Ordering.hash("few-7")));
    }

    private void assertEachKeyIsComplete() {
        for (String key : List.of("hot", "warm", "old", "few-7", "none")) {
            List<Long> expected = rows
                    .all("SELECT seq FROM nexus.event WHERE key = " + Ordering.hash(key) + " ORDER BY seq DESC")
                    .stream()
                    .map(Long::valueOf)
                    .toList();
            assertThat(walk(key)).as(key).isEqualTo(expected);
        }
    }

    private List<Long> walk(String key) {
        EventFilter filter =
                new EventFilter(Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(EventKey.parse(key)));
        List<Long> seqs = new ArrayList<>();
        long before = Long.MAX_VALUE;
        while (true) {
            EventPage page = await(events.list(filter, before, 250));
            page.events().stream().map(StoredEvent::seq).forEach(seqs::add);
            if (page.next().isEmpty()) {
                return seqs;
            }
            assertThat(page.next().getAsLong()).isLessThan(before);
            before = page.next().getAsLong();
        }
    }

    private List<String> types(String key) {
        return await(events.list(
                        new EventFilter(
                                Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(EventKey.parse(key))),
                        Long.MAX_VALUE,
                        50))
                .events()
                .stream()
                .map(StoredEvent::type)
                .toList();
    }

    private List<Long> deliveries(@Nullable String key, @Nullable Integer statusCode) {
        DeliveryFilter filter = new DeliveryFilter(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.ofNullable(key).map(EventKey::parse),
                Optional.ofNullable(statusCode));
        return await(deliveries.list(filter, DeliveryPosition.NEWEST, 50)).deliveries().stream()
                .map(delivery -> delivery.id().key().seq())
                .toList();
    }

    private void insert(String type, Long key, @Nullable Long otherKey) {
        rows.run("""
                INSERT INTO nexus.event (day, id, seq, key, other_key, type, created_at, accepted_at, body, lanes, seqs)
                VALUES ((now() AT TIME ZONE 'UTC')::date, gen_random_uuid(), nextval('nexus.event_seq'), %s, %s, '%s', now(),
                        now(), '{}', '{}', '{}')""".formatted(key, otherKey, type));
    }
}
