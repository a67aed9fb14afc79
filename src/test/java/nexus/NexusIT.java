package nexus;

import static nexus.testkit.ScriptedReceiver.status;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import nexus.testkit.ApiClient;
import nexus.testkit.Eventually;
import nexus.testkit.OpenTransaction;
import nexus.testkit.PackagedNexus;
import nexus.testkit.ScriptedReceiver;
import nexus.testkit.ScriptedReceiver.Received;
import nexus.testkit.Signatures;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The main job from outside: a row is written by SQL, a webhook arrives. */
class NexusIT {
    private static final AtomicInteger TABLES = new AtomicInteger();
    private static final String ID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

    @AutoClose
    private static PackagedNexus nexus;

    private static ApiClient api;

    @AutoClose
    private final ScriptedReceiver receiver = ScriptedReceiver.start();

    @BeforeAll
    static void startNexus() {
        nexus = PackagedNexus.start(Map.of());
        api = nexus.api();
    }

    @Test
    void aRowBecomesASignedWebhookAsTheContractWritesIt() {
        JsonNode listener = api.post("/api/v1/listeners", """
                        {"name":"New users","source_table":"users","event":"INSERT","target_url":"%s"}""".formatted(receiver.uri()))
                .expect(201)
                .json();
        assertThat(listener.path("success").asBoolean()).isTrue();
        assertThat(listener.path("message").asText()).isEqualTo("Listener created successfully");

        nexus.sql("INSERT INTO users (email, name) VALUES ('ada@example.com', 'Ada \"Countess\" Lovelace')");

        Received webhook = receiver.await(1).getFirst();
        String text = webhook.text();
        String row = utc("SELECT to_json(u) FROM users u WHERE email = 'ada@example.com'");
        String xid = utc("SELECT xmin FROM users WHERE email = 'ada@example.com'");
        Matcher body = Pattern.compile("\\{\"id\":\"(?<id>" + ID + ")\",\"type\":\"pg\\.public\\.users\\.insert\","
                        + "\"createdAt\":\"(?<at>\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3})Z\","
                        + "\"payload\":\\{\"data\":\\{\"type\":\"INSERT\",\"schema\":\"public\",\"table\":\"users\","
                        + "\"record\":" + Pattern.quote(row)
                        + ",\"old_record\":null,\"changed\":null,\"unavailable\":\\[]},"
                        + "\"metadata\":\\{\"source\":\"default\",\"database\":\"postgres\","
                        + "\"lsn\":\"[0-9A-F]+/[0-9A-F]+\",\"ordinal\":\\d+,\"xid\":" + xid
                        + ",\"committedAt\":\"(?<committed>[^\"]+)Z\"}}}")
                .matcher(text);
        assertThat(body.matches()).as(text).isTrue();
        assertThat(body.group("committed")).startsWith(body.group("at"));

        Signatures.verify(webhook, listener.path("data").path("secret").asText());
        assertThat(webhook.method()).isEqualTo("POST");
        assertThat(webhook.header("Content-Type")).isEqualTo("application/json");
        assertThat(webhook.header("User-Agent")).matches("nexus/\\d+\\.\\d+\\.\\d+.*");
        assertThat(webhook.header("webhook-id")).isEqualTo(body.group("id"));
        assertThat(webhook.header("X-Event-Id")).isEqualTo(body.group("id"));
        assertThat(webhook.header("X-Event-Type")).isEqualTo("pg.public.users.insert");
        assertThat(webhook.header("X-Event-Version")).isEqualTo("1");
        assertThat(webhook.header("X-Delivery-Attempt")).isEqualTo("1");
        assertThat(webhook.header("traceparent")).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");

        JsonNode delivery = api.awaitDelivery(body.group("id"), "SENT");
        assertThat(delivery.path("attempts").asInt()).isEqualTo(1);
        assertThat(delivery.path("lastStatusCode").asInt()).isEqualTo(200);
    }

