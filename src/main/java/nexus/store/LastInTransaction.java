package nexus.store;

import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;

/** Runs last in a transaction that has changed something. When it fails, nothing is changed. */
@FunctionalInterface
public interface LastInTransaction {
    LastInTransaction NOTHING = transaction -> Future.succeededFuture();

    Future<Void> run(SqlConnection transaction);
}
