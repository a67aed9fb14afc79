package nexus.replication.publisher;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import nexus.replication.slot.OpenTransaction;
import nexus.store.NamedSql;

/**
 * Tracks transactions that wrote to a table before it was published. Publishing does not wait for them, and their later
 * writes are missing from the stream too; only after they have ended, every committed change arrives. Each process
 * tracks them itself, also for tables that another one published. Used by one thread.
 */
final class EarlierWriters {
    /**
     * The locks of transactions that may write rows, which excludes those of VACUUM and CREATE INDEX. The query itself
     * takes none.
     */
    private static final NamedSql WRITING = NamedSql.of("""
            SELECT DISTINCT l.relation, l.virtualtransaction
            FROM pg_catalog.pg_locks l
            JOIN pg_catalog.pg_database d ON d.oid = l.database AND d.datname = pg_catalog.current_database()
            WHERE l.locktype = 'relation' AND l.granted AND l.relation = ANY (:relations)
              AND l.mode IN ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
              AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()""", "relations");

    /** A prepared transaction keeps its locks, including that of its own id, without a process. */
    private static final NamedSql STILL_OPEN = NamedSql.of("""
            SELECT l.virtualtransaction, coalesce(pg_catalog.min(l.pid), 0) AS pid, pg_catalog.min(p.gid) AS gid,
                   coalesce(extract(epoch FROM pg_catalog.clock_timestamp()
                       - coalesce(pg_catalog.min(a.xact_start), pg_catalog.min(p.prepared))), 0)::bigint AS age
            FROM pg_catalog.pg_locks l
            LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
            LEFT JOIN pg_catalog.pg_prepared_xacts p ON l.pid IS NULL AND l.granted
                AND l.locktype = 'transactionid' AND p.transaction = l.transactionid
            WHERE l.virtualtransaction = ANY (:transactions)
            GROUP BY l.virtualtransaction""", "transactions");

    /** The published relations that were checked, with the writers found at that time that have not ended. */
    private final Map<Long, Set<String>> writersOf = new HashMap<>();

    /** Must be called each time after the publications were read or changed. */
    void track(Connection connection, Collection<Long> relationOids) throws SQLException {
        writersOf.keySet().retainAll(relationOids);
        Set<Long> fresh = new HashSet<>(relationOids);
        fresh.removeAll(writersOf.keySet());
        if (fresh.isEmpty()) {
            return;
        }
        Map<Long, Set<String>> writing = new HashMap<>();
        fresh.forEach(relation -> writing.put(relation, new HashSet<>()));
        Array relations = connection.createArrayOf("oid", fresh.toArray());
        try (PreparedStatement statement = WRITING.prepare(connection, relations);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                writing.computeIfAbsent(rows.getLong("relation"), relation -> new HashSet<>())
                        .add(rows.getString("virtualtransaction"));
            }
        }
        writersOf.putAll(writing);
    }

    /** The transactions that must end before every change of these relations arrives. */
    List<OpenTransaction> findOpen(Connection connection, Collection<Long> relationOids) throws SQLException {
        Set<String> all = writersOf.values().stream().flatMap(Set::stream).collect(Collectors.toSet());
        if (all.isEmpty()) {
            return List.of();
        }
        Map<String, OpenTransaction> open = new HashMap<>();
        Array transactions = connection.createArrayOf("text", all.toArray());
        try (PreparedStatement statement = STILL_OPEN.prepare(connection, transactions);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                transaction(rows).ifPresent(one -> open.put(one.virtual, one.transaction));
            }
        }
        writersOf.values().forEach(writers -> writers.retainAll(open.keySet()));
        Set<String> ofThese = new HashSet<>();
        relationOids.forEach(relation -> ofThese.addAll(writersOf.getOrDefault(relation, Set.of())));
        return new ArrayList<>(ofThese.stream().map(open::get).toList());
    }

    private record Open(String virtual, OpenTransaction transaction) {}

    /** Returns empty for a prepared transaction that ended between the reads of the two views. */
    private static Optional<Open> transaction(ResultSet row) throws SQLException {
        String virtual = row.getString("virtualtransaction");
        Duration age = Duration.ofSeconds(row.getLong("age"));
        int pid = row.getInt("pid");
        if (pid != 0) {
            return Optional.of(new Open(virtual, new OpenTransaction.OfSession(pid, age)));
        }
        return Optional.ofNullable(row.getString("gid"))
                .map(gid -> new Open(virtual, new OpenTransaction.Prepared(gid, age)));
    }
}
