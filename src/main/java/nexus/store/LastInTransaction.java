package nexus.store;

import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;

/** Runs as the last step of a transaction that has made a change. If it fails, the transaction is rolled back. */
@FunctionalInterface
public interface LastInTransaction {
    LastInTransaction NOTHING = transaction -> Future.succeededFuture();

    Future<Void> run(SqlConnection transaction);
}
