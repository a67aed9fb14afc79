package nexus.replication.slot;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import nexus.pgoutput.Lsn;
import nexus.store.NamedSql;
import org.jspecify.annotations.Nullable;

/** The state of the slot as the source database reports it. */
public sealed interface ReplicationSlot {

    record Missing() implements ReplicationSlot {}

    /** A session is creating the slot. */
    record InCreation(int pid) implements ReplicationSlot {}

    /** The slot has no reader. */
    record Free(Lsn confirmedFlush) implements ReplicationSlot {}

    /** The slot has a reader. */
    record InUse(int pid, Lsn confirmedFlush) implements ReplicationSlot {}

    /** The server no longer sends the changes of this slot. */
    record Invalidated(String reason) implements ReplicationSlot {}

    /** A slot of this name exists, but it is of another kind. */
    record Foreign(String what) implements ReplicationSlot {}

    /** Reads columns about an invalidation with to_jsonb, because they exist only since PostgreSQL 16 and 17. */
    NamedSql READ = NamedSql.of("""
            SELECT slot_type, plugin, database, database = current_database() AS here, coalesce(active_pid, 0) AS pid,
                   confirmed_flush_lsn::text AS confirmed, wal_status = 'lost' AS lost,
                   pg_catalog.to_jsonb(s) ->> 'invalidation_reason' AS reason,
                   coalesce(pg_catalog.to_jsonb(s) ->> 'conflicting', 'false') = 'true' AS conflicting
            FROM pg_catalog.pg_replication_slots s WHERE slot_name = :slot""", "slot");

    NamedSql CREATE = NamedSql.of("SELECT pg_catalog.pg_create_logical_replication_slot(:slot, 'pgoutput')", "slot");

    /**
     * Supported since PostgreSQL 17. Standbys that synchronise slots have this slot too, so a failover loses nothing.
     */
    NamedSql CREATE_FOR_FAILOVER = NamedSql.of(
            "SELECT pg_catalog.pg_create_logical_replication_slot(:slot, 'pgoutput', false, false, true)", "slot");

    int FAILOVER_SINCE = 17;

    NamedSql DROP = NamedSql.of("SELECT pg_catalog.pg_drop_replication_slot(:slot)", "slot");

    static ReplicationSlot read(Connection connection, String name) throws SQLException {
        try (PreparedStatement statement = READ.prepare(connection, name);
                ResultSet row = statement.executeQuery()) {
            return row.next() ? from(row) : new Missing();
        }
    }

    /** Whether the slot captures the changes that are committed from now on. */
    static boolean isReady(Connection connection, String name) throws SQLException {
        return switch (read(connection, name)) {
            case Free free -> true;
            case InUse inUse -> true;
            case Missing missing -> false;
            case InCreation inCreation -> false;
            case Invalidated invalidated -> false;
            case Foreign foreign -> false;
        };
    }

    /** Waits until all writing transactions that are open in the cluster have ended. */
    static void create(Connection connection, String name) throws SQLException {
        boolean mayFailOver = connection.getMetaData().getDatabaseMajorVersion() >= FAILOVER_SINCE;
        execute(connection, mayFailOver ? CREATE_FOR_FAILOVER : CREATE, name);
    }

    /** @throws SQLException with SQLSTATE 55006 while the slot has a reader */
    static void drop(Connection connection, String name) throws SQLException {
        execute(connection, DROP, name);
    }

    private static void execute(Connection connection, NamedSql sql, String name) throws SQLException {
        try (PreparedStatement statement = sql.prepare(connection, name)) {
            statement.execute();
        }
    }

    private static ReplicationSlot from(ResultSet row) throws SQLException {
        String plugin = row.getString("plugin");
        if (!"pgoutput".equals(plugin) || !row.getBoolean("here")) {
            return new Foreign(row.getString("slot_type") + " slot with plugin " + plugin + " in database "
                    + row.getString("database"));
        }
        Optional<String> invalidated = invalidation(row);
        if (invalidated.isPresent()) {
            return new Invalidated(invalidated.get());
        }
        int pid = row.getInt("pid");
        @Nullable String confirmed = row.getString("confirmed");
        if (confirmed == null) {
            return new InCreation(pid);
        }
        return pid == 0 ? new Free(Lsn.parse(confirmed)) : new InUse(pid, Lsn.parse(confirmed));
    }

    private static Optional<String> invalidation(ResultSet row) throws SQLException {
        @Nullable String reason = row.getString("reason");
        if (reason != null) {
            return Optional.of(reason);
        }
        if (row.getBoolean("lost")) {
            return Optional.of("wal_removed");
        }
        return row.getBoolean("conflicting") ? Optional.of("conflicting") : Optional.empty();
    }
}
