package nexus.replication;

import static nexus.testkit.TestPostgres.execute;
import static nexus.testkit.TestPostgres.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import nexus.testkit.Eventually;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whatever is committed between them, every good row arrives, in order. */
class PoisonPostgresTest {
    private static final String ALL = "pg.public.*.*";

    private final String url = TestPostgres.freshStore();
    private final List<String> statements = new ArrayList<>();
    private String source = url;
    private int goodRows;

    @AfterEach
    void freeTheSlot() {
        CapturingProcess.dropSlot(source);
    }

    /** A database of another encoding; the store stays one of UTF-8. */
    private void sourceIn(String encoding) {
        String name = url.substring(url.lastIndexOf('/') + 1) + "_source";
        execute(
                url,
                "CREATE DATABASE " + name + " TEMPLATE template0 ENCODING '" + encoding
                        + "' LC_COLLATE 'C' LC_CTYPE 'C'");
        source = url + "_source";
    }

    private void poison(String... poison) {
        statements.addAll(List.of(poison));
        statements.add("INSERT INTO good VALUES (" + ++goodRows + ", 'fine')");
    }

    /** Written while nobody reads, so that the catalog is another one when they are read. */
    private void assertThatGoodRowsArrive(int gaps) {
        try (CapturingProcess process = new CapturingProcess(url, source, 2000, ALL).streaming()) {
            assertThat(process.url).isEqualTo(url);
        }
        execute(source, statements.toArray(String[]::new));
        try (CapturingProcess process = new CapturingProcess(url, source, 2000, ALL).started()) {
            process.hasStored(goodRows);
            Eventually.eventually("all good rows are stored", () -> good().size() >= goodRows);
        }
        assertThat(good())
                .containsExactlyElementsOf(IntStream.rangeClosed(1, goodRows)
                        .mapToObj(Integer::toString)
                        .toList());
        assertThat(query(url, "SELECT count(*) FROM nexus.source_gap")).containsExactly(Integer.toString(gaps));
    }

    private List<String> good() {
        return query(
                url,
                "SELECT convert_from(body, 'UTF8')::jsonb #>> '{payload,data,record,id}' FROM nexus.event"
                        + " WHERE type = 'pg.public.good.insert' ORDER BY seq");
    }

    /** What became of one column of the rows of a table, and why. */
    private List<String> bad(String table) {
        return query(
                url,
                "SELECT (convert_from(body, 'UTF8')::jsonb #> '{payload,data,record,v}')::text || ' '"
                        + " || coalesce(convert_from(body, 'UTF8')::jsonb #>> '{payload,metadata,undecoded,v}', '-') FROM nexus.event"
                        + " WHERE type = 'pg.public." + table + ".insert' ORDER BY seq");
    }