    @Test
    void underReplicaIdentityFullAllOfTheOldRowIsSentAndWhatChanged() {
        String table = table("id int PRIMARY KEY, status text, total numeric(10,2)");
        nexus.sql("ALTER TABLE " + table + " REPLICA IDENTITY FULL");
        api.subscribe(receiver.uri(), "pg.public." + table + ".*");

        nexus.sql(
                "INSERT INTO " + table + " VALUES (1, 'open', 10.00)",
                "UPDATE " + table + " SET status = 'paid' WHERE id = 1",
                "DELETE FROM " + table,
                "TRUNCATE " + table);

        assertThat(data(4))
                .containsExactlyInAnyOrder(
                        """
                {"type":"INSERT","schema":"public","table":"%s","record":{"id":1,"status":"open","total":10.00},\
                "old_record":null,"changed":null,"unavailable":[]}""".formatted(table), """
                {"type":"UPDATE","schema":"public","table":"%s","record":{"id":1,"status":"paid","total":10.00},\
                "old_record":{"id":1,"status":"open","total":10.00},"changed":["status"],"unavailable":[]}""".formatted(table), """
                {"type":"DELETE","schema":"public","table":"%s","record":null,\
                "old_record":{"id":1,"status":"paid","total":10.00},"changed":null,"unavailable":[]}""".formatted(table), """
                {"type":"TRUNCATE","schema":"public","table":"%s","record":null,\
                "old_record":null,"changed":null,"unavailable":[]}""".formatted(table));
    }

    @Test
    void withAPrimaryKeyOnlyTheOldRowIsItsKeyWhereTheWalHasIt() {
        String table = table("id int PRIMARY KEY, note text");
        JsonNode made = api.subscribe(receiver.uri(), "pg.public." + table + ".*");
        assertThat(made.path("warnings").findValuesAsText("code")).contains("old-values-missing");

        nexus.sql("INSERT INTO " + table + " VALUES (1, 'a')");
        receiver.await(1);
        nexus.sql("UPDATE " + table + " SET note = 'b'");
        receiver.await(2);
        nexus.sql("UPDATE " + table + " SET id = 2");
        receiver.await(3);
        nexus.sql("DELETE FROM " + table);

        assertThat(data(4).subList(1, 4))
                .containsExactly("""
                {"type":"UPDATE","schema":"public","table":"%s","record":{"id":1,"note":"b"},\
                "old_record":null,"changed":null,"unavailable":[]}""".formatted(table), """
                {"type":"UPDATE","schema":"public","table":"%s","record":{"id":2,"note":"b"},\
                "old_record":{"id":1},"changed":null,"unavailable":[]}""".formatted(table), """
                {"type":"DELETE","schema":"public","table":"%s","record":null,\
                "old_record":{"id":2},"changed":null,"unavailable":[]}""".formatted(table));
    }

    @Test
    void aTableWithoutReplicaIdentityGoesOnTakingUpdatesAndSendsItsInserts() {
        String table = table("note text");
        JsonNode made = api.subscribe(receiver.uri(), "pg.public." + table + ".*");
        assertThat(made.path("warnings").findValuesAsText("code")).contains("no-replica-identity");

        nexus.sql(
                "INSERT INTO " + table + " VALUES ('a')",
                "UPDATE " + table + " SET note = 'b'",
                "DELETE FROM " + table,
                "INSERT INTO " + table + " VALUES ('c')");

        assertThat(receiver.await(2))
                .extracting(
                        webhook -> payload(webhook).path("record").path("note").asText())
                .containsExactly("a", "c");
    }

    @Test
    void aLongValueThatAnUpdateDidNotTouchIsNamedAndNotInvented() {
        String table = table("id int PRIMARY KEY, n int, long text");
        nexus.sql(
                "ALTER TABLE " + table + " ALTER long SET STORAGE EXTERNAL",
                "INSERT INTO " + table + " VALUES (1, 1, repeat('x', 10000))");
        api.subscribe(receiver.uri(), "pg.public." + table + ".update");

        nexus.sql("UPDATE " + table + " SET n = 2");

        assertThat(data(1)).containsExactly("""
                {"type":"UPDATE","schema":"public","table":"%s","record":{"id":1,"n":2},\
                "old_record":null,"changed":null,"unavailable":["long"]}""".formatted(table));
    }

