package nexus.queue.lease;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nexus.notation.SqlState;
import nexus.queue.process.ProcessLock;
import nexus.queue.process.ProcessPlace;
import nexus.queue.process.ProcessSightings.Beat;
import nexus.store.NamedSql;

/**
 * The lease's own connection, the only writer of {@code process} and {@code shard}. Every change of owners is one transaction
 * that notifies the other processes.
 */
public final class LeaseSession implements AutoCloseable {
    /** The channel for notifications of free shards and of processes that join or leave. */
    public static final String CHANNEL = "nexus_shards";

    private static final NamedSql JOIN = NamedSql.of("""
            INSERT INTO process (id, epoch, place, backend_pid, backend_since)
            SELECT (n % 2147483647)::int, n, :place, pg_backend_pid(),
                   (SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid())
            FROM nextval('process_epoch') n
            RETURNING id, epoch""", "place");

    /** The connection may differ from that of the last beat. */
    private static final NamedSql BEAT = NamedSql.of("""
            UPDATE process SET beat = beat + 1, backend_pid = pg_backend_pid(),
                backend_since = (SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid())
            WHERE id = :process AND epoch = :epoch""", "process", "epoch");

    private static final NamedSql RETIRE =
            NamedSql.of("UPDATE process SET leaving = true WHERE id = :process AND epoch = :epoch", "process", "epoch");
    private static final NamedSql OWNERS = NamedSql.of("SELECT shard, process FROM shard WHERE process IS NOT NULL");

    /** The start of another role's connection may be hidden; then it counts as the same connection. */
    private static final NamedSql PROCESSES = NamedSql.of("""
            SELECT id, epoch, beat, leaving, place, backend_since IS NULL OR EXISTS (
                SELECT FROM pg_stat_activity a
                WHERE a.pid = backend_pid AND (a.backend_start = backend_since OR a.backend_start IS NULL)) AS is_connected
            FROM process ORDER BY id""");

    /** Claims free shards only; those of a terminated process are freed under its own lock. */
    private static final NamedSql CLAIM = NamedSql.of("""
            WITH free AS MATERIALIZED (
                SELECT shard FROM shard WHERE process IS NULL ORDER BY shard LIMIT :at_most FOR UPDATE SKIP LOCKED)
            UPDATE shard s SET process = :process, generation = s.generation + 1 FROM free
            WHERE s.shard = free.shard AND EXISTS (SELECT FROM process WHERE id = :process AND epoch = :epoch)
            RETURNING s.shard""", "at_most", "process", "epoch");

    private static final NamedSql RELEASE = NamedSql.of(
            "UPDATE shard SET process = NULL, generation = generation + 1 WHERE process = :process AND shard = ANY (:shards)",
            "process",
            "shards");

    private static final NamedSql FREE_ALL_OF = NamedSql.of(
            "UPDATE shard SET process = NULL, generation = generation + 1 WHERE process = :process", "process");
    private static final NamedSql END_SILENT = NamedSql.of(
            "DELETE FROM process WHERE id = :process AND epoch = :epoch AND beat = :beat", "process", "epoch", "beat");
    private static final NamedSql END =
            NamedSql.of("DELETE FROM process WHERE id = :process AND epoch = :epoch", "process", "epoch");
    private static final String TELL = "SELECT pg_notify('" + CHANNEL + "', '')";

    /** A process that was paused within a settlement keeps its transaction open. */
    private static final NamedSql END_SETTLEMENTS = NamedSql.of("""
            SELECT pg_terminate_backend(pid) FROM pg_locks
            WHERE locktype = 'relation' AND granted AND relation = to_regclass(:lock) AND pid <> pg_backend_pid()
              AND database = (SELECT oid FROM pg_database WHERE datname = current_database())""", "lock");

    private static final NamedSql HAS_LOCK = NamedSql.of("SELECT to_regclass(:lock) IS NOT NULL AS has_lock", "lock");

    /**
     * @param leaving whether it completes its deliveries in progress and takes no more shards
     * @param place where it runs, if known
     * @param isConnected whether the connection of its last beat still exists
     */
    record Delivering(Beat beat, boolean leaving, Optional<ProcessPlace> place, boolean isConnected) {
        int id() {
            return beat.process();
        }
    }

    private final Connection connection;

    LeaseSession(Connection connection) {
        this.connection = connection;
    }

    Term join(ProcessPlace place) throws SQLException {
        return transaction(() -> {
            try (PreparedStatement statement = JOIN.prepare(connection, place.text());
                    ResultSet rows = statement.executeQuery()) {
                rows.next();
                Term joined = new Term(rows.getInt("id"), rows.getLong("epoch"));
                execute(ProcessLock.create(joined.process()));
                tell();
                return joined;
            }
        });
    }

