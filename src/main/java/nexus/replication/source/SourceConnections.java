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

/** Opens connections to the source database. The caller closes them. */
@Singleton
public class SourceConnections {
    /** A query of the catalog that takes longer is stuck. */
    private static final Duration QUERY_TIMEOUT = Duration.ofSeconds(10);

    /**
     * Maximum wait for the lock of a table, for example during a change or a vacuum; the caller tries again later. It
     * is longer than {@code deadlock_timeout}, because only after that does the server cancel an autovacuum that blocks
     * us.
     */
    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(2);

    /** Appended to the name of the application, so that {@code pg_stat_activity} shows which session is the stream. */
    private static final String CAPTURE_SUFFIX = "-capture";

    /** The server converts no text, whatever its encoding is. */
    private static final String NO_CONVERSION = "SET client_encoding = 'SQL_ASCII'";

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

    /** Opens a connection for catalog and publications, with limits of 10 s for a statement and 2 s for a lock. */
    public Connection openOrdinary() throws SQLException {
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

    /**
     * Opens a connection for reading rows in short transactions, which set their own limits. Values arrive as texts, and
     * each statement is planned with its values.
     */
    public Connection openForRows() throws SQLException {
        Properties driver = new Properties();
        PGProperty.SOCKET_TIMEOUT.set(driver, (int) QUERY_TIMEOUT.plusSeconds(5).toSeconds());
        PGProperty.PREPARE_THRESHOLD.set(driver, 0);
        PGProperty.BINARY_TRANSFER.set(driver, false);
        return JdbcSessions.open(
                url,
                SessionSettings.source().with("statement_timeout", Long.toString(QUERY_TIMEOUT.toMillis())),
                driver);
    }

    /** Opens a connection for a single statement that may take as long as the longest transaction of the cluster. */
    public Connection openPatient() throws SQLException {
        return JdbcSessions.open(url, SessionSettings.source());
    }

    /**
     * Opens a connection for replication commands. Texts arrive in the server's encoding where Java supports it, so
     * that the server converts none and cannot fail at one. There is no socket timeout, because the driver would lose
     * its place in the stream after one.
     */
    public StreamConnection openReplication(boolean unconverted) throws SQLException {
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
                    connection.unwrap(PGConnection.class).getParameterStatus("server_encoding"), unconverted);
            if (encoding.isServers()) {
                try (Statement statement = connection.createStatement()) {
                    statement.execute(NO_CONVERSION);
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

    /** The name of the stream of this source in {@code pg_stat_replication}. */
    public static String streamName(PostgresUrl source) {
        return source.applicationName() + CAPTURE_SUFFIX;
    }

    public static int backendPid(Connection connection) throws SQLException {
        return connection.unwrap(PGConnection.class).getBackendPID();
    }
}
