package nexus.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import nexus.event.IncomingEvent;
import nexus.event.Ordering;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The functions of {@code R__publish_from_sql.sql}, installed as an administrator does it in a source database. */
class PublishFromSqlPostgresTest {
    private static final Path FILE = Path.of("db/migration/R__publish_from_sql.sql");

    private final String url = TestPostgres.freshDatabase();
    private SlotReader source;

    @BeforeEach
    void install() throws SQLException, IOException {
        source = new SlotReader(url, "everything");
        source.execute(Files.readString(FILE), Files.readString(FILE));
        source.messages();
    }

    @AfterEach
    void closeSlot() throws SQLException {
        source.close();
    }

    private static String at(IncomingEvent event) {
        String body = SlotReader.body(event);
        return body.substring(body.indexOf("\"payload\":"));
    }

    @Test
    void aTransactionWithNothingButAnEventMakesTheEvent() throws SQLException {
        source.execute("SELECT nexus.publish('user.created', '{\"id\": 1.50}')");
        source.execute("SELECT nexus.publish('user.created', '{}', '{\"by\": \"ann\"}', ordering_key => 'u_1')");
        List<IncomingEvent> events = source.events();
        assertThat(events).extracting(event -> event.type().value()).containsExactly("user.created", "user.created");
        assertThat(at(events.getFirst())).isEqualTo("\"payload\":{\"data\":{\"id\": 1.50},\"metadata\":{}}}");
        assertThat(at(events.getLast())).isEqualTo("\"payload\":{\"data\":{},\"metadata\":{\"by\": \"ann\"}}}");
        assertThat(events.getFirst().ordering()).isEqualTo(Ordering.NONE);
        assertThat(events.getLast().ordering()).isEqualTo(Ordering.published("u_1"));
    }

    @Test
    void whatIsRolledBackIsNeverSentAndAnnotatesNothing() throws SQLException {
        source.execute(
                "CREATE TABLE note (id int PRIMARY KEY)",
                "BEGIN",
                "SELECT nexus.publish('gone', '{}')",
                "ROLLBACK",
                "BEGIN",
                "SELECT nexus.publish('first', '{}')",
                "SAVEPOINT s",
                "SELECT nexus.publish('gone', '{}')",
                "SELECT nexus.annotate('{\"gone\": true}')",
                "ROLLBACK TO SAVEPOINT s",
                "INSERT INTO note VALUES (1)",
                "SELECT nexus.publish('last', '{}')",
                "COMMIT");
        List<IncomingEvent> events = source.events();
        assertThat(events)
                .extracting(event -> event.type().value())
                .containsExactly("first", "pg.public.note.insert", "last");
        assertThat(SlotReader.body(events.get(1))).doesNotContain("gone");
    }

