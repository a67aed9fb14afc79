package nexus.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import nexus.backfill.condition.Condition;
import nexus.backfill.table.Leaf;
import nexus.backfill.table.ReadChunk;
import nexus.backfill.table.SourceRows;
import nexus.event.IncomingEvent;
import nexus.replication.CapturingProcess;
import nexus.replication.source.SourceConnections;
import nexus.replication.stream.ChunkStream;
import nexus.replication.stream.ChunkStream.Outcome;
import nexus.store.PostgresUrl;
import nexus.subscription.Subscription;
import nexus.subscription.listener.TableName;
import nexus.testkit.Eventually;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Chunks join the stream of a real capture while the table changes. */
class BackfillReadingPostgresTest {
    private static final int ROWS = Integer.getInteger("nexus.test.backfill.rows", 1_500);

    /** Rows of a chunk. */
    private static final int MOST = 41;

    private final String url = TestPostgres.freshStore();
    private final UUID job = UUID.randomUUID();

    private SourceRows rows() throws SQLException {
        return new SourceRows(
                new SourceConnections(PostgresUrl.parse(url)).openForRows(),
                "nexus",
                "nexus_inserts",
                1 << 20,
                1 << 20);
    }

    private void makeProgress() {
        TestPostgres.execute(url, "CREATE TABLE public.progress (cursor text NOT NULL)");
        TestPostgres.execute(
                url,
                "INSERT INTO public.progress VALUES ('"
                        + BackfillCursor.START.stored().encode() + "')");
    }

    private BackfillCursor progress() {
        return BackfillCursor.of(new JsonObject(
                TestPostgres.query(url, "SELECT cursor FROM public.progress").getFirst()));
    }

    private static Future<Boolean> moved(SqlConnection transaction, BackfillCursor from, BackfillCursor to) {
        return transaction
                .preparedQuery("UPDATE public.progress SET cursor = $1 WHERE cursor = $2")
                .execute(Tuple.of(to.stored().encode(), from.stored().encode()))
                .map(rows -> rows.rowCount() == 1);
    }

