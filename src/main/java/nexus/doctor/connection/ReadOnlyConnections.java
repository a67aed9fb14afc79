package nexus.doctor.connection;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import nexus.store.JdbcSessions;
import nexus.store.PostgresUrl;
import nexus.store.SessionSettings;
import org.postgresql.PGProperty;

/** Connections that cannot write, do not wait for locks, and have short timeouts. */
public final class ReadOnlyConnections {
    /** The timeout of connecting, with the name look-up. */
    static final Duration PATIENCE = Duration.ofSeconds(4);

    private static final SessionSettings SETTINGS = SessionSettings.source()
            .with(Map.of("default_transaction_read_only", "on", "statement_timeout", "3000", "lock_timeout", "200"));

    private ReadOnlyConnections() {}

    public static Connection ordinary(PostgresUrl url) throws SQLException {
        return JdbcSessions.open(url.connectingWithin(PATIENCE), SETTINGS, driver());
    }

    /** A replication connection like that of capture; some servers and all poolers refuse only these. */
    public static Connection replication(PostgresUrl url) throws SQLException {
        Properties driver = driver();
        PGProperty.REPLICATION.set(driver, "database");
        PGProperty.PREFER_QUERY_MODE.set(driver, "simple");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(driver, "10");
        return JdbcSessions.open(url.connectingWithin(PATIENCE), SETTINGS, driver);
    }

    private static Properties driver() {
        Properties driver = new Properties();
        PGProperty.LOGIN_TIMEOUT.set(driver, (int) PATIENCE.toSeconds());
        PGProperty.SOCKET_TIMEOUT.set(driver, (int) PATIENCE.toSeconds());
        return driver;
    }
}
