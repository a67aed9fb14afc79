package nexus.capture.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import nexus.capture.SlotReader;
import nexus.event.IncomingEvent;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The oracle is PostgreSQL: what was read from the WAL equals, byte for byte, what {@code to_json} makes of the row. */
class JsonFormatPostgresTest {
    private static SlotReader source;

    @BeforeAll
    static void openSlot() throws SQLException {
        source = new SlotReader();
        source.execute(
                "CREATE TYPE mood AS ENUM ('sad', 'so \"so\"', 'very, happy', '', 'NULL')",
                "CREATE TYPE complex AS (re float8, im numeric)",
                "CREATE TYPE deep AS (\"the \"\"name\"\"\" text, c complex, cs complex[], n int[], m mood, j jsonb,"
                        + " at timestamptz, b boolean, v int2vector)",
                "CREATE TYPE nothing AS ()",
                "CREATE TYPE single AS (alone text)",
                "CREATE TYPE textrange AS RANGE (subtype = text)",
                "CREATE DOMAIN positive AS int CHECK (value > 0)",
                "CREATE DOMAIN evenmore AS positive",
                "CREATE DOMAIN matrix AS float8[]",
                "CREATE DOMAIN point_of_plane AS complex",
                "CREATE DOMAIN moment AS timestamptz",
                "CREATE DOMAIN document AS json",
                "CREATE DOMAIN feeling AS mood",
                "CREATE EXTENSION hstore",
                "CREATE DOMAIN bag AS hstore");
    }

    @AfterAll
    static void closeSlot() throws SQLException {
        source.close();
    }

    private static Arguments type(String type, String... values) {
        return Arguments.of(type, List.of(values));
    }

    static Stream<Arguments> numbers() {
        return Stream.of(
                type("boolean", "true", "false"),
                type("smallint", "-32768", "32767", "0"),
                type("integer", "-2147483648", "2147483647"),
                type("bigint", "'-9223372036854775808'", "9223372036854775807"),
                type("real", "1.1", "'NaN'", "'Infinity'", "'-Infinity'", "'-0'", "1e-40", "3.4e38", "16777217"),
                type(
                        "double precision",
                        "0.1::float8 + 0.2",
                        "'NaN'",
                        "'Infinity'",
                        "'-Infinity'",
                        "'-0'",
                        "5e-324",
                        "1.7976931348623157e308",
                        "1e20",
                        "123456789012345678"),
                type(
                        "numeric",
                        "0",
                        "0.00",
                        "-1.50",
                        "'NaN'",
                        "'Infinity'",
                        "'-Infinity'",
                        "12345678901234567890.0987654321000",
                        "('1' || repeat('0123456789', 100))::numeric",
                        "('-0.' || repeat('0', 900) || '1')::numeric"),
                type("numeric(10,4)", "1", "'NaN'"),
                type("money", "12.34", "-1234567.89", "0"),
                type("oid", "0", "4294967295"),
                type("xid", "'4294967295'"),
                type("xid8", "'18446744073709551615'"),
                type("cid", "'7'"),
                type("tid", "'(1,2)'"),
                type("pg_lsn", "'0/1A2B3C8'"));
    }

