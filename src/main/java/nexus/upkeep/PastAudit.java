package nexus.upkeep;

import io.vertx.core.Future;
import java.time.Duration;
import nexus.store.NamedSql;
import nexus.store.Store;

/** Deletes entries of the audit that are too old, a few thousand at a time. */
final class PastAudit {
    private static final int CHUNK = 5000;

    private static final NamedSql DELETE = NamedSql.of("""
            DELETE FROM audit WHERE id IN (
                SELECT id FROM audit WHERE at < now() - make_interval(secs => :kept_for) ORDER BY at LIMIT :chunk)
            """, "kept_for", "chunk");

    private final Store store;
    private final Duration keptFor;

    PastAudit(Store store, Duration keptFor) {
        this.store = store;
        this.keptFor = keptFor;
    }

    Future<Void> delete() {
        return DELETE.on(store.api(), (double) keptFor.toSeconds(), CHUNK)
                .compose(deleted -> deleted.rowCount() == CHUNK ? delete() : Future.succeededFuture());
    }
}
