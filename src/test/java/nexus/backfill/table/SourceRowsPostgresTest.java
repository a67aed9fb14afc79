package nexus.backfill.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nexus.backfill.condition.Condition;
import nexus.pgoutput.TupleData;
import nexus.refusal.Refusal;
import nexus.replication.source.SourceConnections;
import nexus.store.PostgresUrl;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SourceRowsPostgresTest {
    private final String url = TestPostgres.freshDatabase();
    private SourceRows rows;

    @BeforeEach
    void open() throws SQLException {
        rows = open(1 << 20, 1 << 20);
    }

    private SourceRows open(long maxRowBytes, long maxBytes) throws SQLException {
        return new SourceRows(
                new SourceConnections(PostgresUrl.parse(url)).openForRows(),
                "nexus",
                "nexus_inserts",
                maxRowBytes,
                maxBytes);
    }

    @AfterEach
    void close() throws SQLException {
        rows.close();
    }

    /** All rows, read with so few in each chunk that every key is continued from; each as its texts. */
    private List<String> all(String table, Condition condition, int examined, int sent)
            throws SQLException, CannotRead {
        List<String> all = new ArrayList<>();
        long oid = rows.check("public", table, condition);
        Optional<Leaf> leaf = rows.next(oid, 0);
        while (leaf.isPresent()) {
            List<String> after = List.of();
            ReadChunk chunk;
            do {
                chunk = rows.read(leaf.get().oid(), leaf.get().keyNames(), after, condition, examined, sent)
                        .orElseThrow();
                chunk.rows().forEach(row -> all.add(texts(row)));
                after = chunk.lastKey();
            } while (!chunk.isLast());
            leaf = rows.next(oid, leaf.get().oid());
        }
        return all;
    }

    private static String texts(TupleData row) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < row.size(); i++) {
            texts.add(
                    row.kind(i) == TupleData.Kind.TEXT
                            ? row.text(i)
                            : row.kind(i).name());
        }
        return String.join("|", texts);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "`int`,`g`",
                "`numeric`,`(g - 5) * 1.10`",
                "`uuid`,`md5(g::text)::uuid`",
                "`text COLLATE \"C\"`,`chr(60 + (g * 37) % 60) || g`",
                "`text`,`chr(60 + (g * 37) % 60) || g`",
                "`varchar(20)`,`'Ä' || g`",
                "`char(5)`,`'x' || g`",
                "`bytea`,`decode(lpad(to_hex(g * 37), 4, '0'), 'hex')`",
                "`timestamptz`,`timestamptz '2026-01-01' + g * interval '1 hour'`",
                "`float8`,`1.0 / (g + 1)`",
                "`int[]`,`ARRAY[g % 3, g]`",
                "`mood`,`(ARRAY['sad', 'ok', 'happy']::mood[])[g]`",
                "`even`,`g * 2`",
                "`citext`,`chr(65 + g) || chr(97 + g)`",
                "`pair`,`ROW(g % 3, 'b' || g)::pair`",
                "`interval`,`g * interval '31 hours'`",
                "`inet`,`('10.0.0.' || g)::inet`",
                "`bit varying(20)`,`g::bit(8)::varbit`"
            })
    void everyKeyTypeIsReadInItsOwnOrder(String type, String value) throws SQLException, CannotRead {
        TestPostgres.execute(
                url,
                "CREATE EXTENSION citext",
                "CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy')",
                "CREATE DOMAIN even AS int CHECK (value % 2 = 0)",
                "CREATE TYPE pair AS (a int, b text)",
                "CREATE TABLE t (k " + type + " PRIMARY KEY, g int)",
                "INSERT INTO t SELECT " + value + ", g FROM generate_series(1, " + (type.equals("mood") ? 3 : 25)
                        + ") g");

        assertThat(all("t", Condition.NONE, 2, 100))
                .isEqualTo(TestPostgres.query(
                        url, "SELECT concat_ws('|', " + output(type) + ", g::text) FROM t ORDER BY k"));
    }

    private static String output(String type) {
        return switch (type) {
            case "char(5)" -> "rpad(k, 5)";
            case "inet" -> "host(k)";
            default -> "CAST(k AS text)";
        };
    }

    @Test
    void compositeKeysAreReadInTheirOrderAlsoWithOperatorsOfSeveralSchemas() throws SQLException, CannotRead {
        TestPostgres.execute(
                url,
                "CREATE EXTENSION citext",
                "CREATE TABLE t (a citext, b int, c text COLLATE \"C\", PRIMARY KEY (b, a, c))",
                "INSERT INTO t SELECT chr(65 + g % 3), g % 2, chr(97 + g % 5) || g FROM generate_series(1, 60) g");

        assertThat(all("t", Condition.NONE, 7, 100))
                .isEqualTo(TestPostgres.query(url, "SELECT concat_ws('|', a, b, c) FROM t ORDER BY b, a, c"));
    }

    @Test
    void aNondeterministicCollationIsFollowed() throws SQLException, CannotRead {
        TestPostgres.execute(
                url,
                "CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
                "CREATE TABLE t (k text COLLATE loose PRIMARY KEY)",
                "INSERT INTO t SELECT unnest(ARRAY['b', 'A', 'c', 'É', 'e', 'Z', 'ab', 'AC'])");

        assertThat(all("t", Condition.NONE, 1, 100)).isEqualTo(TestPostgres.query(url, "SELECT k FROM t ORDER BY k"));
    }

    @Test
    void partitionsAreReadOneAfterTheOther() throws SQLException, CannotRead {
        TestPostgres.execute(
                url,
                "CREATE TABLE t (k int, v text, PRIMARY KEY (k)) PARTITION BY RANGE (k)",
                "CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10)",
                "CREATE TABLE t2 (v text, k int NOT NULL)",
                "ALTER TABLE t ATTACH PARTITION t2 FOR VALUES FROM (10) TO (20)",
                "INSERT INTO t SELECT g, 'v' || g FROM generate_series(0, 19) g");

        assertThat(all("t", Condition.NONE, 3, 100))
                .hasSize(20)
                .startsWith("0|v0", "1|v1")
                .endsWith("v19|19");
        long table = rows.check("public", "t", Condition.NONE);
        Leaf first = rows.next(table, 0).orElseThrow();
        Leaf second = rows.next(table, first.oid()).orElseThrow();
        assertThat(second.scope()).isEqualTo("public.t");
        assertThat(second.catalogTable().root()).isPresent();
    }

    @Test
    void theConditionChoosesRowsAndBoundsAreKept() throws SQLException, CannotRead {
        TestPostgres.execute(
                url,
                "CREATE TABLE t (k int PRIMARY KEY, v text, nexus_mode int)",
                "INSERT INTO t SELECT g, repeat('x', g), g FROM generate_series(1, 300) g");
        Condition odd = Condition.parse("t.k % 2 = 1 AND v ~ '^x+$'", "/where");

        assertThat(all("t", odd, 50, 10)).hasSize(150).allMatch(row -> !row.contains("NULL"));
        try (SourceRows small = open(1_000_000, 2_000)) {
            long oid = small.check("public", "t", Condition.NONE);
            long leaf = small.next(oid, 0).orElseThrow().oid();
            ReadChunk chunk = small.read(leaf, List.of(), List.of(), Condition.NONE, 100, 100)
                    .orElseThrow();
            assertThat(chunk.isFull()).isTrue();
            assertThat(chunk.rows()).hasSizeBetween(2, 5);
            assertThat(chunk.lastKey()).containsExactly(Integer.toString(chunk.examined()));
        }
    }

    @Test
    void aRowThatIsTooLargeIsReadWithItsKeyAlone() throws SQLException, CannotRead {
        TestPostgres.execute(
                url,
                "CREATE TABLE t (k int PRIMARY KEY, v text, b bytea)",
                "INSERT INTO t VALUES (1, 'small', '\\x00ff'), (2, repeat('x', 20000), NULL)");
        try (SourceRows small = open(10_000, 1 << 20)) {
            long leaf = small.next(small.check("public", "t", Condition.NONE), 0)
                    .orElseThrow()
                    .oid();
            ReadChunk chunk = small.read(leaf, List.of(), List.of(), Condition.NONE, 100, 100)
                    .orElseThrow();
            assertThat(chunk.rows().stream().map(SourceRowsPostgresTest::texts))
                    .containsExactly("1|small|\\x00ff", "2|OMITTED|OMITTED");
        }
    }

    @Test
    void columnListsAndRowFiltersOfThePublicationAreKept() throws SQLException, CannotRead {
        org.junit.jupiter.api.Assumptions.assumeTrue(TestPostgres.version() >= 15);
        TestPostgres.execute(
                url,
                "CREATE TABLE t (k int PRIMARY KEY, secret text, v int, g int GENERATED ALWAYS AS (v * 2) STORED)",
                "INSERT INTO t SELECT g, 's', g FROM generate_series(1, 6) g",
                "CREATE PUBLICATION nexus FOR TABLE t (k, v) WHERE (k > 2)");

        assertThat(all("t", Condition.parse("secret = 's'", "/where"), 2, 100))
                .containsExactly("3|3", "4|4", "5|5", "6|6");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "`nowhere`,`does not exist`",
                "`keyless`,`has no primary key`",
                "`part`,`is a partition of public.parted`",
                "`seen`,`is a view`",
                "`unlogged`,`is unlogged`"
            })
    void aTableThatCannotBeReadIsRefusedWithTheReason(String table, String reason) {
        TestPostgres.execute(
                url,
                "CREATE TABLE keyless (a int)",
                "CREATE TABLE parted (k int PRIMARY KEY) PARTITION BY RANGE (k)",
                "CREATE TABLE part PARTITION OF parted FOR VALUES FROM (0) TO (10)",
                "CREATE VIEW seen AS SELECT 1 AS a",
                "CREATE UNLOGGED TABLE unlogged (k int PRIMARY KEY)");

        assertThatThrownBy(() -> rows.check("public", table, Condition.NONE))
                .isInstanceOf(Refusal.Invalid.class)
                .hasMessageContaining("/table")
                .hasMessageContaining(reason);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nosuch = 1",
                "k",
                "count(*) > 1",
                "k = (SELECT k, v FROM t)",
                "pg_sleep(1) IS NULL",
                "pg_catalog.set_config('search_path', 'public', false) = ''",
                "public.f(k) = 1",
                "k = 'x'",
                "true ORDER BY k",
                "true LIMIT 1",
                "EXISTS (WITH d AS (DELETE FROM t RETURNING k) SELECT FROM d)",
                "nextval('s') > 0",
                "query_to_xml('DROP TABLE t', true, true, '') IS NOT NULL AND f(k) = 1"
            })
    void anotherThingThanAConditionIsRefused(String where) {
        TestPostgres.execute(
                url,
                "CREATE TABLE t (k int PRIMARY KEY, v text)",
                "CREATE SEQUENCE s",
                "CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'");
        Condition condition = Condition.parse(where, "/where");

        assertThatThrownBy(() -> rows.check("public", "t", condition))
                .isInstanceOf(Refusal.Invalid.class)
                .hasMessageContaining("/where");
    }

    @Test
    void aConditionThatFailsForARowEndsTheReading() throws SQLException {
        TestPostgres.execute(
                url, "CREATE TABLE t (k int PRIMARY KEY, v text)", "INSERT INTO t VALUES (1, '5'), (2, 'secret')");
        Condition condition = Condition.parse("v::int > 4", "/where");

        assertThatThrownBy(() -> all("t", condition, 10, 10))
                .isInstanceOf(CannotRead.class)
                .hasMessageContaining("22P02")
                .hasMessageNotContaining("secret");
    }

    @Test
    void rowLevelSecurityIsRefusedInsteadOfHidingRows() throws SQLException {
        TestPostgres.execute(
                url,
                "CREATE TABLE t (k int PRIMARY KEY, v text)",
                "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
                "CREATE POLICY p ON t USING (false)");
        String role = "reader_" + url.substring(url.lastIndexOf('/') + 1).replaceAll("\\W.*", "");
        TestPostgres.execute(
                url, "CREATE ROLE " + role + " LOGIN PASSWORD 'reader'", "GRANT USAGE ON SCHEMA public TO " + role);
        try (SourceRows asReader = new SourceRows(
                new SourceConnections(PostgresUrl.parse(url.replaceFirst("//[^@]*@", "//" + role + ":reader@")))
                        .openForRows(),
                "nexus",
                "nexus_inserts",
                1000,
                1000)) {
            assertThatThrownBy(() -> asReader.check("public", "t", Condition.NONE))
                    .hasMessageContaining("GRANT SELECT");
            TestPostgres.execute(url, "GRANT SELECT ON t TO " + role);
            assertThatThrownBy(() -> asReader.check("public", "t", Condition.NONE))
                    .hasMessageContaining("row-level security");
        }
    }

    @Test
    void rowsAreCounted() throws SQLException {
        TestPostgres.execute(url, "CREATE TABLE t (k int PRIMARY KEY)", "INSERT INTO t SELECT generate_series(1, 100)");

        assertThat(rows.count("public", "t", Condition.NONE)).isEqualTo(100);
        assertThat(rows.count("public", "t", Condition.parse("k <= 30", "/where")))
                .isEqualTo(30);
    }

    @Test
    void textsAreThoseOfTheWal() throws SQLException, CannotRead {
        TestPostgres.execute(
                url,
                "CREATE TABLE t (k int PRIMARY KEY, b boolean, f float4, c char(3), n name, j jsonb, x bytea, i interval)",
                "INSERT INTO t VALUES (1, true, 0.1, 'a', 'n', '{\"b\": 1, \"a\": null}', 'é', '1 day 2 hours')");

        byte[] text = all("t", Condition.NONE, 10, 10).getFirst().getBytes(StandardCharsets.UTF_8);
        assertThat(new String(text, StandardCharsets.UTF_8))
                .isEqualTo("1|t|0.1|a  |n|{\"a\": null, \"b\": 1}|\\xc3a9|1 day 02:00:00");
    }
}
