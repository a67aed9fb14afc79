package nexus.doctor;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import nexus.store.PostgresUrl;
import org.postgresql.PGProperty;

/** Connections that can't write, wait for no lock, and give up soon. */
final class ReadOnlyConnections {
    /** For a connection to be made, name look-up and all. */
    static final Duration PATIENCE = Duration.ofSeconds(4);

    private static final String LIMITS =
            "-c default_transaction_read_only=on -c statement_timeout=3000 -c lock_timeout=200";

    private ReadOnlyConnections() {}

    static Connection ordinary(PostgresUrl url) throws SQLException {
        Properties properties = properties(url);
        PGProperty.OPTIONS.set(properties, LIMITS);
        return DriverManager.getConnection(hurried(url).jdbcUrl(), properties);
    }

    /** As capture makes one: some servers, and all that stands before them, refuse only these. */
    static Connection replication(PostgresUrl url) throws SQLException {
        Properties properties = properties(url);
        PGProperty.REPLICATION.set(properties, "database");
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "10");
        return DriverManager.getConnection(hurried(url).jdbcUrl(), properties);
    }

    /** What stands in the driver's URL wins over its properties. */
    private static PostgresUrl hurried(PostgresUrl url) {
        Map<String, String> parameters = new HashMap<>(url.parameters());
        parameters.put("connect_timeout", Long.toString(Math.min(PATIENCE.toSeconds(), url.connectTimeoutSeconds())));
        return new PostgresUrl(url.host(), url.port(), url.database(), url.user(), url.password(), parameters);
    }

    private static Properties properties(PostgresUrl url) {
        Properties properties = new Properties();
        PGProperty.USER.set(properties, url.user());
        if (!url.password().isEmpty()) {
            PGProperty.PASSWORD.set(properties, url.password());
        }
        PGProperty.SSL_MODE.set(properties, url.sslMode());
        PGProperty.LOGIN_TIMEOUT.set(properties, (int) PATIENCE.toSeconds());
        PGProperty.SOCKET_TIMEOUT.set(properties, (int) PATIENCE.toSeconds());
        return properties;
    }
}