    /** @return false when this term was taken over */
    boolean beat(Term term) throws SQLException {
        return update(BEAT, term.process(), term.epoch()) > 0;
    }

    /** Stops sharing. */
    void retire(Term term) throws SQLException {
        transaction(() -> {
            tell();
            return update(RETIRE, term.process(), term.epoch());
        });
    }

    /** The owner of each shard that has one. */
    Map<Integer, Integer> owners() throws SQLException {
        Map<Integer, Integer> owners = new HashMap<>();
        try (PreparedStatement statement = OWNERS.prepare(connection);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                owners.put(rows.getInt("shard"), rows.getInt("process"));
            }
        }
        return owners;
    }

    /** All processes that deliver, ordered by id. */
    List<Delivering> processes() throws SQLException {
        List<Delivering> processes = new ArrayList<>();
        try (PreparedStatement statement = PROCESSES.prepare(connection);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                processes.add(new Delivering(
                        new Beat(rows.getInt("id"), rows.getLong("epoch"), rows.getLong("beat")),
                        rows.getBoolean("leaving"),
                        ProcessPlace.parse(rows.getString("place")),
                        rows.getBoolean("is_connected")));
            }
        }
        return processes;
    }

    /** Claims at most this many free shards, under the lock of this process, so that it cannot be taken over meanwhile. */
    Set<Integer> claim(Term term, int atMost) throws SQLException {
        return transaction(() -> {
            execute(ProcessLock.shared(term.process()));
            Set<Integer> claimed = new HashSet<>();
            try (PreparedStatement statement = CLAIM.prepare(connection, atMost, term.process(), term.epoch());
                    ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    claimed.add(rows.getInt("shard"));
                }
            }
            return claimed;
        });
    }

    void release(Term term, Collection<Integer> shards) throws SQLException {
        transaction(() -> {
            execute(ProcessLock.exclusive(term.process()));
            tell();
            return update(
                    RELEASE, term.process(), connection.createArrayOf("smallint", shards.toArray(Integer[]::new)));
        });
    }

    /**
     * Ends a process that is silent or has terminated, when it has no settlement in progress, and frees its shards.
     *
     * @return false when it beats again, another process was first, or one of its settlements is in progress
     */
    boolean takeOver(Beat silent) throws SQLException {
        try {
            return transaction(() -> {
                lockAsItsEnd(silent.process());
                if (update(END_SILENT, silent.process(), silent.epoch(), silent.beat()) == 0) {
                    return false;
                }
                update(FREE_ALL_OF, silent.process());
                execute(ProcessLock.drop(silent.process()));
                tell();
                return true;
            });
        } catch (SQLException e) {
            if (SqlState.is(e, SqlState.UNDEFINED_TABLE)) {
                return false;
            }
            if (!SqlState.is(e, SqlState.LOCK_NOT_AVAILABLE)) {
                throw e;
            }
            try (PreparedStatement statement =
                    END_SETTLEMENTS.prepare(connection, ProcessLock.table(silent.process()))) {
                statement.execute();
            }
            return false;
        }
    }

    /** Frees the shards of a process without a row. Its number is never used again. */
    void freeAllOf(int goneProcess) throws SQLException {
        transaction(() -> {
            tell();
            return update(FREE_ALL_OF, goneProcess);
        });
        try {
            execute(ProcessLock.drop(goneProcess));
        } catch (SQLException e) {
            if (!SqlState.is(e, SqlState.LOCK_NOT_AVAILABLE)) { // otherwise an empty table remains
                throw e;
            }
        }
    }

    /** Ends a term of this process when it has no settlement in progress. */
    void leave(Term term) throws SQLException {
        transaction(() -> {
            lockAsItsEnd(term.process());
            update(END, term.process(), term.epoch());
            update(FREE_ALL_OF, term.process());
            execute(ProcessLock.drop(term.process()));
            tell();
            return true;
        });
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    private interface Work<T> {
        T run() throws SQLException;
    }

    private <T> T transaction(Work<T> work) throws SQLException {
        connection.setAutoCommit(false);
        try {
            T result = work.run();
            connection.commit();
            return result;
        } catch (SQLException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    /** The table is missing when it was dropped manually. */
    private void lockAsItsEnd(int process) throws SQLException {
        try (PreparedStatement statement = HAS_LOCK.prepare(connection, ProcessLock.table(process));
                ResultSet rows = statement.executeQuery()) {
            if (rows.next() && rows.getBoolean("has_lock")) {
                execute(ProcessLock.exclusive(process));
            }
        }
    }

    private void tell() throws SQLException {
        execute(TELL);
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private int update(NamedSql sql, Object... values) throws SQLException {
        try (PreparedStatement statement = sql.prepare(connection, values)) {
            return statement.executeUpdate();
        }
    }
}