    @Test
    void aPatternTakesInATableThatIsCreatedLater() {
        String table = "later_" + TABLES.incrementAndGet();
        JsonNode made = api.subscribe(receiver.uri(), "pg.public.later_" + TABLES.get() + ".*");
        assertThat(made.path("warnings").findValuesAsText("code")).containsExactly("no-such-table");

        nexus.sql("CREATE TABLE " + table + " (id int PRIMARY KEY)");
        AtomicInteger rows = new AtomicInteger();
        Eventually.eventually("the new table is captured", () -> {
            nexus.sql("INSERT INTO " + table + " VALUES (" + rows.incrementAndGet() + ")");
            return !receiver.received().isEmpty();
        });
    }

    @Test
    void ofARolledBackTransactionNothingArrives() {
        String table = table("id int PRIMARY KEY");
        api.subscribe(receiver.uri(), "pg.public." + table + ".*");

        nexus.sql("BEGIN; INSERT INTO " + table + " VALUES (1); ROLLBACK", "INSERT INTO " + table + " VALUES (2)");

        assertThat(receiver.await(1))
                .extracting(
                        webhook -> payload(webhook).path("record").path("id").asInt())
                .containsExactly(2);
    }

    @Test
    void changesOfOneRowArriveInOrderThoughTheReceiverFailsInBetween() {
        String table = table("id int PRIMARY KEY, version int");
        api.subscribe(receiver.uri(), "pg.public." + table + ".*");
        AtomicInteger requests = new AtomicInteger();
        receiver.always(ignored -> status(requests.incrementAndGet() % 9 == 5 ? 500 : 200));

        nexus.sql("INSERT INTO " + table + " SELECT i, 0 FROM generate_series(1, 5) i");
        for (int version = 1; version <= 5; version++) {
            nexus.sql("UPDATE " + table + " SET version = " + version);
        }

        List<Received> arrived = receiver.await(30 + 4);
        for (int id = 1; id <= 5; id++) {
            int row = id;
            assertThat(arrived.stream()
                            .map(NexusIT::payload)
                            .map(payload -> payload.path("record"))
                            .filter(record -> record.path("id").asInt() == row)
                            .map(record -> record.path("version").asInt())
                            .distinct())
                    .isEqualTo(IntStream.rangeClosed(0, 5).boxed().toList());
        }
    }

    @Test
    void valuesOfManyTypesArriveAsToJsonWritesThem() {
        nexus.sql(
                "CREATE TYPE mood AS ENUM ('sad', 'very, \"happy\"')",
                "CREATE TYPE complex AS (re float8, im numeric, note text)",
                "CREATE DOMAIN positive AS int CHECK (value > 0)");
        String table = table("""
                id bigint PRIMARY KEY, small smallint, n numeric, nan numeric, inf numeric, r real, d double precision,
                b boolean, t text, c char(5), bytes bytea, ts timestamp, tz timestamptz, bc timestamptz, forever timestamptz,
                day date, bcday date, clock time, zoned timetz, span interval, u uuid, j json, jb jsonb, x xml, ip inet,
                net cidr, mac macaddr, bits bit varying, ints int[], grid int[][], texts text[], times timestamptz[],
                m mood, moods mood[], z complex, zs complex[], p positive, r4 int4range, rt tstzrange, mr int4multirange,
                pt point, poly polygon, vec tsvector, cash money, o oid, cls regclass, lsn pg_lsn, "Großer \"\"Name\"\"\" text,
                nothing text""");
        api.subscribe(receiver.uri(), "pg.public." + table + ".insert");

        nexus.sql("INSERT INTO " + table + " VALUES (" + """
                9223372036854775807, -32768, 12345678901234567890.0987654321000, 'NaN', '-Infinity', 1.1, 5e-324,
                true, E'quote " backslash \\\\ tab \\t \\u2028 é 😀 \\x01', 'ab', '\\x00ff', '2026-01-31 18:20:43.400',
                '2026-01-31 18:20:43.000001+02', '0044-03-15 12:00:00.5+00 BC', 'infinity',
                '5874897-12-31', '4713-01-01 BC', '24:00:00', '18:20:43.5-11:30', '-1 year 2 days 00:00:00.000001',
                '0199A1B2-0000-7000-8000-000000000001', '{"b": 1.10,  "a" :[1, 2]}', '{"b": 1.10,  "a" :[1, 1e3]}',
                '<a b="c">d &amp; e</a>', '::1', '2001:db8::/32', '08:00:2b:01:02:03', B'101',
                '[-2:0]={1,NULL,3}', '{{1,2},{3,4}}', ARRAY['NULL', NULL, 'a "b" \\ {,}'],
                '{"2026-01-31 18:20:43+02",-infinity,NULL}', 'very, "happy"', ARRAY['sad', NULL]::mood[],
                ROW('NaN', 2.50, '(",\\)'), ARRAY[ROW(1, NULL, ''), NULL]::complex[], 7, '[1,10)',
                '[2026-01-01 10:00+02,infinity)', '{[1,2),[5,9)}', '(Infinity,-2)', '((0,0),(1,1),(1,0))',
                'a:1A ''it''''s''', -1234567.89, 4294967295, 'pg_class', '0/1A2B3C8', 'ß', NULL)""");

        String text = receiver.await(1).getFirst().text();
        String expected = utc("SELECT to_json(whole) FROM " + table + " whole");
        assertThat(text).contains("\"record\":" + expected + ",\"old_record\":null");
        JsonNode sent = ApiClient.json(text).path("payload").path("data").path("record");
        assertThat(sent).isEqualTo(ApiClient.json(expected));
        assertThat(sent.path("n").decimalValue().toPlainString()).isEqualTo("12345678901234567890.0987654321000");
    }

