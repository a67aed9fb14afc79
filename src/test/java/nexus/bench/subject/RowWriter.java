package nexus.bench.subject;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import nexus.bench.receiver.Ledger;

/** Commits row changes: nine INSERTs for each UPDATE of one of a hundred rows among a thousand, whose order is watched. */
public final class RowWriter implements EventSource {
    private static final int KEYS = 1000;
    private static final int WRITES_PER_UPDATE = 10;

    private static final String CREATE = """
            CREATE TABLE public.%1$s (
                id bigint PRIMARY KEY, n bigint NOT NULL, k int NOT NULL, customer text NOT NULL, status text NOT NULL,
                amount numeric(12, 2) NOT NULL, note text, updated_at timestamptz NOT NULL DEFAULT now())
            WITH (autovacuum_enabled = off, fillfactor = 50)""";

    private static final String FILL = """
            INSERT INTO public.%1$s (id, n, k, customer, status, amount, note)
            SELECT i, 0, i, 'customer ' || i, 'new', i * 1.25, repeat('note ', 20) FROM generate_series(1, %2$d) i""";

    /** Those that are updated have room for it on their pages; else each update looks through all versions before. */
    private static final String FILLED = "ALTER TABLE public.%s RESET (fillfactor)";

    /** Ids are behind those of the thousand rows, and k is 0: nobody watches their order, each is a key of its own. */
    private static final String INSERT = """
            INSERT INTO public.%1$s (id, n, k, customer, status, amount, note)
            SELECT %2$d + n, n, 0, 'customer ' || n, 'new', n * 1.25, repeat('note ', 20) FROM generate_series(?, ?) n""";

    private static final String UPDATE = """
            UPDATE public.%1$s t SET n = w.n, status = 'paid', updated_at = now()
            FROM generate_series(?, ?) w(n) WHERE t.id = 1 + w.n %% %2$d""";

    /** Planned once, not for each commit anew: by the primary key, as small as the table may be at that moment. */
    private static final String PLAN_ONCE = """
            SET plan_cache_mode = force_generic_plan;
            SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off""";

    private final Ledger ledger;
    private final Connection connection;
    private final PreparedStatement insert;
    private final PreparedStatement update;

    public RowWriter(Ledger ledger, Connection connection, String table) throws SQLException {
        this.ledger = ledger;
        this.connection = connection;
        try (Statement statement = connection.createStatement()) {
            statement.execute(PLAN_ONCE);
        }
        connection.setAutoCommit(false);
        this.insert = connection.prepareStatement(INSERT.formatted(table, KEYS));
        this.update = connection.prepareStatement(UPDATE.formatted(table, KEYS));
    }

    public static void createTable(Connection connection, String table) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(CREATE.formatted(table));
            statement.execute(FILL.formatted(table, KEYS));
            statement.execute(FILLED.formatted(table));
        }
    }

    public static void dropTable(Connection connection, String table) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS public." + table);
        }
    }

    @Override
    public void write(int count) throws SQLException {
        long first = ledger.take(count);
        long end = first + count;
        int updates = (int) ((end - 1) / WRITES_PER_UPDATE - (first - 1) / WRITES_PER_UPDATE);
        run(insert, first, end - updates);
        run(update, end - updates, end);
        ledger.sending(first, count);
        connection.commit();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    private static void run(PreparedStatement statement, long first, long end) throws SQLException {
        if (first < end) {
            statement.setLong(1, first);
            statement.setLong(2, end - 1);
            statement.executeUpdate();
        }
    }
}
