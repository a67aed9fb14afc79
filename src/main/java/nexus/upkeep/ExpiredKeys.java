package nexus.upkeep;

import io.vertx.core.Future;
import nexus.store.NamedSql;
import nexus.store.Store;

/** Deletes idempotency keys that have expired, a few thousand at a time. */
final class ExpiredKeys {
    private static final int CHUNK = 5000;

    private static final NamedSql DELETE = NamedSql.of("""
            DELETE FROM idempotency WHERE (scope, key) IN (
                SELECT scope, key FROM idempotency WHERE expires_at <= now() ORDER BY expires_at LIMIT :chunk)
              AND expires_at <= now()""", "chunk");

    private final Store store;

    ExpiredKeys(Store store) {
        this.store = store;
    }

    Future<Void> delete() {
        return DELETE.on(store.api(), CHUNK)
                .compose(deleted -> deleted.rowCount() == CHUNK ? delete() : Future.succeededFuture());
    }
}
