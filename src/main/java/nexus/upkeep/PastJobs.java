package nexus.upkeep;

import io.vertx.core.Future;
import java.time.Duration;
import nexus.store.NamedSql;
import nexus.store.Store;

/** Deletes jobs that ended too long ago, a few thousand at a time. */
final class PastJobs {
    private static final int CHUNK = 5000;

    private static final NamedSql DELETE = NamedSql.of("""
            DELETE FROM job WHERE id IN (
                SELECT id FROM job WHERE finished_at < now() - make_interval(secs => :kept_for) LIMIT :chunk)
            """, "kept_for", "chunk");

    private final Store store;
    private final Duration keptFor;

    PastJobs(Store store, Duration keptFor) {
        this.store = store;
        this.keptFor = keptFor;
    }

    Future<Void> delete() {
        return DELETE.on(store.api(), (double) keptFor.toSeconds(), CHUNK)
                .compose(deleted -> deleted.rowCount() == CHUNK ? delete() : Future.succeededFuture());
    }
}
