package nexus.store;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;

/**
 * A query that reads a table by the bitmaps of its indexes alone, as BRIN indexes can be read in no other way. The planner's
 * estimate of such an index is high; with others to choose from, it would rather read every row.
 */
public record BitmapRead(String sql, Tuple parameters) {
    private static final String ONLY_BITMAPS = """
            SET LOCAL enable_seqscan = off;
            SET LOCAL enable_indexscan = off;
            SET LOCAL enable_indexonlyscan = off;
            SET LOCAL max_parallel_workers_per_gather = 0;
            SET LOCAL jit = off""";

    /** A statement that takes all its parameters from one object. */
    public static <P> BitmapRead of(NamedSql.From<P> sql, P from) {
        return new BitmapRead(sql.text(), sql.tuple(from));
    }

    public Future<RowSet<Row>> on(Pool pool) {
        return PipelinedTransaction.run(pool, connection -> {
            Future<?> set = connection.query(ONLY_BITMAPS).execute();
            Future<RowSet<Row>> read = connection.preparedQuery(sql).execute(parameters);
            return set.compose(done -> read);
        });
    }
}
