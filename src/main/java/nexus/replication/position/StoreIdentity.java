package nexus.replication.position;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.UUID;
import nexus.capture.EventIdKey;
import nexus.store.Rows;
import nexus.store.Store;
import org.jspecify.annotations.Nullable;

/**
 * The identity of the store. The publications of a source belong to one store, and the ids of row changes are derived
 * from its key. It never changes, so it is read once.
 */
@Singleton
public class StoreIdentity {
    private static final String READ = "SELECT id, event_id_key FROM store";

    private final Store store;
    private volatile @Nullable Known known;

    private record Known(UUID id, EventIdKey eventIdKey) {}

    @Inject
    public StoreIdentity(Store store) {
        this.store = store;
    }

    public Future<UUID> id() {
        return read().map(Known::id);
    }

    public Future<EventIdKey> eventIdKey() {
        return read().map(Known::eventIdKey);
    }

    private Future<Known> read() {
        Known before = known;
        if (before != null) {
            return Future.succeededFuture(before);
        }
        return store.api().query(READ).execute().map(rows -> {
            Row row = Rows.only(rows);
            Known read = new Known(
                    row.getUUID("id"),
                    new EventIdKey(row.getBuffer("event_id_key").getBytes()));
            known = read;
            return read;
        });
    }
}