    @Test
    void anAnnotationIsOnTheLaterRowsOfItsTransaction() throws SQLException {
        source.execute(
                "CREATE TABLE note (id int PRIMARY KEY)",
                "BEGIN",
                "INSERT INTO note VALUES (1)",
                "SELECT nexus.annotate('{\"actor\": \"ann\", \"why\": {\"ticket\": 7}}')",
                "INSERT INTO note VALUES (2)",
                "SELECT nexus.annotate('{\"actor\": \"bob\"}')",
                "DELETE FROM note WHERE id = 1",
                "COMMIT",
                "INSERT INTO note VALUES (3)");
        assertThat(source.events())
                .extracting(event -> SlotReader.body(event).replaceAll("(?s).*\"committedAt\":\"[^\"]*\"", ""))
                .containsExactly(
                        "}}}",
                        ",\"why\":{\"ticket\": 7},\"actor\":\"ann\"}}}",
                        ",\"why\":{\"ticket\": 7},\"actor\":\"bob\"}}}",
                        "}}}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "publish(NULL, '{}') ; 22023 ; type must be segments",
                "publish('', '{}') ; 22023 ; type must be segments",
                "publish('a..b', '{}') ; 22023 ; type must be segments",
                "publish(E'a\\n', '{}') ; 22023 ; type must be segments",
                "publish('ä', '{}') ; 22023 ; type must be segments",
                "publish(repeat('a', 257), '{}') ; 22023 ; type must be segments",
                "publish('pg.public.t.insert', '{}') ; 22023 ; type must not start",
                "publish('nexus.test', '{}') ; 22023 ; type must not start",
                "publish('a', NULL) ; 22023 ; data must be a JSON object",
                "publish('a', '[]') ; 22023 ; data must be a JSON object",
                "publish('a', '{}', '1') ; 22023 ; metadata must be a JSON object",
                "publish('a', '{}', '{}', '') ; 22023 ; ordering_key must have",
                "publish('a', '{}', '{}', repeat('k', 257)) ; 22023 ; ordering_key must have",
                "publish('a', jsonb_build_object('x', repeat('x', 1048576))) ; 54000 ; data and metadata must have at most 1 MiB",
                "publish('a', (repeat('{\"a\":', 99) || '{}' || repeat('}', 99))::jsonb) ; 22023 ; must not nest deeper",
                "annotate(NULL) ; 22023 ; metadata must be a JSON object",
                "annotate('[1]') ; 22023 ; metadata must be a JSON object",
                "annotate('{\"lsn\": 1}') ; 22023 ; metadata must not have \"lsn\"",
                "annotate('{\"a\": 1, \"partition\": 1}') ; 22023 ; metadata must not have \"partition\"",
                "annotate((repeat('[', 101) || repeat(']', 101))::jsonb) ; 22023 ; metadata must be a JSON object",
                "annotate(('{\"a\":' || repeat('[', 100) || repeat(']', 100) || '}')::jsonb) ; 22023 ; must not nest deeper",
                "annotate(jsonb_build_object('x', repeat('x', 8192))) ; 54000 ; metadata must have at most 8 KiB"
            })
    void whatIsWrongIsAnErrorThatNamesTheArgument(String call, String state, String message) {
        assertThatThrownBy(() -> source.execute("SELECT nexus." + call))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(state))
                .hasMessageContaining(message);
    }

    @Test
    void whatTheFunctionsLetThroughIsAlwaysTaken() throws SQLException {
        source.execute(
                "CREATE TABLE note (id int PRIMARY KEY)",
                "SELECT nexus.publish(repeat('a', 256), '{}', NULL, repeat('😀', 256))",
                "SELECT nexus.publish('a', jsonb_build_object('x', repeat('x', 1048000), 'y', 1))",
                "SELECT nexus.publish('a', (repeat('{\"a\":', 98) || '7' || repeat('}', 98))::jsonb)",
                "SELECT nexus.publish('a', jsonb_build_object('n', '1e131000'::numeric, repeat('k', 100000), 1))",
                "BEGIN",
                "SELECT nexus.annotate(('{\"a\":' || repeat('[', 99) || repeat(']', 99) || '}')::jsonb)",
                "SELECT nexus.annotate(jsonb_build_object('x', repeat('ü', 4080)))",
                "SELECT nexus.annotate('{}')",
                "INSERT INTO note VALUES (1)",
                "COMMIT");
        assertThat(source.events()).hasSize(5);
        assertThat(source.refused()).isZero();
    }

    @Test
    void aMessageMadeByHandIsAnEventOrCountedAsRefused() throws SQLException {
        source.execute(
                "SELECT pg_logical_emit_message(true, 'nexus.publish', '{\"type\":\"by.hand\",\"data\":{\"n\":1}}')",
                "SELECT pg_logical_emit_message(true, 'nexus.publish', 'nonsense')",
                "SELECT pg_logical_emit_message(true, 'nexus.annotate', '[]')",
                "SELECT pg_logical_emit_message(false, 'nexus.publish', '{\"type\":\"at.once\",\"data\":{}}')",
                "SELECT pg_logical_emit_message(true, 'somebody else', 'nonsense')");
        assertThat(source.events()).extracting(event -> event.type().value()).containsExactly("by.hand");
        assertThat(source.refused()).isEqualTo(3);
    }

    @Test
    void whoMayUseTheSchemaMayPublishAndReadNoTable() throws SQLException {
        String role = "publisher_" + url.substring(url.lastIndexOf('_') + 1);
        source.execute("CREATE TABLE nexus.owed (id int)", "CREATE ROLE " + role, "SET ROLE " + role);
        try {
            assertThatThrownBy(() -> source.execute("SELECT nexus.publish('a', '{}')"))
                    .hasMessageContaining("permission denied for schema nexus");
            source.execute(
                    "RESET ROLE",
                    "GRANT USAGE ON SCHEMA nexus TO " + role,
                    "SET ROLE " + role,
                    "SELECT nexus.annotate('{}')",
                    "SELECT nexus.publish('a', '{}')");
            assertThatThrownBy(() -> source.execute("SELECT * FROM nexus.owed"))
                    .hasMessageContaining("permission denied for table owed");
            source.execute("RESET ROLE");
            assertThat(source.events()).hasSize(1);
        } finally {
            source.execute("RESET ROLE", "REVOKE ALL ON SCHEMA nexus FROM " + role, "DROP ROLE " + role);
        }
    }

    @Test
    void aDatabaseInAnotherEncodingPublishesUtf8() throws SQLException, IOException {
        String name = "latin1_" + url.substring(url.lastIndexOf('_') + 1);
        source.execute("CREATE DATABASE " + name + " ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
        try (SlotReader latin1 = new SlotReader(url.substring(0, url.lastIndexOf('/') + 1) + name, "everything")) {
            latin1.execute(Files.readString(FILE), "SELECT nexus.publish('a', '{\"ü\": \"é\"}')");
            assertThat(at(latin1.events().getFirst())).contains("{\"ü\": \"é\"}");
        }
    }

    @Test
    void theFunctionsAreDescribed() throws SQLException {
        assertThat(source.one("SELECT count(obj_description(oid, 'pg_proc')) FROM pg_proc"
                        + " WHERE pronamespace = 'nexus'::regnamespace AND proname IN ('publish', 'annotate')"))
                .isEqualTo("2");
    }

    @Test
    void theSearchPathOfTheCallerDoesNotMatter() throws SQLException {
        try (Connection connection = TestPostgres.connect(url);
                Statement statement = connection.createStatement()) {
            statement.execute("SET synchronous_commit = on");
            statement.execute("CREATE SCHEMA odd");
            statement.execute("CREATE FUNCTION odd.length(text) RETURNS int LANGUAGE sql AS 'SELECT 0'");
            statement.execute("SET search_path = odd, pg_catalog");
            statement.execute("SELECT nexus.publish('a', '{}', ordering_key => 'k')");
        }
        assertThat(source.events()).hasSize(1);
    }
}
