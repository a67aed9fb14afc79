package nexus.upkeep;

import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import nexus.store.Store;

/** Deletes idempotency keys that have expired, a few thousand at a time. */
final class ExpiredKeys {
    private static final int CHUNK = 5000;

    private static final String DELETE = """
            DELETE FROM idempotency WHERE (scope, key) IN (
                SELECT scope, key FROM idempotency WHERE expires_at <= now() ORDER BY expires_at LIMIT $1)
              AND expires_at <= now()""";

    private final Store store;

    ExpiredKeys(Store store) {
        this.store = store;
    }

    Future<Void> delete() {
        return store.api()
                .preparedQuery(DELETE)
                .execute(Tuple.of(CHUNK))
                .compose(deleted -> deleted.rowCount() == CHUNK ? delete() : Future.succeededFuture());
    }
}
