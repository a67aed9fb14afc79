package nexus.store;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import org.jspecify.annotations.Nullable;

/**
 * A query whose plan may only use indexes. It serves reads of {@code owed} on a pool whose connections plan freely: the
 * table's statistics are out of date most of the time, and a plan for ten rows is far too slow for a million.
 */
public record IndexedRead(String sql, Tuple parameters) {
    private static final String ONLY_INDEXES = """
            SET LOCAL enable_seqscan = off;
            SET LOCAL enable_bitmapscan = off;
            SET LOCAL enable_hashjoin = off;
            SET LOCAL enable_mergejoin = off""";

    /** @param values in the order of the names */
    public static IndexedRead of(NamedSql sql, @Nullable Object... values) {
        return new IndexedRead(sql.text(), sql.tuple(values));
    }

    /** A statement that takes all its parameters from one object. */
    public static <P> IndexedRead of(NamedSql.From<P> sql, P from) {
        return new IndexedRead(sql.text(), sql.tuple(from));
    }

    public Future<RowSet<Row>> on(Pool pool) {
        return PipelinedTransaction.run(pool, connection -> {
            Future<?> set = connection.query(ONLY_INDEXES).execute();
            Future<RowSet<Row>> read = connection.preparedQuery(sql).execute(parameters);
            return set.compose(done -> read);
        });
    }
}
