package nexus.replication;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import java.util.UUID;
import nexus.store.PostgresUrl;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;

/** Opens connections to the source database. Whoever asks for one closes it. */
@Singleton
public class SourceConnections {
    /** Beyond this a query of the catalog is not slow but stuck. */
    private static final Duration QUERY_TIMEOUT = Duration.ofSeconds(10);

    /**
     * Longest wait for a table that somebody changes or vacuums; whoever needs it tries again. Longer than
     * {@code deadlock_timeout}: only then does the server stop an autovacuum for us.
     */
    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(2);

    /** Behind the application's name, so that the stream is told from the others in {@code pg_stat_activity}. */
    private static final String CAPTURE_SUFFIX = "-capture";

    /** What the text of a value depends on. The driver sets some of them itself when it connects, so not before. */
    private static final String TEXT_FORMAT = """
            SET TimeZone = 'UTC';
            SET DateStyle = 'ISO, MDY';
            SET IntervalStyle = 'postgres';
            SET bytea_output = 'hex';
            SET extra_float_digits = 1""";

    /** Nothing is converted, whatever the server's encoding is. */
    private static final String AS_IT_IS = "SET client_encoding = 'SQL_ASCII'";

    private final PostgresUrl url;

    @Inject
    public SourceConnections(SourceConfig config) {
        this(PostgresUrl.parse(config.url()));
    }

    SourceConnections(PostgresUrl url) {
        this.url = url;
    }

    PostgresUrl url() {
        return url;
    }

    /** For the catalog and the publications: no statement takes longer than 10 s, or waits for a lock longer than 2 s. */
    Connection ordinary() throws SQLException {
        Properties properties = properties();
        PGProperty.SOCKET_TIMEOUT.set(
                properties, (int) QUERY_TIMEOUT.plusSeconds(5).toSeconds());
        PGProperty.OPTIONS.set(
                properties,
                "-c lock_timeout=" + LOCK_TIMEOUT.toMillis() + " -c statement_timeout=" + QUERY_TIMEOUT.toMillis());
        return DriverManager.getConnection(url.jdbcUrl(), properties);
    }

    /** For one statement that may take as long as the longest transaction of the cluster. */
    Connection patient() throws SQLException {
        Properties properties = properties();
        PGProperty.OPTIONS.set(properties, "-c statement_timeout=0 -c lock_timeout=0");
        return DriverManager.getConnection(url.jdbcUrl(), properties);
    }

    /**
     * For replication commands, with texts in the server's encoding where that can be read: the server converts none of
     * them then, and can't fail at one. Without a socket timeout: the driver would lose its place in the stream with one.
     */
    StreamConnection replication(boolean asItIs) throws SQLException {
        String socketName = UUID.randomUUID().toString();
        Properties properties = properties();
        PGProperty.SOCKET_FACTORY.set(properties, StreamSockets.class.getName());
        PGProperty.SOCKET_FACTORY_ARG.set(properties, socketName);
        PGProperty.ALLOW_ENCODING_CHANGES.set(properties, true);
        PGProperty.SSL_FACTORY.set(properties, StreamTls.class.getName());
        PGProperty.REPLICATION.set(properties, "database");
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "10");
        PGProperty.SOCKET_TIMEOUT.set(properties, 0);
        @Nullable Connection connection = null;
        try {
            connection = DriverManager.getConnection(url.jdbcUrl(url.applicationName() + CAPTURE_SUFFIX), properties);
            try (Statement statement = connection.createStatement()) {
                statement.execute(TEXT_FORMAT);
                TextEncoding encoding = TextEncoding.of(
                        connection.unwrap(PGConnection.class).getParameterStatus("server_encoding"), asItIs);
                if (encoding.isServers()) {
                    statement.execute(AS_IT_IS);
                }
                return new StreamConnection(connection, StreamSockets.take(socketName), encoding.charset());
            }
        } catch (SQLException e) {
            StreamSockets.take(socketName);
            if (connection != null) {
                connection.close();
            }
            throw e;
        }
    }

    static int backendPid(Connection connection) throws SQLException {
        return connection.unwrap(PGConnection.class).getBackendPID();
    }

    private Properties properties() {
        Properties properties = new Properties();
        PGProperty.USER.set(properties, url.user());
        if (!url.password().isEmpty()) {
            PGProperty.PASSWORD.set(properties, url.password());
        }
        PGProperty.LOGIN_TIMEOUT.set(properties, url.connectTimeoutSeconds() + 5);
        PGProperty.TCP_KEEP_ALIVE.set(properties, true);
        return properties;
    }
}
