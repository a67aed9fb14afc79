package nexus.store;

import static nexus.testkit.TestPostgres.await;
import static nexus.testkit.TestPostgres.execute;
import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No setting of a role or a database reaches a session of Nexus. */
class SessionSettingsPostgresTest {
    /** Each with a value that would change what is delivered, or stop something. */
    private static final Map<String, String> HOSTILE = hostile();

    private final String url = TestPostgres.freshStore();
    private final String database = PostgresUrl.parse(url).database();

    private static Map<String, String> hostile() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("search_path", "public, pg_catalog");
        settings.put("client_encoding", "LATIN1");
        settings.put("TimeZone", "Asia/Kolkata");
        settings.put("DateStyle", "SQL, DMY");
        settings.put("IntervalStyle", "iso_8601");
        settings.put("bytea_output", "escape");
        settings.put("extra_float_digits", "-5");
        settings.put("quote_all_identifiers", "on");
        settings.put("lc_monetary", "C.UTF-8");
        settings.put("lc_numeric", "C.UTF-8");
        settings.put("lc_time", "C.UTF-8");
        settings.put("xmlbinary", "hex");
        settings.put("xmloption", "document");
        settings.put("backslash_quote", "off");
        settings.put("array_nulls", "off");
        settings.put("transform_null_equals", "on");
        settings.put("row_security", "off");
        settings.put("check_function_bodies", "off");
        settings.put("default_transaction_isolation", "serializable");
        settings.put("default_transaction_read_only", "on");
        settings.put("default_transaction_deferrable", "on");
        settings.put("exit_on_error", "on");
        settings.put("client_min_messages", "debug5");
        settings.put("synchronous_commit", "off");
        settings.put("statement_timeout", "1");
        settings.put("lock_timeout", "1");
        settings.put("idle_in_transaction_session_timeout", "1");
        settings.put("idle_session_timeout", "1");
        if (TestPostgres.version() >= 17) {
            settings.put("transaction_timeout", "1");
            settings.put("restrict_nonsystem_relation_kind", "view");
        }
        settings.put("session_replication_role", "replica");
        return settings;
    }

    @Test
    void everySettingThatIsPinnedIsTriedHere() {
        assertThat(HOSTILE.keySet())
                .containsAll(Stream.concat(
                                SessionSettings.source().values().keySet().stream(),
                                SessionSettings.store().values().keySet().stream())
                        .filter(name -> !name.equals("standard_conforming_strings") && !name.startsWith("plpgsql."))
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"ROLE %1$s", "ROLE %1$s IN DATABASE %2$s", "DATABASE %2$s"})
    void noSettingFromOutsideReachesASession(String level) throws SQLException {
        Map<String, String> untouched = settings(SessionSettings.source());
        String elsewhere = TestPostgres.freshDatabase();
        String role = "hostile_" + database;
        execute(elsewhere, "CREATE ROLE " + role + " LOGIN SUPERUSER");
        String hostile = url.replace("postgres@", role + "@");
        String alter = "ALTER " + level.formatted(role, database) + " SET ";
        HOSTILE.forEach((name, value) ->
                execute(elsewhere, alter + name + " = " + (name.equals("search_path") ? value : "'" + value + "'")));
        try (Connection connection = JdbcSessions.open(PostgresUrl.parse(hostile), SessionSettings.source())) {
            assertThat(settings(connection)).isEqualTo(untouched);
        }
        Store store = new Store(TestPostgres.vertx(), TestPostgres.storeConfig(hostile));
        for (String setting : List.of(
                "client_encoding", "search_path", "default_transaction_read_only", "exit_on_error", "xmlbinary")) {
            assertThat(await(store.api()
                                    .query("SELECT current_setting('" + setting + "')")
                                    .execute())
                            .iterator()
                            .next()
                            .getString(0))
                    .isEqualTo(SessionSettings.store().values().get(setting));
        }
        store.close();
        execute(elsewhere, "DROP ROLE " + role);
    }

    private Map<String, String> settings(SessionSettings wanted) throws SQLException {
        try (Connection connection = JdbcSessions.open(PostgresUrl.parse(url), wanted)) {
            return settings(connection);
        }
    }

    private static Map<String, String> settings(Connection connection) throws SQLException {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String name : HOSTILE.keySet()) {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SHOW " + name)) {
                row.next();
                settings.put(name, row.getString(1));
            }
        }
        return settings;
    }
}
