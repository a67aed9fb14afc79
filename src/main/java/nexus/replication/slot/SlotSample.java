package nexus.replication.slot;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import nexus.pgoutput.Lsn;
import nexus.store.NamedSql;
import org.jspecify.annotations.Nullable;

/**
 * The slot and the WAL of the server at one moment.
 *
 * @param end the end of the WAL that the server has written
 * @param restart the start of the WAL that the server keeps for the slot; empty once that WAL is removed
 * @param confirmed the position up to which changes are confirmed
 * @param walStatus {@code reserved}, {@code extended}, {@code unreserved} or {@code lost}
 * @param safeBytes bytes of WAL that can still be written before the slot is in danger; empty when WAL is kept without
 *     limit
 * @param xminAge number of transactions since the oldest one whose catalog rows the slot protects from VACUUM
 * @param invalidation the reason why the server no longer sends the changes of this slot
 */
public record SlotSample(
        Instant at,
        Lsn end,
        Optional<Lsn> restart,
        Optional<Lsn> confirmed,
        Optional<String> walStatus,
        OptionalLong safeBytes,
        OptionalLong xminAge,
        Optional<String> invalidation) {

    /** Reads invalidation_reason with to_jsonb, because that column exists only since PostgreSQL 17. */
    private static final NamedSql READ = NamedSql.of("""
            SELECT CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn()
                        ELSE pg_catalog.pg_current_wal_lsn() END::text AS lsn,
                   restart_lsn::text AS restart, confirmed_flush_lsn::text AS confirmed, wal_status, safe_wal_size,
                   pg_catalog.age(catalog_xmin) AS xmin_age,
                   pg_catalog.to_jsonb(s) ->> 'invalidation_reason' AS invalidation
            FROM pg_catalog.pg_replication_slots s WHERE slot_name = :slot""", "slot");

    /** Returns empty when the slot does not exist. */
    public static Optional<SlotSample> read(Connection connection, String slot, Instant now) throws SQLException {
        try (PreparedStatement statement = READ.prepare(connection, slot);
                ResultSet row = statement.executeQuery()) {
            return row.next() ? Optional.of(from(row, now)) : Optional.empty();
        }
    }

    private static SlotSample from(ResultSet row, Instant now) throws SQLException {
        return new SlotSample(
                now,
                Lsn.parse(row.getString("lsn")),
                Optional.ofNullable(row.getString("restart")).map(Lsn::parse),
                Optional.ofNullable(row.getString("confirmed")).map(Lsn::parse),
                Optional.ofNullable(row.getString("wal_status")),
                number(row, "safe_wal_size"),
                number(row, "xmin_age"),
                Optional.ofNullable(row.getString("invalidation")));
    }

    private static OptionalLong number(ResultSet row, String column) throws SQLException {
        @Nullable Object value = row.getObject(column);
        return value instanceof Number number ? OptionalLong.of(number.longValue()) : OptionalLong.empty();
    }

    /** The bytes of WAL that the server keeps for the slot. */
    long retainedBytes() {
        return restart.map(this::behind).orElse(0L);
    }

    /** The bytes of WAL between the confirmed position and the end of the WAL. */
    long confirmedLagBytes() {
        return confirmed.map(this::behind).orElse(0L);
    }

    private long behind(Lsn lsn) {
        return Math.max(0, end.value() - lsn.value());
    }
}
