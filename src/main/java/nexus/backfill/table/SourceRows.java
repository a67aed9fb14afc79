package nexus.backfill.table;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nexus.backfill.condition.Condition;
import nexus.capture.window.SeenTransactions;
import nexus.notation.SqlState;
import nexus.pgoutput.TupleData;
import nexus.refusal.Refusal;
import nexus.replication.source.SqlName;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of one table on a connection of its own, each chunk in a short transaction that only reads. The settings
 * of each transaction are set anew, so that nothing that an earlier one did can change them.
 */
public final class SourceRows implements AutoCloseable {
    /** A chunk that takes longer is read again with fewer rows. */
    public static final Duration CHUNK_TIMEOUT = Duration.ofSeconds(4);

    private static final Duration COUNT_TIMEOUT = Duration.ofSeconds(2);
    private static final long DESCRIPTION_NANOS = Duration.ofSeconds(2).toNanos();
    private static final Pattern PLANNED_ROWS = Pattern.compile("rows=([0-9]+)");
    private static final String POINTER = "/where";

    /** Without the plans that would sort or read the whole table for each chunk. */
    private static final String BEGIN = """
            BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
            SET LOCAL search_path = pg_catalog, pg_temp;
            SET LOCAL row_security = off;
            SET LOCAL lock_timeout = 2000;
            SET LOCAL idle_in_transaction_session_timeout = 10000;
            SET LOCAL enable_seqscan = off;
            SET LOCAL enable_bitmapscan = off;
            SET LOCAL enable_sort = off;
            SET LOCAL max_parallel_workers_per_gather = 0;
            SET LOCAL jit = off;
            SET LOCAL statement_timeout =\s""";

    private static final String SEEN = "SELECT pg_catalog.pg_current_snapshot()::pg_catalog.text";

    private final Connection connection;
    private final TableLookUp catalog;
    private final long maxRowBytes;
    private final long maxBytes;
    private final Map<Long, Described> leaves = new HashMap<>();

    private record Described(Leaf leaf, long atNanos) {}

    /**
     * @param connection in autocommit mode, which is closed with this
     * @param maxRowBytes a larger row is read with its key alone
     * @param maxBytes approximate memory of a chunk
     */
    public SourceRows(Connection connection, String changes, String inserts, long maxRowBytes, long maxBytes) {
        this.connection = connection;
        this.catalog = new TableLookUp(connection, changes, inserts);
        this.maxRowBytes = maxRowBytes;
        this.maxBytes = maxBytes;
    }

    /** A transaction of one chunk. */
    private interface Reading<T> {
        T read() throws SQLException, CannotRead;
    }

    private <T> T reading(Duration timeout, Reading<T> work) throws SQLException, CannotRead {
        try (Statement statement = connection.createStatement()) {
            statement.execute(BEGIN + timeout.toMillis());
            boolean isDone = false;
            try {
                T result = work.read();
                isDone = true;
                return result;
            } finally {
                if (!connection.isClosed()) {
                    statement.execute(isDone ? "COMMIT" : "ROLLBACK");
                }
            }
        }
    }

    /**
     * Checks a table and a condition before the first chunk.
     *
     * @return the object id of the table
     * @throws Refusal.Invalid if the rows cannot be read
     */
    public long check(String schema, String name, Condition condition) throws SQLException {
        try {
            return reading(COUNT_TIMEOUT, () -> {
                FoundTable table = catalog.find(schema, name)
                        .orElseThrow(() -> refusedTable("does not exist: " + schema + '.' + name));
                table.obstacle().ifPresent(why -> {
                    throw refusedTable(table + " " + why);
                });
                for (long oid : catalog.leaves(table.oid())) {
                    Optional<FoundTable> leaf = catalog.find(oid);
                    leaf.flatMap(FoundTable::obstacleOfRows).ifPresent(why -> {
                        throw refusedTable(leaf.get() + " " + why);
                    });
                }
                checkCondition(table, condition);
                return table.oid();
            });
        } catch (CannotRead e) {
            throw new IllegalStateException(e);
        }
    }

