package nexus.doctor.slot;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.OptionalLong;
import nexus.pgoutput.Lsn;
import nexus.replication.slot.ReplicationSlot;
import org.jspecify.annotations.Nullable;

/**
 * The slot, and its cost for the server.
 *
 * @param stranger application name of the session that reads it, unless it looks like a Nexus
 * @param waitsFor processes whose transactions its creation waits for, separated by commas
 * @param walStatus {@code reserved}, {@code extended}, {@code unreserved} or {@code lost}
 * @param safeBytes WAL that can be written before the slot is in danger; empty when WAL is kept without limit
 * @param retainedBytes WAL kept for the slot
 * @param catalogAge age in transactions of the oldest catalog rows that it protects from VACUUM
 * @param end of the WAL
 * @param walPerSecond bytes of WAL written per second, on average since the statistics were reset
 * @param slots number of slots of the server
 * @param senders number of processes that send WAL
 */
public record SlotFacts(
        ReplicationSlot slot,
        Optional<String> stranger,
        String waitsFor,
        Optional<String> walStatus,
        OptionalLong safeBytes,
        long retainedBytes,
        long catalogAge,
        Lsn end,
        double walPerSecond,
        int slots,
        int senders) {

    private static final String READ = """
            WITH wal AS (SELECT CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn()
                                     ELSE pg_catalog.pg_current_wal_lsn() END AS lsn)
            SELECT CASE WHEN NOT starts_with(reader.application_name, current_setting('application_name'))
                        THEN reader.application_name END AS stranger,
                   array_to_string(pg_catalog.pg_blocking_pids(s.active_pid), ', ') AS waits_for,
                   s.wal_status, s.safe_wal_size,
                   coalesce(pg_catalog.pg_wal_lsn_diff(wal.lsn, s.restart_lsn), 0)::bigint AS retained,
                   coalesce(pg_catalog.age(s.catalog_xmin), 0) AS catalog_age,
                   wal.lsn::text AS wal_end,
                   (SELECT count(*) FROM pg_catalog.pg_replication_slots)::int AS slots,
                   (SELECT count(*) FROM pg_catalog.pg_stat_replication)::int AS senders
            FROM wal
            LEFT JOIN pg_catalog.pg_replication_slots s ON s.slot_name = ?
            LEFT JOIN pg_catalog.pg_stat_activity reader ON reader.pid = s.active_pid""";

    /** The average covers at least an hour, because a new server has written much in a short time. */
    private static final String WAL_RATE = """
            SELECT wal_bytes::float8 / greatest(extract(epoch FROM now() - stats_reset), 3600)::float8 AS per_second
            FROM pg_catalog.pg_stat_wal""";

    public static SlotFacts read(Connection connection, String name) throws SQLException {
        ReplicationSlot slot = ReplicationSlot.read(connection, name);
        double walPerSecond = walPerSecond(connection);
        try (PreparedStatement statement = connection.prepareStatement(READ)) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                @Nullable Object safe = row.getObject("safe_wal_size");
                return new SlotFacts(
                        slot,
                        Optional.ofNullable(row.getString("stranger")),
                        Optional.ofNullable(row.getString("waits_for")).orElse(""),
                        Optional.ofNullable(row.getString("wal_status")),
                        safe instanceof Number number ? OptionalLong.of(number.longValue()) : OptionalLong.empty(),
                        row.getLong("retained"),
                        row.getLong("catalog_age"),
                        Lsn.parse(row.getString("wal_end")),
                        walPerSecond,
                        row.getInt("slots"),
                        row.getInt("senders"));
            }
        }
    }

    /** Some services lack the view; the number is unknown there. */
    private static double walPerSecond(Connection connection) {
        try (PreparedStatement statement = connection.prepareStatement(WAL_RATE);
                ResultSet row = statement.executeQuery()) {
            return row.next() ? row.getDouble("per_second") : 0;
        } catch (SQLException e) {
            return 0;
        }
    }

    public boolean exists() {
        return !(slot instanceof ReplicationSlot.Missing);
    }

    public boolean isRead() {
        return slot instanceof ReplicationSlot.InUse;
    }
}