    @Test
    void aListenerThatIsRemovedHearsNoMore() {
        String table = table("id int PRIMARY KEY");
        JsonNode first = listener(table, receiver.uri("/first").toString());
        listener(table, receiver.uri("/second").toString());
        nexus.sql("INSERT INTO " + table + " VALUES (1)");
        receiver.await(2);

        api.delete("/api/v1/listeners/" + first.path("id").asText()).expect(204);
        nexus.sql("INSERT INTO " + table + " VALUES (2)");

        assertThat(receiver.await(3).getLast().pathAndQuery()).isEqualTo("/second");
        nexus.sql("INSERT INTO " + table + " VALUES (3)");
        assertThat(receiver.await(4).getLast().pathAndQuery()).isEqualTo("/second");
    }

    @Test
    void namesAreTakenAsTheCatalogSpellsThem() {
        nexus.sql("CREATE SCHEMA \"My Schema\"", "CREATE TABLE \"My Schema\".\"a.B é\" (\"I d\" int PRIMARY KEY)");
        JsonNode made =
                listener("\\\"My Schema\\\".\\\"a.B é\\\"", receiver.uri().toString());
        assertThat(made.path("warnings")).isEmpty();
        assertThat(made.path("source_table").asText()).isEqualTo("My Schema.\"a.B é\"");

        nexus.sql("INSERT INTO \"My Schema\".\"a.B é\" VALUES (1)");

        Received webhook = receiver.await(1).getFirst();
        assertThat(webhook.header("X-Event-Type")).isEqualTo("pg.My%20Schema.a%2EB%20%C3%A9.insert");
        assertThat(data(1)).containsExactly("""
                {"type":"INSERT","schema":"My Schema","table":"a.B é","record":{"I d":1},\
                "old_record":null,"changed":null,"unavailable":[]}""");
    }

    @Test
    void aTableMayChangeItsColumnsInBetween() {
        String table = table("id int PRIMARY KEY, a text");
        api.subscribe(receiver.uri(), "pg.public." + table + ".insert");

        nexus.sql(
                "INSERT INTO " + table + " VALUES (1, 'x')",
                "ALTER TABLE " + table + " ADD b int[] DEFAULT '{1,2}', DROP a",
                "INSERT INTO " + table + " VALUES (2)",
                "ALTER TABLE " + table + " ALTER b TYPE text USING 'text'",
                "ALTER TABLE " + table + " RENAME b TO c",
                "INSERT INTO " + table + " VALUES (3, 'y')");

        assertThat(receiver.await(3))
                .extracting(webhook -> payload(webhook).path("record").toString())
                .containsExactlyInAnyOrder(
                        "{\"id\":1,\"a\":\"x\"}", "{\"id\":2,\"b\":[1,2]}", "{\"id\":3,\"c\":\"y\"}");
    }