    static Stream<Arguments> texts() {
        return Stream.of(
                type(
                        "text",
                        "''",
                        "'plain'",
                        "'NULL'",
                        "' leading and trailing '",
                        "'quote \" backslash \\ slash / '",
                        "E'\\b\\f\\n\\r\\t\\x01\\x1f\\x7f'",
                        "'é ß ☃ 😀 \u2028 \u00a0 \ufeff'",
                        "(SELECT string_agg(chr(i), '') FROM generate_series(1, 700) i)",
                        "repeat('long \"text\" ', 3000)"),
                type("varchar(10)", "'abc'", "'a\"b'"),
                type("char(5)", "'ab'", "''"),
                type("\"char\"", "'a'", "'\"'", "'\\'", "' '", "''", "'\\377'"),
                type("name", "'a name'"),
                type("bytea", "''", "'\\x00ff'", "'\\xdeadbeef'"),
                type(
                        "json",
                        "'{\"b\": 1,  \"a\" :[1, 2]}'",
                        "E'[1,\\n  \"x\\\\u0041\"]'",
                        "'null'",
                        "'1.10'",
                        "'\"s\"'"),
                type("jsonb", "'{\"b\": 1,  \"a\" :[1, 2.50]}'", "'null'", "'\"a\\nb\"'", "'{}'"),
                type("jsonpath", "'$.a[*] ? (@ > 1)'"),
                type("xml", "'<a b=\"c\">d &amp; e</a>'", "'text'"),
                type("uuid", "'0199A1B2-0000-7000-8000-000000000001'"),
                type("inet", "'192.168.0.1/24'", "'::1'", "'10.0.0.1'"),
                type("cidr", "'192.168.0.0/24'", "'2001:db8::/32'"),
                type("macaddr", "'08:00:2b:01:02:03'"),
                type("macaddr8", "'08:00:2b:01:02:03:04:05'"),
                type("bit(3)", "B'101'"),
                type("bit varying", "B''", "B'1010101'"),
                type("tsvector", "'a:1A fat:2B,4C ''it''''s'' \"q\"'", "''"),
                type("tsquery", "'fat & (rat | !cat:*)'"),
                type("regclass", "'pg_class'"),
                type("regtype", "'int4[]'"),
                type("regproc", "'now'"),
                type("regprocedure", "'abs(int)'"),
                type("regoperator", "'+(int,int)'"),
                type("regnamespace", "'pg_catalog'"),
                type("regrole", "'postgres'"),
                type("regconfig", "'english'"),
                type("regdictionary", "'simple'"),
                type("pg_snapshot", "'10:20:10,14,15'"),
                type("aclitem", "'postgres=r/postgres'"),
                type("refcursor", "'cur'"));
    }

    static Stream<Arguments> times() {
        return Stream.of(
                type(
                        "date",
                        "'2026-01-31'",
                        "'infinity'",
                        "'-infinity'",
                        "'0044-03-15 BC'",
                        "'4713-01-01 BC'",
                        "'5874897-12-31'"),
                type(
                        "timestamp",
                        "'2026-01-31 18:20:43'",
                        "'2026-01-31 18:20:43.400'",
                        "'2026-01-31 18:20:43.000001'",
                        "'infinity'",
                        "'-infinity'",
                        "'4713-01-01 00:00:00 BC'",
                        "'0044-03-15 12:00:00.5 BC'",
                        "'294276-12-31 23:59:59.999999'"),
                type("timestamp(3)", "'2026-01-31 18:20:43.400123'"),
                type(
                        "timestamptz",
                        "'2026-01-31 18:20:43+02'",
                        "'2026-01-31 18:20:43.123456-11:30'",
                        "'infinity'",
                        "'-infinity'",
                        "'4713-01-01 00:00:00+00 BC'",
                        "'0044-03-15 12:00:00.5 BC'",
                        "'1850-01-01 00:00:00 Europe/Amsterdam'",
                        "'294276-12-31 23:59:59.999999+00'"),
                type("time", "'00:00:00'", "'24:00:00'", "'18:20:43.400001'"),
                type("timetz", "'18:20:43+02'", "'18:20:43.5-11:30'", "'00:00:00+15:59:59'"),
                type(
                        "interval",
                        "'1 year 2 mons -3 days 04:05:06.789'",
                        "'-1 year 2 days'",
                        "'0'",
                        "'1000000 hours'",
                        "'-00:00:00.000001'"),
                type("interval", TestPostgres.version() >= 17 ? "'infinity'" : "NULL"));
    }

    static Stream<Arguments> shapes() {
        return Stream.of(
                type("point", "'(1.5,-2)'", "'(Infinity,NaN)'"),
                type("line", "'{1,2,3}'"),
                type("lseg", "'[(0,0),(1,1)]'"),
                type("box", "'(1,1),(0,0)'"),
                type("path", "'((0,0),(1,1))'", "'[(0,0),(1,1)]'"),
                type("polygon", "'((0,0),(1,1),(1,0))'"),
                type("circle", "'<(0,0),1.5>'"));
    }

