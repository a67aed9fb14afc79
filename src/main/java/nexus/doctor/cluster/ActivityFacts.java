package nexus.doctor.cluster;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import nexus.store.SingleValue;

/**
 * The activity of a cluster that the role may see.
 *
 * @param oldest the session with the oldest open transaction
 * @param oldestPrepared the oldest prepared transaction
 * @param connections number of sessions
 * @param own number of Nexus's sessions among them
 */
public record ActivityFacts(Optional<Session> oldest, Optional<Prepared> oldestPrepared, int connections, int own) {

    public record Session(int pid, String role, String state, Duration age) {}

    public record Prepared(String id, Duration age) {}

    private static final String OLDEST = """
            SELECT pid, usename::text AS role, coalesce(state, '') AS state,
                   extract(epoch FROM now() - xact_start)::bigint AS age
            FROM pg_catalog.pg_stat_activity
            WHERE backend_type = 'client backend' AND xact_start IS NOT NULL AND pid <> pg_catalog.pg_backend_pid()
            ORDER BY xact_start LIMIT 1""";

    private static final String OLDEST_PREPARED = """
            SELECT gid, extract(epoch FROM now() - prepared)::bigint AS age
            FROM pg_catalog.pg_prepared_xacts ORDER BY prepared LIMIT 1""";

    /** Not from pg_stat_activity, which hides the type of other processes from a plain role. */
    private static final String CONNECTIONS =
            "SELECT coalesce(sum(numbackends), 0)::int FROM pg_catalog.pg_stat_database";

    private static final String OWN = """
            SELECT count(*)::int FROM pg_catalog.pg_stat_activity
            WHERE usename = current_user AND application_name = current_setting('application_name')""";

    /** @param connection with Nexus's application name */
    public static ActivityFacts read(Connection connection) throws SQLException {
        return new ActivityFacts(
                oldest(connection),
                oldestPrepared(connection),
                SingleValue.number(connection, CONNECTIONS),
                SingleValue.number(connection, OWN));
    }

    private static Optional<Session> oldest(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(OLDEST);
                ResultSet row = statement.executeQuery()) {
            return row.next()
                    ? Optional.of(new Session(
                            row.getInt("pid"),
                            row.getString("role"),
                            row.getString("state"),
                            Duration.ofSeconds(row.getLong("age"))))
                    : Optional.empty();
        }
    }

    private static Optional<Prepared> oldestPrepared(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(OLDEST_PREPARED);
                ResultSet row = statement.executeQuery()) {
            return row.next()
                    ? Optional.of(new Prepared(row.getString("gid"), Duration.ofSeconds(row.getLong("age"))))
                    : Optional.empty();
        }
    }
}
