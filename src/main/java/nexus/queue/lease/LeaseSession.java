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

/**
 * The lease's own connection, the only writer of {@code process} and {@code shard}. Every change of owners is one transaction
 * that notifies the other processes.
 */
public final class LeaseSession implements AutoCloseable {
    /** The channel for notifications of free shards and of processes that join or leave. */
    public static final String CHANNEL = "nexus_shards";

    private static final String JOIN = """
            INSERT INTO process (id, epoch, place, backend_pid, backend_since)
            SELECT (n % 2147483647)::int, n, ?, pg_backend_pid(),
                   (SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid())
            FROM nextval('process_epoch') n
            RETURNING id, epoch""";

    /** The connection may differ from that of the last beat. */
    private static final String BEAT = """
            UPDATE process SET beat = beat + 1, backend_pid = pg_backend_pid(),
                backend_since = (SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid())
            WHERE id = ? AND epoch = ?""";

    private static final String RETIRE = "UPDATE process SET leaving = true WHERE id = ? AND epoch = ?";
    private static final String SHARDS = "SELECT shard, process FROM shard WHERE process IS NOT NULL";

    /** The start of another role's connection may be hidden; then it counts as the same connection. */
    private static final String PROCESSES = """
            SELECT id, epoch, beat, leaving, place, backend_since IS NULL OR EXISTS (
                SELECT FROM pg_stat_activity a
                WHERE a.pid = backend_pid AND (a.backend_start = backend_since OR a.backend_start IS NULL))
            FROM process ORDER BY id""";

    /** Claims free shards only; those of a terminated process are freed under its own lock. */
    private static final String CLAIM = """
            WITH free AS MATERIALIZED (
                SELECT shard FROM shard WHERE process IS NULL ORDER BY shard LIMIT ? FOR UPDATE SKIP LOCKED)
            UPDATE shard s SET process = ?, generation = s.generation + 1 FROM free
            WHERE s.shard = free.shard AND EXISTS (SELECT FROM process WHERE id = ? AND epoch = ?)
            RETURNING s.shard""";

    private static final String RELEASE =
            "UPDATE shard SET process = NULL, generation = generation + 1 WHERE process = ? AND shard = ANY (?)";

    private static final String FREE_ALL_OF =
            "UPDATE shard SET process = NULL, generation = generation + 1 WHERE process = ?";
    private static final String END_SILENT = "DELETE FROM process WHERE id = ? AND epoch = ? AND beat = ?";
    private static final String END = "DELETE FROM process WHERE id = ? AND epoch = ?";
    private static final String TELL = "SELECT pg_notify('" + CHANNEL + "', '')";

    /** A process that was paused within a settlement keeps its transaction open. */
    private static final String END_SETTLEMENTS = """
            SELECT pg_terminate_backend(pid) FROM pg_locks
            WHERE locktype = 'relation' AND granted AND relation = to_regclass(?) AND pid <> pg_backend_pid()
              AND database = (SELECT oid FROM pg_database WHERE datname = current_database())""";

    private static final String HAS_LOCK = "SELECT to_regclass(?) IS NOT NULL";

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
            try (PreparedStatement statement = prepare(JOIN, place.text());
                    ResultSet rows = statement.executeQuery()) {
                rows.next();
                Term joined = new Term(rows.getInt(1), rows.getLong(2));
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
        try (PreparedStatement statement = connection.prepareStatement(SHARDS);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                owners.put(rows.getInt(1), rows.getInt(2));
            }
        }
        return owners;
    }

    /** All processes that deliver, ordered by id. */
    List<Delivering> processes() throws SQLException {
        List<Delivering> processes = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(PROCESSES);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                processes.add(new Delivering(
                        new Beat(rows.getInt(1), rows.getLong(2), rows.getLong(3)),
                        rows.getBoolean(4),
                        ProcessPlace.parse(rows.getString(5)),
                        rows.getBoolean(6)));
            }
        }
        return processes;
    }

    /** Claims at most this many free shards, under the lock of this process, so that it cannot be taken over meanwhile. */
    Set<Integer> claim(Term term, int atMost) throws SQLException {
        return transaction(() -> {
            execute(ProcessLock.shared(term.process()));
            Set<Integer> claimed = new HashSet<>();
            try (PreparedStatement statement = prepare(CLAIM, atMost, term.process(), term.process(), term.epoch());
                    ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    claimed.add(rows.getInt(1));
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
            try (PreparedStatement statement = prepare(END_SETTLEMENTS, ProcessLock.table(silent.process()))) {
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
        try (PreparedStatement statement = prepare(HAS_LOCK, ProcessLock.table(process));
                ResultSet rows = statement.executeQuery()) {
            if (rows.next() && rows.getBoolean(1)) {
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

    private int update(String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = prepare(sql, parameters)) {
            return statement.executeUpdate();
        }
    }

    private PreparedStatement prepare(String sql, Object... parameters) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < parameters.length; i++) {
            statement.setObject(i + 1, parameters[i]);
        }
        return statement;
    }
}