    static Stream<Arguments> ranges() {
        return Stream.of(
                type("int4range", "'[1,10)'", "'empty'", "'(,)'", "'[5,]'"),
                type("int8range", "'[1,10]'"),
                type("numrange", "'(1.50,2.00]'", "'[NaN,NaN]'"),
                type("daterange", "'[2026-01-01,infinity]'", "'[-infinity,2026-01-01)'"),
                type("tsrange", "'[2026-01-01 10:00,2026-01-02)'"),
                type("tstzrange", "'[2026-01-01 10:00+02,infinity)'", "'empty'"),
                type("int4multirange", "'{}'", "'{[1,2),[5,9)}'"),
                type("tstzmultirange", "'{[2026-01-01,2026-01-02),[2026-02-01,)}'"),
                type("textrange", "'[\"a,\"\"b\",\"c)\\\\\"]'", "'[,a]'"),
                type("textmultirange", "'{[\"a,b\",c]}'"),
                type("int4range[]", "ARRAY['[1,2)'::int4range, 'empty', NULL]"),
                type("tstzrange[]", "ARRAY['[2026-01-01 10:00+02,)'::tstzrange]"));
    }

    static Stream<Arguments> arrays() {
        return Stream.of(
                type("int[]", "'{}'", "'{NULL}'", "'{1,NULL,3}'", "'{{1,2},{3,4}}'", "'{{{1},{2}},{{3},{NULL}}}'"),
                type("int[]", "'[0:2]={1,2,3}'", "'[-2:-1][5:6]={{1,2},{3,4}}'"),
                type(
                        "text[]",
                        "'{}'",
                        "ARRAY['']",
                        "ARRAY['NULL', NULL, 'null']",
                        "ARRAY['a \"quoted\" one', 'back\\slash', 'comma, brace {}', ' ', E'tab\\tnew\\nline']",
                        "ARRAY[['{', '}'], ['[0:1]={', '\\\"']]",
                        "ARRAY['é', '😀', 'x y']"),
                type("boolean[]", "'{t,f,NULL}'"),
                type("float8[]", "'{NaN,Infinity,-Infinity,1e100}'"),
                type("numeric[]", "'{NaN,1.10,-0.00}'"),
                type("date[]", "'{2026-01-31,infinity,\"0044-03-15 BC\"}'"),
                type("timestamp[]", "'{\"2026-01-31 18:20:43.5\",infinity}'"),
                type("timestamptz[]", "'{\"2026-01-31 18:20:43+02\",-infinity,\"0044-03-15 12:00+00 BC\",NULL}'"),
                type("json[]", "ARRAY['{\"a\": [1, \"x\\\"y\"]}'::json, 'null', NULL]"),
                type("jsonb[]", "ARRAY['{\"a\": [1, \"x\\\"y\"]}'::jsonb, 'null', NULL]"),
                type("bytea[]", "ARRAY['\\x00ff'::bytea, '\\x']"),
                type("box[]", "'{(1,1),(0,0);(3,3),(2,2)}'", "'{NULL;(1,1),(0,0)}'", "'{}'"),
                type("point[]", "ARRAY['(1,2)'::point, NULL]"),
                type("inet[]", "ARRAY['10.0.0.1'::inet]"),
                type("\"char\"[]", "ARRAY['a'::\"char\", '\"', '']"),
                type("name[]", "ARRAY['a b'::name]"),
                type("int2vector", "''", "'1'", "'1 -2 3'"),
                type("oidvector", "''", "'1'", "'1 2 4294967295'"),
                type("int2vector[]", "ARRAY['1 2'::int2vector, '3', NULL]"),
                type("oidvector[]", "ARRAY['1 2'::oidvector]"),
                type("interval[]", "ARRAY['1 day 02:00'::interval, NULL]"),
                type("uuid[]", "ARRAY['0199a1b2-0000-7000-8000-000000000001'::uuid]"),
                type("money[]", "ARRAY['1234.5'::money]"));
    }

