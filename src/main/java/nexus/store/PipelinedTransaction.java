package nexus.store;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import java.util.function.Function;

/**
 * Sends BEGIN, statements and COMMIT in one write, without waiting in between: one round trip for the whole
 * transaction. If a statement fails, the server treats the COMMIT after it as a ROLLBACK.
 */
public final class PipelinedTransaction {
    private PipelinedTransaction() {}

    /**
     * Runs one transaction on a connection of the pool.
     *
     * @param statements sends its statements on the connection without waiting for their answers; its future is the
     *     transaction's result
     * @return that result once the COMMIT is confirmed, or the first failure, after which nothing was stored. If the
     *     connection breaks during the COMMIT, the future fails although everything may have been stored.
     */
    public static <T> Future<T> run(Pool pool, Function<SqlConnection, Future<T>> statements) {
        return pool.getConnection().compose(connection -> {
            Future<?> begin = connection.query("BEGIN").execute();
            Future<T> work = Future.<Void>succeededFuture().compose(sent -> statements.apply(connection));
            Future<?> commit = connection.query("COMMIT").execute();
            return Future.join(begin, work, commit)
                    .transform(all -> {
                        if (work.failed()) {
                            return work;
                        }
                        return all.succeeded() ? work : Future.<T>failedFuture(all.cause());
                    })
                    .eventually(() -> connection.close());
        });
    }
}
