package nexus.store;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import nexus.notation.SqlState;
import org.postgresql.PGProperty;

/** The only place that opens blocking connections to PostgreSQL. The caller closes the connection. */
public final class JdbcSessions {
    private static final int SLOW_START_SECONDS = 5;

    /**
     * A setting that no server and no pooler knows. Its presence proves that the session was started for this
     * connection.
     */
    private static final String MARK = "nexus.session";

    private static final String READ_MARK = "SELECT pg_catalog.current_setting('" + MARK + "', true)";

    private JdbcSessions() {}

    /** A session before its first statement, and whether it accepted the options of its start-up message. */
    record Unset(Connection connection, boolean takesOptions) implements AutoCloseable {
        @Override
        public void close() throws SQLException {
            connection.close();
        }
    }

    public static Connection open(PostgresUrl url, SessionSettings settings) throws SQLException {
        return open(url, settings, new Properties());
    }

    /**
     * @param driver further properties of the driver
     * @throws Pooling.SharedSessionException if other connections share the session, so that no setting may be changed
     *     in it
     */
    public static Connection open(PostgresUrl url, SessionSettings settings, Properties driver) throws SQLException {
        Unset session = unset(url, settings.options(), driver);
        try {
            if (!session.takesOptions() && Pooling.of(url) instanceof Pooling.PerTransaction shared) {
                throw new Pooling.SharedSessionException(url, shared);
            }
            try (Statement statement = session.connection().createStatement()) {
                statement.execute(settings.statement());
            }
            return session.connection();
        } catch (SQLException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /** Opens a session with the role's own settings, for a statement of the user. */
    public static Connection openAsUser(PostgresUrl url) throws SQLException {
        return connect(url, new Properties());
    }

    static Unset unset(PostgresUrl url, Duration patience) throws SQLException {
        int seconds = Math.toIntExact(patience.toSeconds());
        Properties driver = new Properties();
        PGProperty.LOGIN_TIMEOUT.set(driver, seconds);
        PGProperty.SOCKET_TIMEOUT.set(driver, seconds);
        PGProperty.PREFER_QUERY_MODE.set(driver, "simple");
        return unset(
                url.connectingWithin(patience),
                SessionSettings.withoutTimeouts().options(),
                driver);
    }

    private static Unset unset(PostgresUrl url, String options, Properties driver) throws SQLException {
        String mark = UUID.randomUUID().toString();
        Connection connection;
        try {
            connection = started(url, options + " -c " + MARK + "=" + mark, driver);
        } catch (SQLException e) {
            if (!refusesOptions(e)) {
                throw e;
            }
            return new Unset(connect(url, driver), false);
        }
        try {
            return new Unset(connection, mark.equals(SingleValue.text(connection, READ_MARK)));
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** Sends the setting of newer servers, unless this server does not know it. */
    private static Connection started(PostgresUrl url, String options, Properties driver) throws SQLException {
        if (NewerSetting.isKnownAt(url).orElse(true)) {
            try {
                Connection connection = connect(url, with(driver, options + NewerSetting.OPTION));
                NewerSetting.record(url, true);
                return connection;
            } catch (SQLException e) {
                if (!NewerSetting.isRefused(e.getSQLState())) {
                    throw e;
                }
                NewerSetting.record(url, false);
            }
        }
        Connection connection;
        try {
            connection = connect(url, with(driver, options));
        } catch (SQLException e) {
            if (NewerSetting.ended(e)) {
                NewerSetting.forget(url); // the server was upgraded
            }
            throw e;
        }
        if (!NewerSetting.isIn(connection.getMetaData().getDatabaseMajorVersion())) {
            return connection;
        }
        connection.close();
        NewerSetting.record(url, true);
        return connect(url, with(driver, options + NewerSetting.OPTION));
    }

    private static Properties with(Properties driver, String options) {
        Properties properties = new Properties();
        properties.putAll(driver);
        PGProperty.OPTIONS.set(properties, options);
        return properties;
    }

    /**
     * Whether an error means that a pooler refused the start-up options. Poolers word it in various ways; a server
     * itself accepts all options of this program.
     */
    static boolean refusesOptions(SQLException failure) {
        String reason = SqlReason.of(failure).toLowerCase(Locale.ROOT);
        return SqlState.is(failure, SqlState.PROTOCOL_VIOLATION)
                || SqlState.is(failure, SqlState.FEATURE_NOT_SUPPORTED)
                || reason.contains("startup parameter")
                || reason.contains("command-line options");
    }

    /** The configuration of the migrations' pool, for a server at which sessions were opened before. */
    public static Map<String, String> poolSettings(PostgresUrl url, SessionSettings settings, boolean isPooled) {
        Map<String, String> pool = new HashMap<>();
        String newer = NewerSetting.isKnownAt(url).orElse(false) ? NewerSetting.OPTION : "";
        String options = isPooled ? "" : "&options=" + PostgresUrl.encoded(settings.options() + newer);
        pool.put("quarkus.datasource.jdbc.url", url.jdbcUrl() + options);
        pool.put("quarkus.datasource.jdbc.new-connection-sql", settings.statement());
        pool.put("quarkus.datasource.username", url.user());
        if (!url.password().isEmpty()) {
            pool.put("quarkus.datasource.password", url.password());
        }
        return pool;
    }

    private static Connection connect(PostgresUrl url, Properties driver) throws SQLException {
        Properties properties = new Properties();
        // A server, or a proxy in front of it, may accept the connection and never answer.
        PGProperty.LOGIN_TIMEOUT.set(properties, url.connectTimeoutSeconds() + SLOW_START_SECONDS);
        PGProperty.TCP_KEEP_ALIVE.set(properties, true);
        properties.putAll(driver);
        PGProperty.USER.set(properties, url.user());
        if (!url.password().isEmpty()) {
            PGProperty.PASSWORD.set(properties, url.password());
        }
        return DriverManager.getConnection(url.jdbcUrl(), properties);
    }
}
