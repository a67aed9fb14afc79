package nexus.testkit;

import java.util.UUID;
import nexus.store.Store;
import nexus.subscription.SubscriptionCatalog;
import nexus.subscription.SubscriptionRepository;

/** Subscriptions for tests of other rooms, written as another process would: this one's catalog does not know. */
public final class SubscriptionRows {
    private SubscriptionRows() {}

    public static SubscriptionCatalog catalog(Store store) {
        return new SubscriptionCatalog(new SubscriptionRepository(store, TestCipher.INSTANCE));
    }

    public static UUID insert(String url, String pattern) {
        return insert(url, pattern, "http://127.0.0.1:9/hook");
    }

    public static UUID insert(String url, String pattern, String endpoint) {
        UUID id = UUID.randomUUID();
        TestPostgres.execute(
                url,
                "INSERT INTO nexus.subscription (id, door, name, endpoint_url, event_types, fingerprint, secret) VALUES ('"
                        + id + "', 'subscription', 'test', '" + endpoint + "', ARRAY['" + pattern + "'], '\\x"
                        + id.toString().replace("-", "") + "', '\\x00')",
                "UPDATE nexus.store SET catalog_version = catalog_version + 1");
        return id;
    }
}