    static Stream<Arguments> usersTypes() {
        return Stream.of(
                type("mood", "'sad'", "'so \"so\"'", "'very, happy'", "''", "'NULL'"),
                type("mood[]", "ARRAY['sad', 'so \"so\"', 'very, happy', '', 'NULL', NULL]::mood[]"),
                type("feeling", "'so \"so\"'"),
                type("feeling[]", "ARRAY['sad', NULL]::feeling[]"),
                type("positive", "1"),
                type("evenmore", "2"),
                type("positive[]", "ARRAY[1, NULL, 3]"),
                type("matrix", "'{}'", "'{{1,2},{NULL,NaN}}'"),
                type("matrix[]", "'{\"{1,2}\",\"{}\",NULL}'"),
                type("moment", "'2026-01-31 18:20:43+02'"),
                type("moment[]", "ARRAY['2026-01-31 18:20:43+02'::moment]"),
                type("document", "'{\"a\" : 1}'"),
                type("document[]", "ARRAY['{\"a\" : \"x\\\\y\"}'::document]"),
                type("complex", "ROW(1.5, 2.50)", "ROW(NULL, NULL)", "ROW('NaN', NULL)"),
                type("complex[]", "ARRAY[ROW(1.5, 2.50), NULL, ROW(NULL, 'NaN')]::complex[]", "'{}'"),
                type("point_of_plane", "ROW(1, 2)"),
                type("point_of_plane[]", "ARRAY[ROW(1, 2), NULL]::point_of_plane[]"),
                type("nothing", "ROW()"),
                type("nothing[]", "ARRAY[ROW(), NULL]::nothing[]"),
                type("single", "ROW(NULL)", "ROW('')", "ROW('a')", "ROW('\"')", "ROW('(),\\ ')"),
                type(
                        "deep",
                        "ROW('quote \" back \\ , ( ) ', ROW(1, 2), ARRAY[ROW(1, NULL), NULL]::complex[], '{1,NULL}',"
                                + " 'so \"so\"', '{\"k\": \"v \\\" w\"}', '2026-01-31 18:20:43+02', true, '1 2')",
                        "ROW('', NULL, '{}', '{}', '', 'null', 'infinity', NULL, '')",
                        "ROW(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)"),
                type(
                        "deep[]",
                        "ARRAY[ROW(E'tab\\t\\nline', ROW(NULL, 2), ARRAY[ROW(1, 3.10)]::complex[], '[0:0]={7}', 'NULL',"
                                + " '[\"\\\\\"]', '-infinity', false, ''), NULL]::deep[]"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"numbers", "texts", "times", "shapes", "ranges", "arrays", "usersTypes"})
    void aValueIsWhatToJsonMakesOfIt(String type, List<String> values) throws SQLException {
        assertEqualsToJson(type, values);
    }

    @Test
    void anHstoreIsAnObject() throws SQLException {
        assertEqualsToJson(
                "hstore",
                List.of("''", "'a=>1'", "'a=>NULL, \"b \\\"q\\\"\"=>\"\\\\ , => \", c=>\"\"'", "'\"\"=>\"NULL\"'"));
        assertEqualsToJson("hstore[]", List.of("ARRAY['a=>\"x y\"'::hstore, NULL, '']"));
        assertEqualsToJson("bag", List.of("'a=>1,b=>2'"));
    }

    private static void assertEqualsToJson(String type, List<String> values) throws SQLException {
        source.execute(
                "DROP TABLE IF EXISTS oracle", "CREATE TABLE oracle (id int PRIMARY KEY, \"the \"\"v\" " + type + ")");
        for (int i = 0; i < values.size(); i++) {
            source.execute("INSERT INTO oracle VALUES (" + i + ", " + values.get(i) + ")");
        }
        source.execute("INSERT INTO oracle VALUES (-1, NULL)");
        List<String> captured = source.events().stream()
                .flatMap(event -> SlotReader.record(event).stream())
                .toList();
        assertThat(captured)
                .isNotEmpty()
                .containsExactlyInAnyOrderElementsOf(source.rows("SELECT to_json(o)::text FROM oracle o"));
    }

    @Test
    void aWholeRowOfManyColumnsIsWhatToJsonMakesOfIt() throws SQLException {
        source.execute(
                "CREATE TABLE wide (id bigint PRIMARY KEY, a text, b jsonb, c numeric(20,4)[], d deep, e timestamptz,"
                        + " f bytea, \"Großbuchstaben\" mood, g int4range, h xml)",
                "INSERT INTO wide VALUES (1, 'x', '{\"y\": null}', '{1,2.5}', NULL, '2026-01-31 18:20:43.4+01',"
                        + " '\\x00', 'sad', '[1,3]', '<a/>')");
        IncomingEvent event = source.events().getLast();
        assertThat(SlotReader.record(event)).contains(source.one("SELECT to_json(w)::text FROM wide w"));
    }
}
