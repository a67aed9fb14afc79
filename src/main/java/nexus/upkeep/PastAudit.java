package nexus.upkeep;

import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import nexus.store.Store;

/** Deletes entries of the audit that are too old, a few thousand at a time. */
final class PastAudit {
    private static final int CHUNK = 5000;

    private static final String DELETE = """
            DELETE FROM audit WHERE id IN (
                SELECT id FROM audit WHERE at < now() - make_interval(secs => $1) ORDER BY at LIMIT $2)""";

    private final Store store;
    private final Duration keptFor;

    PastAudit(Store store, Duration keptFor) {
        this.store = store;
        this.keptFor = keptFor;
    }

    Future<Void> delete() {
        return store.api()
                .preparedQuery(DELETE)
                .execute(Tuple.of((double) keptFor.toSeconds(), CHUNK))
                .compose(deleted -> deleted.rowCount() == CHUNK ? delete() : Future.succeededFuture());
    }
}