    /** Reads chunk after chunk, again and again over new streams, as the steps of a job do. */
    private int backfill(
            CapturingProcess process,
            UUID subscription,
            Condition condition,
            Predicate<IncomingEvent> isReceived,
            int most,
            Runnable betweenChunks)
            throws Exception {
        int chunks = 0;
        while (true) {
            Optional<ChunkStream> stream = process.reader.chunks();
            if (stream.isEmpty()) {
                Thread.sleep(20);
                continue;
            }
            long oid = Long.parseLong(TestPostgres.query(url, "SELECT 'public.t'::regclass::oid::text")
                    .getFirst());
            BackfillSettings settings = new BackfillSettings(new TableName("public", "t"), oid, condition);
            try (BackfillReading reading = new BackfillReading(stream.get(), rows(), settings, isReceived)) {
                while (reading.isIn(stream.get())) {
                    BackfillCursor before = progress();
                    Optional<Leaf> leaf = before.isRead() ? reading.next(before.relation()) : reading.at(before);
                    if (leaf.isEmpty()) {
                        return chunks;
                    }
                    BackfillCursor cursor = before.isRead()
                            ? new BackfillCursor(leaf.get().oid(), false, List.of(), List.of())
                            : before;
                    Optional<ReadChunk> chunk = reading.read(cursor, leaf.get(), most);
                    if (chunk.isPresent()) {
                        BackfillCursor after = chunk.get().isLast()
                                ? BackfillCursor.end(cursor.relation())
                                : new BackfillCursor(
                                        cursor.relation(),
                                        false,
                                        chunk.get().leaf().keyNames(),
                                        chunk.get().lastKey());
                        betweenChunks.run();
                        Outcome outcome = reading.join(
                                chunk.get(), subscription, job, transaction -> moved(transaction, before, after));
                        chunks += outcome == Outcome.STORED ? 1 : 0;
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "DEFAULT, k int PRIMARY KEY, k, false",
        "FULL, k int PRIMARY KEY, k, false",
        "DEFAULT, 'a text, k int, PRIMARY KEY (a, k)', k, false",
        "DEFAULT, 'k int PRIMARY KEY', k, true"
    })
    void rowsAndChangesTogetherGiveTheTable(String identity, String key, String name, boolean isPartitioned)
            throws Exception {
        boolean isComposite = key.startsWith("a ");
        TestPostgres.execute(
                url,
                "CREATE SEQUENCE versions",
                "CREATE TABLE t (" + key + ", v bigint NOT NULL, pad text)"
                        + (isPartitioned ? " PARTITION BY RANGE (k)" : ""));
        if (isPartitioned) {
            TestPostgres.execute(
                    url,
                    "CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM (MINVALUE) TO (" + ROWS / 2 + ")",
                    "CREATE TABLE t_2 PARTITION OF t FOR VALUES FROM (" + ROWS / 2 + ") TO (MAXVALUE)");
        } else {
            TestPostgres.execute(url, "ALTER TABLE t REPLICA IDENTITY " + identity);
        }
        String a = isComposite ? "'t' || g % 7, " : "";
        TestPostgres.execute(
                url,
                "INSERT INTO t SELECT " + a + "g, nextval('versions'), repeat('x', 20) FROM generate_series(1, " + ROWS
                        + ") g");
        makeProgress();
        CapturingProcess process = new CapturingProcess(url, 200, "pg.public.t.*");
        Subscription subscription = process.wanted.change(url, "pg.public.t.*");
        process.streaming();
        AtomicBoolean isOver = new AtomicBoolean();
        List<Thread> writers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int seed = i;
            writers.add(Thread.ofPlatform().start(() -> write(new Random(seed), isComposite, isOver)));
        }
        Random chance = new Random(7);
        int[] joins = {0};
        int chunks = backfill(process, subscription.id(), Condition.NONE, event -> true, MOST, () -> {
            switch (++joins[0]) {
                case 4, 9, 15 -> process.loseConnection(); // the mark is read by no one, or by another stream
                case 20 ->
                    process.intake.answering(answer -> answer.compose(done -> {
                        process.intake.answering(untouched -> untouched);
                        return Future.failedFuture(new IllegalStateException("the answer is lost"));
                    }));
                default -> pause(chance.nextInt(15));
            }
        });
        isOver.set(true);
        for (Thread writer : writers) {
            writer.join();
        }
        TestPostgres.execute(url, "INSERT INTO t SELECT " + a + "g, 0, 'end' FROM generate_series(-1, -1) g");
        Eventually.eventually("everything is stored", () -> !TestPostgres.query(
                        url, "SELECT 1 FROM nexus.event WHERE convert_from(body, 'UTF8') LIKE '%\"pad\":\"end\"%'")
                .isEmpty());
        process.close();

        assertThat(chunks).isGreaterThanOrEqualTo(ROWS / 2 / MOST);
        assertThat(joins[0]).isGreaterThan(chunks);
        assertThat(applied(isComposite))
                .isEqualTo(asMap(TestPostgres.query(
                        url, "SELECT " + (isComposite ? "a || ' ' || " : "") + "k::text || '=' || v FROM t")));
        assertThat(TestPostgres.query(
                        url,
                        "SELECT count(*)::text FROM nexus.event e WHERE type = 'pg.public.t.snapshot'"
                                + " AND lanes <> ARRAY[" + subscription.lane() + "]"))
                .containsExactly("0");
    }

    /** Random transactions, some of which last over several chunks or are rolled back. */
    private void write(Random random, boolean isComposite, AtomicBoolean isOver) {
        try (Connection connection = TestPostgres.connect(url);
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            while (!isOver.get()) {
                try {
                    int changes = 1 + random.nextInt(4);
                    for (int i = 0; i < changes; i++) {
                        statement.execute(change(random, isComposite));
                        if (random.nextInt(10) == 0) {
                            pause(random.nextInt(60));
                        }
                    }
                    if (random.nextInt(12) == 0) {
                        connection.rollback();
                    } else {
                        connection.commit();
                    }
                } catch (SQLException e) { // a deadlock, or a key that exists
                    connection.rollback();
                }
                pause(random.nextInt(4));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String change(Random random, boolean isComposite) {
        int k = 1 + random.nextInt(ROWS);
        String next = "nextval('versions')";
        String row = (isComposite ? "('t' || " + k + " % 7, " : "(") + k + ", " + next + ", 'new')";
        return switch (random.nextInt(10)) {
            case 0, 1 -> "DELETE FROM t WHERE k = " + k;
            case 2, 3 -> "INSERT INTO t VALUES " + row;
            case 4 -> "UPDATE t SET k = " + (1 + random.nextInt(2 * ROWS)) + ", v = " + next + " WHERE k = " + k;
            default -> "UPDATE t SET v = " + next + " WHERE k = " + k;
        };
    }

    private static void pause(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Map<String, String> asMap(List<String> rows) {
        Map<String, String> map = new HashMap<>();
        rows.forEach(row -> map.put(row.substring(0, row.indexOf('=')), row.substring(row.indexOf('=') + 1)));
        return map;
    }

    /** The table as a receiver of all events has it, who also checks that no row becomes older. */
    private Map<String, String> applied(boolean isComposite) {
        Map<String, String> table = new HashMap<>();
        for (String body : TestPostgres.query(
                url,
                "SELECT convert_from(body, 'UTF8') FROM nexus.event WHERE type LIKE 'pg.public.t.%' ORDER BY seq")) {
            JsonObject data = new JsonObject(body).getJsonObject("payload").getJsonObject("data");
            JsonObject row = data.getJsonObject("record");
            JsonObject old = data.getJsonObject("old_record");
            if (old != null) {
                table.remove(key(old, isComposite));
            }
            if (row != null) {
                String key = key(row, isComposite);
                String version = row.getLong("v").toString();
                String before = table.put(key, version);
                assertThat(before == null || Long.parseLong(before) <= Long.parseLong(version))
                        .as(body)
                        .isTrue();
            }
        }
        return table;
    }

    private static String key(JsonObject row, boolean isComposite) {
        return (isComposite ? row.getString("a") + " " : "") + row.getInteger("k");
    }

    @Test
    void aRowHasTheBytesOfItsInsert() throws Exception {
        TestPostgres.execute(
                url,
                "CREATE TYPE mood AS ENUM ('ok', 'so \"so\"')",
                "CREATE TYPE pair AS (a int, b text)",
                "CREATE TABLE t (k numeric PRIMARY KEY, b boolean, f float8, c char(4), j json, x bytea, i interval,"
                        + " a int[], m mood[], p pair, at timestamptz, d date, \"odd \"\"n\" text, n text, u uuid,"
                        + " r tstzrange, money money, bits bit(3), addr inet)");
        makeProgress();
        CapturingProcess process = new CapturingProcess(url, "pg.public.t.insert");
        Subscription subscription = process.wanted.change(url, "pg.public.t.insert");
        process.streaming();
        TestPostgres.execute(url, """
                INSERT INTO t VALUES
                (1.10, true, 0.1, 'ä', '{"a": 1.50, "b" : [null]}', '\\x00ff', '1 mon 2 days 03:04:05.6', '{1,NULL}',
                 '{ok,"so \\"so\\""}', ROW(1, 'x "y"'), '2026-01-02 03:04:05.678901+02', '4713-01-01 BC', E'\\u0001\\n', NULL,
                 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '[2026-01-01,)', 1234.5, B'101', '10.0.0.1'),
                ('NaN', NULL, 'Infinity', '', 'null', '', '-1 year', '{}', NULL, NULL, 'infinity', '-infinity', '', '', NULL,
                 'empty', NULL, NULL, '::1/64')""");
        process.hasStored(2);

        backfill(process, subscription.id(), Condition.NONE, event -> false, 1, () -> {});
        Eventually.eventually("rows stored", () -> bodies("snapshot").size() == 2);
        process.close();

        assertThat(bodies("snapshot").stream().map(BackfillReadingPostgresTest::data))
                .containsExactlyElementsOf(bodies("insert").stream()
                        .map(body -> data(body).replace("{\"type\":\"INSERT\"", "{\"type\":\"SNAPSHOT\""))
                        .toList());
    }

    private List<String> bodies(String operation) {
        return TestPostgres.query(
                url,
                "SELECT convert_from(body, 'UTF8') FROM nexus.event WHERE type = 'pg.public.t." + operation
                        + "' ORDER BY seq");
    }

    private static String data(String body) {
        return body.substring(body.indexOf("\"data\":") + 7, body.indexOf(",\"metadata\":{\"source\""));
    }

    @Test
    void aTruncateAndForgedMarksChangeNothingForLaterRows() throws Exception {
        TestPostgres.execute(
                url,
                "CREATE TABLE t (k int PRIMARY KEY, v int)",
                "INSERT INTO t SELECT g, 1 FROM generate_series(1, 50) g");
        makeProgress();
        CapturingProcess process = new CapturingProcess(url, "pg.public.t.*");
        Subscription subscription = process.wanted.change(url, "pg.public.t.*");
        process.streaming();
        AtomicBoolean isTruncated = new AtomicBoolean();

        backfill(process, subscription.id(), Condition.NONE, event -> true, 20, () -> {
            TestPostgres.query(
                    url, "SELECT pg_logical_emit_message(true, 'nexus.backfill', '" + UUID.randomUUID() + "')");
            TestPostgres.query(url, "SELECT pg_logical_emit_message(false, 'nexus.backfill', 'x')");
            TestPostgres.query(url, "SELECT pg_logical_emit_message(true, 'nexus.backfill', '')");
            if (isTruncated.compareAndSet(false, true)) {
                TestPostgres.execute(url, "TRUNCATE t", "INSERT INTO t VALUES (30, 2)");
            }
        });
        process.close();

        assertThat(TestPostgres.query(url, "SELECT type FROM nexus.event WHERE type LIKE 'pg.public.t.%' ORDER BY seq"))
                .startsWith("pg.public.t.truncate", "pg.public.t.insert")
                .contains("pg.public.t.snapshot")
                .hasSize(3);
    }
}
