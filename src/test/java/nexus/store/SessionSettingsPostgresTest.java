package nexus.store;

import static nexus.testkit.TestPostgres.await;
import static nexus.testkit.TestPostgres.execute;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import nexus.testkit.Eventually;
import nexus.testkit.HostileSettings;
import nexus.testkit.PostgresPrograms;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGProperty;

/** No setting of a role or a database reaches a session of Nexus. */
class SessionSettingsPostgresTest {
    private static final String STARTED_WITH = "SELECT reset_val FROM pg_catalog.pg_settings WHERE name IN ('"
            + String.join("', '", HostileSettings.timeouts()) + "')";

    private final String url = TestPostgres.freshStore();
    private final String database = PostgresUrl.parse(url).database();

    @Test
    void everySettingThatIsPinnedIsTriedHere() {
        assertThat(HostileSettings.all().keySet())
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
        HostileSettings.set(elsewhere, "ALTER " + level.formatted(role, database));
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

    /** Timeouts of a millisecond would end every session of the whole server, while it starts: they are longer here. */
    @Test
    void noSettingOfTheServerReachesASession() throws IOException, SQLException {
        Map<String, String> untouched = settings(SessionSettings.source());
        try (EmbeddedPostgres server =
                PostgresPrograms.server(TestPostgres.version()).start()) {
            String own = "postgresql://postgres@localhost:" + server.getPort() + "/postgres";
            Map<String, String> hostile = HostileSettings.all();
            HostileSettings.timeouts().forEach(name -> hostile.put(name, "77min"));
            HostileSettings.set(own, "ALTER SYSTEM", hostile);
            execute(own, "SELECT pg_reload_conf()");
            Eventually.eventually(
                    "the server has read them", () -> TestPostgres.query(own, "SELECT current_setting('IntervalStyle')")
                            .equals(List.of("iso_8601")));
            try (Connection connection = JdbcSessions.open(PostgresUrl.parse(own), SessionSettings.source())) {
                assertThat(settings(connection)).isEqualTo(untouched);
            }
        }
    }

    /** What a session goes back to is what its start-up message set: nothing from outside holds before that, either. */
    @Test
    void noTimeoutFromOutsideHoldsBeforeTheFirstStatement() throws SQLException {
        String elsewhere = TestPostgres.freshDatabase();
        String role = "hurried_" + database;
        execute(elsewhere, "CREATE ROLE " + role + " LOGIN SUPERUSER");
        HostileSettings.set(elsewhere, "ALTER ROLE " + role);
        PostgresUrl hurried = PostgresUrl.parse(url.replace("postgres@", role + "@"));
        for (boolean wasSeen : List.of(false, true)) {
            if (!wasSeen) {
                NewerSetting.forget(hurried);
            }
            try (Connection connection = JdbcSessions.open(hurried, SessionSettings.source())) {
                assertThat(startedWith(connection)).containsOnly("0");
            }
            try (Connection stream = JdbcSessions.open(hurried, SessionSettings.source(), walsender())) {
                assertThat(startedWith(stream)).containsOnly("0");
            }
            if (!wasSeen) {
                NewerSetting.forget(hurried);
            }
            assertThat(Pooling.of(hurried)).isEqualTo(new Pooling.Direct());
            ReactiveSessions sessions = new ReactiveSessions(TestPostgres.vertx(), hurried, false);
            if (!wasSeen) {
                NewerSetting.forget(hurried);
            }
            Pool pool = sessions.pool(SessionSettings.store(), new PoolOptions().setMaxSize(1));
            assertThat(startedWith(await(pool.query(STARTED_WITH).execute()))).containsOnly("0");
            await(pool.close());
            if (!wasSeen) {
                NewerSetting.forget(hurried);
            }
            PgConnection outside = await(sessions.connection(SessionSettings.store()));
            assertThat(startedWith(await(outside.query(STARTED_WITH).execute())))
                    .containsOnly("0");
            await(outside.close());
        }
        String migrating = JdbcSessions.poolSettings(hurried, SessionSettings.store(), false)
                .get("quarkus.datasource.jdbc.url");
        try (Connection connection = DriverManager.getConnection(migrating, role, "")) {
            assertThat(startedWith(connection)).containsOnly("0");
        }
        execute(elsewhere, "DROP ROLE " + role);
    }

    private static Properties walsender() {
        Properties driver = new Properties();
        PGProperty.REPLICATION.set(driver, "database");
        PGProperty.PREFER_QUERY_MODE.set(driver, "simple");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(driver, "10");
        return driver;
    }

    private static List<String> startedWith(Connection connection) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(STARTED_WITH)) {
            while (row.next()) {
                values.add(row.getString(1));
            }
        }
        return values;
    }

    private static List<String> startedWith(RowSet<Row> rows) {
        List<String> values = new ArrayList<>();
        rows.forEach(row -> values.add(row.getString(0)));
        return values;
    }

    private Map<String, String> settings(SessionSettings wanted) throws SQLException {
        try (Connection connection = JdbcSessions.open(PostgresUrl.parse(url), wanted)) {
            return settings(connection);
        }
    }

    private static Map<String, String> settings(Connection connection) throws SQLException {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String name : HostileSettings.all().keySet()) {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SHOW " + name)) {
                row.next();
                settings.put(name, row.getString(1));
            }
        }
        return settings;
    }
}
