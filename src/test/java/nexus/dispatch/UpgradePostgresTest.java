package nexus.dispatch;

import static nexus.testkit.Eventually.eventually;
import static nexus.testkit.TestPostgres.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import nexus.queue.notify.OwedSignal;
import nexus.queue.override.DeliveryOverride;
import nexus.queue.owed.DeliveryKey;
import nexus.store.Store;
import nexus.testkit.ScriptedReceiver;
import nexus.testkit.StoreRows;
import nexus.testkit.SubscriptionRows;
import nexus.testkit.TestCipher;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.Test;

/** From the schema of the first release, with data in it, to the newest one. */
class UpgradePostgresTest {
    private final String url = TestPostgres.freshDatabase();

    /** As the first release wrote it; so are the rows of {@link StoreRows}. */
    private int subscribe(URI endpoint) throws SQLException {
        UUID id = UUID.randomUUID();
        byte[] secret = TestCipher.INSTANCE.encrypt(SubscriptionRows.SECRET.text(), id);
        try (Connection connection = TestPostgres.connect(url);
                PreparedStatement insert = connection.prepareStatement("""
                        INSERT INTO nexus.subscription (id, door, name, endpoint_url, event_types, fingerprint, secret,
                                                        ordering, concurrency, dead_on, is_enabled)
                        VALUES (?, 'subscription', 'old', ?, '{x}', ?, ?, 'key', 32, '{}', true)""")) {
            insert.setObject(1, id);
            insert.setString(2, endpoint.toString());
            insert.setBytes(3, HexFormat.of().parseHex(id.toString().replace("-", "")));
            insert.setBytes(4, secret);
            insert.executeUpdate();
        }
        TestPostgres.execute(url, "UPDATE nexus.store SET catalog_version = catalog_version + 1");
        return Integer.parseInt(query("SELECT lane FROM nexus.subscription WHERE id = '" + id + "'")
                .getFirst());
    }

    @Test
    void aStoreOfTheFirstReleaseKeepsWhatItHasAndDeliversWhatItOwes() throws SQLException {
        TestPostgres.migrate(url, "1");
        assertThat(query("SELECT count(*) FROM pg_attribute WHERE attrelid = 'nexus.subscription'::regclass"
                        + " AND attname = 'rate_limit'"))
                .containsExactly("0");
        try (ScriptedReceiver receiver = ScriptedReceiver.start()) {
            int lane = subscribe(receiver.uri());
            StoreRows rows = new StoreRows(url);
            UUID sent = rows.event("x", lane);
            rows.settle(rows.seq(sent), "SENT", 200);
            UUID dead = rows.event("x", lane);
            rows.fail(rows.seq(dead), 500);
            rows.settle(rows.seq(dead), "DEAD", 500);
            UUID pending = rows.event("x", lane);
            UUID failed = rows.event("x", lane);
            rows.fail(rows.seq(failed), 503);
            rows.run("UPDATE nexus.owed SET due = now() WHERE due IS NOT NULL");
            TestPostgres.execute(
                    url,
                    "INSERT INTO nexus.source_position (slot, system_id, timeline, generation, done_end_lsn, options_hash)"
                            + " VALUES ('nexus', '7', 1, 3, '0/1A2B3C8', 'x')",
                    "INSERT INTO nexus.idempotency VALUES ('ann', 'k', '', '', now() + interval '1 hour')",
                    "INSERT INTO nexus.stat (lane, deliveries, sent) VALUES (" + lane + ", 4, 1)");
            List<String> before = everything();
            Set<UUID> meanwhile = ConcurrentHashMap.newKeySet();

            migrateWhileTheFirstReleaseGoesOn(rows, lane, meanwhile);

            List<String> after = everything();
            assertThat(after).containsAll(before);
            retry(dead);
            try (DeliveringProcess _ = new DeliveringProcess(url, "new", "nexus.lease.beat=200ms")) {
                eventually("nothing is owed", () -> query("SELECT FROM nexus.owed UNION ALL SELECT FROM nexus.owed_run")
                        .isEmpty());
                Set<String> expected = meanwhile.stream().map(UUID::toString).collect(Collectors.toSet());
                expected.addAll(Set.of(pending.toString(), failed.toString(), dead.toString()));
                assertThat(receiver.received())
                        .extracting(received -> received.header("webhook-id"))
                        .containsExactlyInAnyOrderElementsOf(expected);
                assertThat(receiver.received())
                        .filteredOn(received -> received.header("webhook-id").equals(failed.toString()))
                        .singleElement()
                        .satisfies(received -> {
                            assertThat(received.header("X-Delivery-Attempt")).isEqualTo("2");
                            assertThat(received.text()).contains("12345678901234567890.10");
                        });
            }
        }
    }

    /** It stores and settles events all the time; nothing of that may fail, or wait for long. */
    private void migrateWhileTheFirstReleaseGoesOn(StoreRows rows, int lane, Set<UUID> stored) {
        AtomicBoolean going = new AtomicBoolean(true);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> old = threads.submit(() -> {
                while (going.get()) {
                    UUID event = rows.event("x", lane);
                    rows.fail(rows.seq(event), 500);
                    rows.run("UPDATE nexus.owed SET due = now() WHERE event_id = '" + event + "'");
                    stored.add(event);
                    UUID settled = rows.event("x", lane);
                    rows.settle(rows.seq(settled), "SENT", 200);
                }
            });
            try {
                eventually("it works", () -> stored.size() > 2);
                TestPostgres.migrate(url);
                int migrated = stored.size();
                eventually("it still works", () -> stored.size() > migrated + 2);
            } finally {
                going.set(false);
            }
            old.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private void retry(UUID event) {
        Store store = new Store(TestPostgres.vertx(), TestPostgres.storeConfig(url));
        try {
            String[] row = query("SELECT day, lane, stripe, seq FROM nexus.delivery WHERE event_id = '" + event + "'")
                    .getFirst()
                    .split("\\|", -1);
            DeliveryKey key = new DeliveryKey(
                    LocalDate.parse(row[0]),
                    Integer.parseInt(row[1]),
                    Integer.parseInt(row[2]),
                    Long.parseLong(row[3]));
            assertThat(await(new DeliveryOverride(store, new OwedSignal()).retry(List.of(key))))
                    .isEqualTo(1);
        } finally {
            store.close();
        }
    }

    /** What the first release's columns hold. */
    private List<String> everything() {
        return query("""
                SELECT 'event', id::text, type, convert_from(body, 'UTF8'), lanes::text, seqs::text FROM nexus.event
                UNION ALL SELECT 'delivery', event_id::text, status, dead_reason, attempts::text, response FROM nexus.delivery
                UNION ALL SELECT 'attempt', seq::text, attempt::text, status_code::text, response, NULL FROM nexus.attempt
                UNION ALL SELECT 'owed', event_id::text, lane::text, seq::text, attempts::text, due::text FROM nexus.owed
                UNION ALL SELECT 'position', slot, system_id, generation::text, done_end_lsn::text, NULL
                          FROM nexus.source_position
                UNION ALL SELECT 'idempotency', scope, key, NULL, NULL, NULL FROM nexus.idempotency
                UNION ALL SELECT 'stat', lane::text, deliveries::text, sent::text, NULL, NULL FROM nexus.stat
                UNION ALL SELECT 'subscription', id::text, name, endpoint_url, lane::text, NULL FROM nexus.subscription""");
    }

    private List<String> query(String sql) {
        return TestPostgres.query(url, sql);
    }
}
