package nexus.replication.source;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import nexus.replication.connection.StreamConnection;
import nexus.replication.connection.StreamSockets;
import nexus.replication.connection.StreamTls;
import nexus.store.JdbcSessions;
import nexus.store.PostgresUrl;
import nexus.store.SessionSettings;
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

    /** Nothing is converted, whatever the server's encoding is. */
    private static final String AS_IT_IS = "SET client_encoding = 'SQL_ASCII'";

    private final PostgresUrl url;

    @Inject
    public SourceConnections(SourceConfig config) {
        this(PostgresUrl.parse(config.url()));
    }

    public SourceConnections(PostgresUrl url) {
        this.url = url;
    }

    public PostgresUrl url() {
        return url;
    }

    /** For the catalog and the publications: no statement takes longer than 10 s, or waits for a lock longer than 2 s. */
    public Connection ordinary() throws SQLException {
        Properties driver = new Properties();
        PGProperty.SOCKET_TIMEOUT.set(driver, (int) QUERY_TIMEOUT.plusSeconds(5).toSeconds());
        return JdbcSessions.open(
                url,
                SessionSettings.source()
                        .with(Map.of(
                                "lock_timeout",
                                Long.toString(LOCK_TIMEOUT.toMillis()),
                                "statement_timeout",
                                Long.toString(QUERY_TIMEOUT.toMillis()))),
                driver);
    }

    /** For one statement that may take as long as the longest transaction of the cluster. */
    public Connection patient() throws SQLException {
        return JdbcSessions.open(url, SessionSettings.source());
    }

    /**
     * For replication commands, with texts in the server's encoding where that can be read: the server converts none of
     * them then, and can't fail at one. Without a socket timeout: the driver would lose its place in the stream with one.
     */
    public StreamConnection replication(boolean asItIs) throws SQLException {
        String socketName = UUID.randomUUID().toString();
        Properties driver = new Properties();
        PGProperty.SOCKET_FACTORY.set(driver, StreamSockets.class.getName());
        PGProperty.SOCKET_FACTORY_ARG.set(driver, socketName);
        PGProperty.ALLOW_ENCODING_CHANGES.set(driver, true);
        PGProperty.SSL_FACTORY.set(driver, StreamTls.class.getName());
        PGProperty.REPLICATION.set(driver, "database");
        PGProperty.PREFER_QUERY_MODE.set(driver, "simple");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(driver, "10");
        PGProperty.SOCKET_TIMEOUT.set(driver, 0);
        @Nullable Connection connection = null;
        try {
            connection = JdbcSessions.open(url.named(streamName(url)), SessionSettings.source(), driver);
            TextEncoding encoding = TextEncoding.of(
                    connection.unwrap(PGConnection.class).getParameterStatus("server_encoding"), asItIs);
            if (encoding.isServers()) {
                try (Statement statement = connection.createStatement()) {
                    statement.execute(AS_IT_IS);
                }
            }
            return new StreamConnection(connection, StreamSockets.take(socketName), encoding.charset());
        } catch (SQLException e) {
            StreamSockets.take(socketName);
            if (connection != null) {
                connection.close();
            }
            throw e;
        }
    }

    /** Under which name the stream of this source shows in {@code pg_stat_replication}. */
    public static String streamName(PostgresUrl source) {
        return source.applicationName() + CAPTURE_SUFFIX;
    }

    public static int backendPid(Connection connection) throws SQLException {
        return connection.unwrap(PGConnection.class).getBackendPID();
    }
}