    private void checkCondition(FoundTable table, Condition condition) throws SQLException {
        Optional<String> called = catalog.volatileFunction(condition);
        if (called.isPresent()) {
            throw new Refusal.Invalid(
                    POINTER, "must not call " + called.get() + ", which may do more than compute a value");
        }
        List<Long> leaves = catalog.leaves(table.oid());
        if (leaves.isEmpty()) {
            return; // a partitioned table without partitions has no rows
        }
        Leaf leaf = catalog.leaf(leaves.getFirst()).orElseThrow(() -> refusedTable("was changed meanwhile"));
        try (PreparedStatement statement =
                connection.prepareStatement("EXPLAIN " + new ChunkSql(leaf, condition, 1, 1, 1).text(false, 1))) {
            statement.execute();
        } catch (SQLException e) {
            throw refusedCondition(e)
                    .<SQLException>map(refusal -> {
                        throw refusal;
                    })
                    .orElse(e);
        }
    }

    /** The refusal of a condition that the database cannot evaluate; it contains no value of a row. */
    private static Optional<Refusal.Invalid> refusedCondition(SQLException e) {
        String state = SqlState.of(e);
        if (state.startsWith("42")) {
            return Optional.of(new Refusal.Invalid(POINTER, "is not a condition on this table: " + firstLine(e)));
        }
        return isAboutValues(state)
                ? Optional.of(new Refusal.Invalid(POINTER, "cannot be evaluated (SQLSTATE " + state + ")"))
                : Optional.empty();
    }

    private static String firstLine(SQLException e) {
        String message = String.valueOf(e.getMessage());
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }

    private static boolean isAboutValues(String state) {
        return state.startsWith("22")
                || state.startsWith("21")
                || state.startsWith("0A")
                || state.equals(SqlState.READ_ONLY_SQL_TRANSACTION);
    }

    private static Refusal.Invalid refusedTable(String why) {
        return new Refusal.Invalid("/table", why);
    }

    /** The number of rows that the condition selects; an estimate if counting takes too long. */
    public long count(String schema, String name, Condition condition) throws SQLException {
        String from =
                " FROM " + SqlName.quoted(schema) + '.' + SqlName.quoted(name) + " WHERE (\n" + condition.sql() + "\n)";
        try {
            return reading(COUNT_TIMEOUT, () -> {
                try (Statement statement = connection.createStatement()) {
                    statement.execute("SET LOCAL enable_seqscan = on");
                }
                return number("SELECT pg_catalog.count(*)" + from);
            });
        } catch (SQLException e) {
            if (!SqlState.is(e, SqlState.QUERY_CANCELED)) {
                throw e;
            }
        } catch (CannotRead e) {
            throw new IllegalStateException(e);
        }
        try {
            return reading(COUNT_TIMEOUT, () -> estimate("EXPLAIN SELECT 1" + from));
        } catch (CannotRead e) {
            throw new IllegalStateException(e);
        }
    }

    private long number(String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    private long estimate(String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            row.next();
            Matcher rows = PLANNED_ROWS.matcher(row.getString(1));
            return rows.find() ? Long.parseLong(rows.group(1)) : 0;
        }
    }

