package nexus.queue;

import static nexus.testkit.TestPostgres.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import nexus.queue.override.OverrideStatements;
import nexus.queue.owed.OwedQueue;
import nexus.queue.owed.OwedStatements;
import nexus.queue.owed.Watermark;
import nexus.queue.settle.SettleStatements;
import nexus.store.Store;
import nexus.subscription.catalog.SubscriptionRepository;
import nexus.testkit.Eventually;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The queue's statements stay fast whatever PostgreSQL believes of a table that swings between no row and millions. */
public class QueuePlansPostgresTest {
    private static final Map<String, String> STATEMENTS = new TreeMap<>();

    static {
        STATEMENTS.putAll(OwedStatements.ALL);
        STATEMENTS.putAll(SettleStatements.ALL);
        STATEMENTS.putAll(OverrideStatements.ALL);
    }

    /** One takes a row from the front, the other walks all there is, once and in pieces. */
    private static final Set<String> WALKING = Set.of("lanes-with-work", "expire");

    private static final Pattern JOIN_OF_ALL = Pattern.compile("Join Filter:[^\\n]*\\b(?:o\\w*\\.seq|event_id)\\b");
    private static final Pattern SCAN_OF_ALL = Pattern.compile("(Seq Scan|Bitmap Heap Scan) on (owed|event|delivery)");
    private static final Pattern INDEX_OF_ALL =
            Pattern.compile("Index (?:Only )?Scan using \\w+ on owed[^\\n]*\\n(?!\\s*Index Cond)");
    private static final Pattern SORT_OF_ALL = Pattern.compile(
            "->  Sort [^\\n]*\\n\\s*Sort Key: [^\\n]*\\n\\s*->  [^\\n]*Scan[^\\n]* on (owed|event|delivery)");
    /** Each row looked at would be compared with all places. */
    private static final Pattern FILTER_BY_PLACE = Pattern.compile("Filter:[^\\n]*ctid");

    private static final Pattern BUFFERS = Pattern.compile("Buffers: shared hit=(\\d+)(?: read=(\\d+))?");

    private final String url = TestPostgres.freshStore();
    private final Store store = new Store(TestPostgres.vertx(), TestPostgres.storeConfig(url));

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void noStatementReadsOrSortsAllWithTheStatisticsOfAnEmptyTableAndOfAFullOne() {
        TestPostgres.execute(url, "ANALYZE");
        assertEachWalksIndexes("empty");

        fill(200_000, 10_000);
        TestPostgres.execute(url, "ANALYZE nexus.owed");
        assertEachWalksIndexes("full");

        TestPostgres.execute(url, "DELETE FROM nexus.owed");
        assertEachWalksIndexes("emptied");

        TestPostgres.execute(url, "VACUUM ANALYZE nexus.owed");
        assertEachWalksIndexes("emptied and vacuumed");
    }

    @Test
    void deadRowsThatAnOpenTransactionKeepsAreNotSteppedOver() throws SQLException {
        fill(20_000, 4);
        try (Connection open = TestPostgres.connect(url);
                Statement statement = open.createStatement()) {
            open.setAutoCommit(false);
            open.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            statement.execute("SELECT count(*) FROM nexus.owed");
            TestPostgres.execute(url, "DELETE FROM nexus.owed WHERE seq <= 19900", "VACUUM nexus.owed");

            Tuple fromLow = Tuple.of(new Integer[] {1}, new Long[] {1L}, new Integer[] {16}, new Long[] {19_901L});
            Tuple fromFront = Tuple.of(new Integer[] {1}, new Long[] {1L}, new Integer[] {16}, new Long[] {1L});
            assertThat(buffers(OwedStatements.SUCCESSORS, fromFront))
                    .as("the measure works")
                    .isGreaterThan(1_000);
            assertThat(buffers(OwedStatements.SUCCESSORS, fromLow)).isLessThan(300);
            Tuple take = Tuple.of(
                    new Integer[] {1},
                    new Integer[] {1},
                    new Long[] {19_900L},
                    new Integer[] {10},
                    new Long[] {19_901L},
                    new Boolean[] {false});
            assertThat(buffers(OwedStatements.TAKE, take)).isLessThan(600);
        }
    }

    @Test
    void aSeqThatIsDrawnButNotCommittedHoldsTheWatermark() throws SQLException {
        OwedQueue queue = new OwedQueue(store);
        Watermark watermark = new Watermark();
        try (Connection intake = TestPostgres.connect(url);
                Statement statement = intake.createStatement()) {
            intake.setAutoCommit(false);
            statement.execute("LOCK TABLE " + SubscriptionRepository.CATALOG_LOCK + " IN ROW SHARE MODE");
            statement.execute("SELECT setval('nexus.owed_seq_seq', 50)");
            watermark.look(await(queue.look()));
            watermark.look(await(queue.look()));
            assertThat(watermark.safe()).isLessThan(50);
            intake.commit();
        }
        Eventually.eventually("it rises", Duration.ofSeconds(5), () -> {
            watermark.look(await(queue.look()));
            return watermark.safe() == 50;
        });
    }

    @Test
    void noTableHasAForeignKey() {
        assertThat(TestPostgres.query(url, "SELECT conname FROM pg_constraint WHERE contype = 'f'"))
                .as("its key-share locks on one row would make multixacts at transaction rate")
                .isEmpty();
    }

    private void assertEachWalksIndexes(String table) {
        List<String> wrong = new ArrayList<>();
        STATEMENTS.forEach((name, sql) -> {
            String plan = plan(
                    name.startsWith("settle") ? store.settling() : store.queue(),
                    "EXPLAIN (GENERIC_PLAN) " + sql,
                    Tuple.tuple());
            boolean walksAll = INDEX_OF_ALL.matcher(plan).find() && !WALKING.contains(name);
            boolean joinsAll = JOIN_OF_ALL.matcher(plan).find();
            if (walksAll
                    || joinsAll
                    || FILTER_BY_PLACE.matcher(plan).find()
                    || SCAN_OF_ALL.matcher(plan).find()
                    || SORT_OF_ALL.matcher(plan).find()) {
                wrong.add(table + " " + name + "\n" + plan);
            }
        });
        assertThat(wrong).isEmpty();
    }

    private long buffers(String sql, Tuple parameters) {
        String plan = plan(store.queue(), "EXPLAIN (ANALYZE, BUFFERS) " + sql, parameters);
        MatchResult top = BUFFERS.matcher(plan).results().findFirst().orElseThrow();
        return Long.parseLong(top.group(1)) + (top.group(2) == null ? 0 : Long.parseLong(top.group(2)));
    }

    private static String plan(Pool pool, String sql, Tuple parameters) {
        StringBuilder plan = new StringBuilder();
        Iterable<Row> rows = parameters.size() == 0
                ? await(pool.query(sql).execute())
                : await(pool.preparedQuery(sql).execute(parameters));
        rows.forEach(row -> plan.append(row.getString(0)).append('\n'));
        return plan.toString();
    }

    /** Rows of lane 1, one in ten of them waiting for its retry, in the key slices of their keys. */
    private void fill(int rows, int keys) {
        TestPostgres.execute(url, """
                INSERT INTO nexus.owed (lane, stripe, key, due, attempts, created_at, event_day, event_id, body_bytes)
                SELECT 1, i %% %2$d %% 8, i %% %2$d, CASE WHEN i %% 10 = 9 THEN now() + interval '1 hour' END,
                       CASE WHEN i %% 10 = 9 THEN 1 ELSE 0 END, now(), current_date, gen_random_uuid(), 100
                FROM generate_series(1, %1$d) i""".formatted(rows, keys));
    }
}