    @Test
    void poisonOfEveryKindStopsNothing() {
        sourceIn("SQL_ASCII");
        execute(
                source,
                "CREATE TABLE good (id int PRIMARY KEY, note text)",
                "CREATE TYPE hstore AS ENUM ('sad')",
                "CREATE FUNCTION mood_json(hstore) RETURNS json LANGUAGE sql AS $$SELECT '\"x\"'::json$$",
                "CREATE CAST (hstore AS json) WITH FUNCTION mood_json(hstore)",
                "CREATE TABLE moods (id int PRIMARY KEY, v hstore)",
                "CREATE TYPE t0 AS (a int)",
                "DO $$BEGIN FOR i IN 1..1500 LOOP EXECUTE format('CREATE TYPE t%s AS (a t%s)', i, i - 1); END LOOP; END$$",
                "CREATE TABLE nested (id int PRIMARY KEY, v t1500)",
                "CREATE TABLE bytes (id int PRIMARY KEY, v text)",
                "CREATE TYPE forged AS (a text)",
                "CREATE TABLE forged_rows (id int PRIMARY KEY, v forged)",
                "CREATE TYPE gone AS (a int, b text)",
                "CREATE TABLE gone_rows (id int PRIMARY KEY, v gone)",
                "CREATE TYPE pair AS (a int, b json)",
                "CREATE DOMAIN pairs AS pair[]",
                "CREATE TABLE domains (id int PRIMARY KEY, v pairs)",
                "CREATE TABLE documents (id int PRIMARY KEY, v json)",
                "CREATE TABLE times (id int PRIMARY KEY, v timestamptz[])",
                "CREATE TABLE numbers (id int PRIMARY KEY, v numeric[])",
                "CREATE TABLE big (id int PRIMARY KEY, v text)",
                "CREATE TABLE \"odd\u0001\u202e.\"\"name\" (id int PRIMARY KEY, v text)");
        poison("INSERT INTO moods VALUES (1, 'sad')");
        poison("INSERT INTO nested VALUES (1, NULL), (2, ROW(NULL)), (3, ROW(ROW(ROW(NULL))))");
        poison("SELECT pg_logical_emit_message(true, 'somebody', repeat('x', 30000000))");
        poison("SELECT pg_logical_emit_message(false, repeat('prefix', 100000), repeat('x', 3000000))");
        poison("SELECT pg_logical_emit_message(true, 'nexus.publish', E'\\xff')");
        poison("INSERT INTO bytes VALUES (1, E'a\\xff')", "INSERT INTO bytes VALUES (2, 'ok')");
        poison(
                "INSERT INTO forged_rows VALUES (1, ROW('1}},\"type\":\"pg.public.orders.update\",\"x\":{\"y\":{\"z\":1'))",
                "ALTER TABLE forged_rows DROP COLUMN v",
                "ALTER TYPE forged ALTER ATTRIBUTE a TYPE json");
        poison("INSERT INTO gone_rows VALUES (1, ROW(1, 'x'))", "DROP TABLE gone_rows", "DROP TYPE gone");
        poison("INSERT INTO domains VALUES (1, ARRAY[ROW(1, '{\"a\":1,\"a\":2}')]::pair[])");
        poison(
                "INSERT INTO documents VALUES (1, '{\"a\":1,\"a\":2}'), (2, (repeat('[', 2000) || repeat(']', 2000))::json)");
        poison("INSERT INTO times VALUES (1, '[-3:-1]={infinity,0044-03-15 12:00+00 BC,294276-12-31 23:59:59.9+00}')");
        poison("INSERT INTO numbers VALUES (1, '{{NaN,Infinity},{-Infinity,-1.50}}')");
        poison("INSERT INTO big VALUES (1, repeat('x', 9000000))", "UPDATE big SET v = v || 'y'");
        poison("INSERT INTO \"odd\u0001\u202e.\"\"name\" VALUES (1, E'\\x01')");
        poison(
                "SELECT pg_replication_origin_create('" + source.substring(source.lastIndexOf('/')) + "')",
                "SELECT pg_replication_origin_session_setup('" + source.substring(source.lastIndexOf('/')) + "')",
                "BEGIN",
                "SELECT pg_replication_origin_xact_setup('0/1', 'infinity')",
                "INSERT INTO bytes VALUES (3, 'late')",
                "COMMIT",
                "SELECT pg_replication_origin_session_reset()");
        assertThatGoodRowsArrive(0);

        assertThat(query(url, "SELECT kind, count > 1 FROM nexus.source_trouble"))
                .as("kept when the process has ended")
                .containsExactly("undecoded|t");
        assertThat(bad("moods")).containsExactly("\"sad\" -");
        assertThat(bad("bytes")).containsExactly("\"a\ufffd\" not UTF-8", "\"ok\" -", "\"late\" -");
        assertThat(bad("forged_rows"))
                .containsExactly("{\"a\": \"1}},\\\"type\\\":\\\"pg.public.orders.update\\\","
                        + "\\\"x\\\":{\\\"y\\\":{\\\"z\\\":1\"} -");
        assertThat(bad("gone_rows")).hasSize(1);
        assertThat(bad("domains")).containsExactly("[{\"a\": 1, \"b\": {\"a\": 2}}] -");
        assertThat(bad("documents")).hasSize(2).first().isEqualTo("{\"a\": 2} -");
        assertThat(bad("documents").getLast()).startsWith("\"[[[").endsWith("JSON of more than 500 levels");
        assertThat(bad("numbers")).containsExactly("[[\"NaN\", \"Infinity\"], [\"-Infinity\", -1.50]] -");
        assertThat(bad("nested")).hasSize(3);
        assertThat(
                        query(
                                url,
                                "SELECT convert_from(body, 'UTF8')::jsonb #>> '{payload,data}' FROM nexus.event WHERE type = 'pg.public.big.update'"))
                .hasSize(1)
                .first()
                .asString()
                .contains("\"oversized\": true", "\"record\": {\"id\": 1}", "\"unavailable\": [\"v\"]");
    }

    @Test
    void aByteThatTheServerCannotConvertIsReplaced() {
        sourceIn("WIN1252");
        execute(
                source,
                "CREATE TABLE good (id int PRIMARY KEY, note text)",
                "CREATE TABLE bytes (id int PRIMARY KEY, v text)");
        poison("INSERT INTO bytes VALUES (1, chr(228))");
        poison();
        poison("INSERT INTO bytes VALUES (2, 'x' || chr(129) || chr(228))");
        poison();
        assertThatGoodRowsArrive(0);
        assertThat(bad("bytes")).containsExactly("\"ä\" -", "\"x�ä\" not UTF-8");
    }

    /** Java doesn't know this encoding, so that nobody but the server can convert it. */
    @Test
    void aTransactionThatTheServerCannotSendIsAGapAndNotTheEnd() {
        sourceIn("EUC_JIS_2004");
        execute(
                source,
                "CREATE TABLE good (id int PRIMARY KEY, note text)",
                "CREATE TABLE bytes (id int PRIMARY KEY, v text)");
        for (int i = 0; i < 20; i++) {
            poison();
        }
        poison("INSERT INTO bytes VALUES (1, E'\\x8f\\xa2\\xa1')");
        poison();
        assertThatGoodRowsArrive(1);
    }

    /** The server evaluates the filter before it announces the transaction. */
    @Test
    void aRowThatARowFilterCannotJudgeIsAGapAndNotTheEnd() {
        assumeTrue(TestPostgres.version() >= 15, "row filters came with PostgreSQL 15");
        execute(
                source,
                "CREATE TABLE good (id int PRIMARY KEY, note text)",
                "CREATE TABLE judged (id int, n int, PRIMARY KEY (id, n))",
                "CREATE PUBLICATION nexus",
                "ALTER PUBLICATION nexus ADD TABLE judged WHERE (10 / n > 0)");
        poison();
        poison("INSERT INTO judged VALUES (1, 0)");
        poison("INSERT INTO judged VALUES (2, 5)");
        poison("UPDATE judged SET n = 0 WHERE id = 2");
        poison();
        assertThatGoodRowsArrive(2);
        assertThat(query(url, "SELECT count(*) FROM nexus.event WHERE type = 'pg.public.judged.insert'"))
                .containsExactly("1");
    }
}