    /** The transactions that are over now. */
    public SeenTransactions seen() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(SEEN)) {
            row.next();
            return SeenTransactions.parse(row.getString(1));
        }
    }

    /** Writes a mark into the WAL, in a transaction of its own. Returns the id of that transaction. */
    public long mark(String prefix, String content) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT pg_catalog.pg_logical_emit_message(true, ?, ?),"
                        + " pg_catalog.pg_current_xact_id()::pg_catalog.text::bigint")) {
            statement.setString(1, prefix);
            statement.setString(2, content);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(2);
            }
        }
    }

    /**
     * The next table with rows of a table.
     *
     * @param after the object id of the previous one; 0 for the first
     * @return empty after the last one
     * @throws CannotRead if the table no longer exists, or a part of it cannot be read
     */
    public Optional<Leaf> next(long table, long after) throws SQLException, CannotRead {
        return reading(CHUNK_TIMEOUT, () -> {
            FoundTable found = catalog.find(table).orElseThrow(() -> new CannotRead("the table was dropped"));
            requireReadable(found, found.obstacle());
            for (long oid : catalog.leaves(table)) {
                if (oid > after) {
                    Leaf leaf = described(oid);
                    if (leaf != null) {
                        return Optional.of(leaf);
                    }
                }
            }
            return Optional.empty();
        });
    }

    /** The present description of a table or partition; empty if it was dropped. */
    public Optional<Leaf> leaf(long oid) throws SQLException, CannotRead {
        return reading(CHUNK_TIMEOUT, () -> Optional.ofNullable(described(oid)));
    }

    private @Nullable Leaf described(long oid) throws SQLException, CannotRead {
        Optional<FoundTable> found = catalog.find(oid);
        if (found.isEmpty()) {
            return null;
        }
        requireReadable(found.get(), found.get().obstacleOfRows());
        Described known = leaves.get(oid);
        if (known != null && System.nanoTime() - known.atNanos < DESCRIPTION_NANOS) {
            return known.leaf;
        }
        Optional<Leaf> leaf = catalog.leaf(oid);
        leaves.clear();
        leaf.ifPresent(read -> leaves.put(oid, new Described(read, System.nanoTime())));
        return leaf.orElse(null);
    }

    private static void requireReadable(FoundTable table, Optional<String> obstacle) throws CannotRead {
        if (obstacle.isPresent()) {
            throw new CannotRead(table + " " + obstacle.get());
        }
    }

    /**
     * Reads the rows after a key.
     *
     * @param after the key, as {@link ReadChunk#lastKey}; empty for the first rows
     * @param keyNames the columns of that key
     * @param examined rows at most
     * @param sent rows at most
     * @return empty if the table was dropped
     * @throws CannotRead if the table cannot be read from there
     */
    public Optional<ReadChunk> read(
            long leafOid, List<String> keyNames, List<String> after, Condition condition, int examined, int sent)
            throws SQLException, CannotRead {
        long started = System.nanoTime();
        try {
            return reading(CHUNK_TIMEOUT, () -> {
                SeenTransactions seen = seen();
                Leaf leaf = described(leafOid);
                if (leaf == null) {
                    return Optional.empty();
                }
                if (!after.isEmpty() && !leaf.keyNames().equals(keyNames)) {
                    throw new CannotRead("the primary key of " + leaf.name() + " was changed");
                }
                return Optional.of(read(
                        leaf,
                        after,
                        new ChunkSql(leaf, condition, sent, maxRowBytes, maxBytes),
                        examined,
                        seen,
                        started));
            });
        } catch (SQLException e) {
            leaves.clear();
            String state = SqlState.of(e);
            if (isAboutValues(state)) {
                throw new CannotRead("the condition cannot be evaluated for a row (SQLSTATE " + state + ")");
            }
            throw e;
        }
    }

    private ReadChunk read(Leaf leaf, List<String> after, ChunkSql sql, int limit, SeenTransactions seen, long started)
            throws SQLException {
        int keys = leaf.key().size();
        List<ReadColumn> columns = leaf.published();
        List<TupleData> rows = new ArrayList<>();
        List<String> lastKey = after;
        int examined = 0;
        boolean isFull = false;
        try (PreparedStatement statement = connection.prepareStatement(sql.text(!after.isEmpty(), limit))) {
            if (!after.isEmpty()) {
                List<Integer> parameters = sql.parameters();
                for (int i = 0; i < parameters.size(); i++) {
                    statement.setObject(i + 1, after.get(parameters.get(i)), Types.OTHER);
                }
            }
            try (ResultSet row = statement.executeQuery()) {
                while (!isFull && row.next()) {
                    int mode = row.getInt(keys + 1);
                    if (mode == ChunkSql.LATER) {
                        isFull = true;
                    } else {
                        examined++;
                        lastKey = key(row, keys);
                        if (mode != ChunkSql.EXCLUDED) {
                            rows.add(row(row, keys + 2, leaf, columns, mode == ChunkSql.KEY_ONLY));
                        }
                    }
                }
            }
        }
        Duration took = Duration.ofNanos(System.nanoTime() - started);
        return new ReadChunk(leaf, rows, lastKey, examined, !isFull && examined < limit, isFull, seen, took);
    }

    private static List<String> key(ResultSet row, int keys) throws SQLException {
        List<String> key = new ArrayList<>(keys);
        for (int i = 1; i <= keys; i++) {
            key.add(String.valueOf(row.getString(i)));
        }
        return key;
    }

    private static TupleData row(ResultSet row, int first, Leaf leaf, List<ReadColumn> columns, boolean isKeyOnly)
            throws SQLException {
        List<byte @Nullable []> values = new ArrayList<>(columns.size());
        for (int i = 0; i < columns.size(); i++) {
            values.add(value(row, first + i, columns.get(i)));
        }
        List<String> key = leaf.keyNames();
        return TupleData.of(values, i -> {
            String name = columns.get(i).name();
            return isKeyOnly && !key.contains(name) && !leaf.identity().contains(name);
        });
    }

    /** The text as the server wrote it: the driver decodes only the text of bytes. */
    private static byte @Nullable [] value(ResultSet row, int index, ReadColumn column) throws SQLException {
        if (!column.isBytes()) {
            return row.getBytes(index);
        }
        String text = row.getString(index);
        return text == null ? null : text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
