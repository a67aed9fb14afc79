package nexus.replication;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.UUID;
import nexus.store.Store;
import org.jspecify.annotations.Nullable;

/** Which store this is: a source's publications belong to one of them. It never changes, so it is read once. */
@Singleton
public class StoreIdentity {
    private static final String READ = "SELECT id FROM store";

    private final Store store;
    private volatile @Nullable UUID known;

    @Inject
    public StoreIdentity(Store store) {
        this.store = store;
    }

    Future<UUID> id() {
        UUID id = known;
        if (id != null) {
            return Future.succeededFuture(id);
        }
        return store.api().query(READ).execute().map(rows -> {
            Row row = rows.iterator().next();
            UUID read = row.getUUID("id");
            known = read;
            return read;
        });
    }
}