    @Test
    void everyChangeAfterTheAnswerIsDeliveredThoughManyListenersAreMadeAtOnce() {
        List<String> tables = IntStream.range(0, 20)
                .mapToObj(i -> table("id int PRIMARY KEY"))
                .toList();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            tables.forEach(table -> threads.execute(() -> {
                listener(table, receiver.uri("/" + table).toString());
                nexus.sql("INSERT INTO " + table + " VALUES (1)");
            }));
        }
        assertThat(receiver.await(20))
                .extracting(Received::pathAndQuery)
                .containsExactlyInAnyOrderElementsOf(
                        tables.stream().map(table -> "/" + table).toList());
    }

    @Test
    void aTransactionThatWroteBeforeTheListenerAndCommitsAfterItIsDelivered() throws Exception {
        String table = table("id int PRIMARY KEY");
        try (OpenTransaction writer = OpenTransaction.at(nexus.databaseUrl(), "INSERT INTO " + table + " VALUES (1)");
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<JsonNode> made =
                    threads.submit(() -> listener(table, receiver.uri().toString()));
            Eventually.eventually("the table is published", () -> nexus.query(
                            "SELECT 1 FROM pg_publication_tables WHERE tablename = '" + table + "'")
                    .contains("1"));
            writer.execute("INSERT INTO " + table + " VALUES (2)");
            writer.commit();

            assertThat(made.get().path("warnings")).isEmpty();
            nexus.sql("INSERT INTO " + table + " VALUES (3)");
            assertThat(receiver.await(1).getLast().text()).contains("\"record\":{\"id\":");
            Eventually.eventually("the row behind the answer arrives", () -> receiver.received().stream()
                    .anyMatch(webhook ->
                            payload(webhook).path("record").path("id").asInt() == 3));
        }
    }

    @Test
    void aTransactionThatStaysOpenDoesNotHoldTheListenerUpForLongButIsToldOf() {
        String table = table("id int PRIMARY KEY");
        try (OpenTransaction writer = OpenTransaction.at(nexus.databaseUrl(), "INSERT INTO " + table + " VALUES (1)")) {

            JsonNode made = listener(table, receiver.uri().toString());

            assertThat(made.path("warnings")).hasSize(1);
            writer.commit();
        }
        nexus.sql("INSERT INTO " + table + " VALUES (2)");
        Eventually.eventually("the row behind the answer arrives", () -> receiver.received().stream()
                .anyMatch(webhook -> payload(webhook).path("record").path("id").asInt() == 2));
    }

    private static JsonNode listener(String table, String url) {
        return api.post("/api/v1/listeners", """
                        {"name":"test","source_table":"%s","event":"INSERT","target_url":"%s"}""".formatted(table, url))
                .expect(201)
                .json()
                .path("data");
    }

    private static String table(String columns) {
        String table = "t_" + TABLES.incrementAndGet();
        nexus.sql("CREATE TABLE " + table + " (" + columns + ")");
        return table;
    }

    private static String utc(String query) {
        try (Connection connection = nexus.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET timezone = 'UTC'");
            try (ResultSet result = statement.executeQuery(query)) {
                result.next();
                return result.getString(1);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JsonNode payload(Received webhook) {
        return ApiClient.json(webhook.text()).path("payload").path("data");
    }

    /** {@code data} of each webhook, digit for digit, once so many have come. */
    private List<String> data(int count) {
        return receiver.await(count).stream()
                .map(Received::text)
                .map(text -> text.substring(
                        text.indexOf("\"payload\":{\"data\":") + "\"payload\":{\"data\":".length(),
                        text.indexOf(",\"metadata\":{\"source\"")))
                .toList();
    }
}
