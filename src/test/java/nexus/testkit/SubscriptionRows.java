package nexus.testkit;

import static nexus.testkit.TestPostgres.await;

import java.net.URI;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import nexus.event.TypePattern;
import nexus.store.Store;
import nexus.subscription.Kind;
import nexus.subscription.Selection;
import nexus.subscription.Subscription;
import nexus.subscription.SubscriptionSettings;
import nexus.subscription.catalog.SubscriptionRepository;
import nexus.subscription.secret.SigningSecret;
import nexus.subscription.target.WebhookSettings;

/** Subscriptions for tests of other rooms, written as another process would: this one's catalog does not know. */
public final class SubscriptionRows {
    public static final SigningSecret SECRET = new SigningSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");

    private SubscriptionRows() {}

    public static SubscriptionRepository repository(Store store) {
        return new SubscriptionRepository(store, TestCipher.INSTANCE);
    }

    public static Subscription insert(Store store, String pattern) {
        return insert(store, pattern, URI.create("http://127.0.0.1:9/" + UUID.randomUUID()));
    }

    public static Subscription insert(Store store, String pattern, URI endpoint) {
        return insert(store, pattern, endpoint, UnaryOperator.identity());
    }

    public static Subscription insert(
            Store store, String pattern, URI endpoint, UnaryOperator<SubscriptionSettings> change) {
        return await(repository(store)
                .insert(
                        UUID.randomUUID(),
                        Kind.SUBSCRIPTION,
                        change.apply(SubscriptionSettings.of(
                                "test",
                                new Selection(List.of(new TypePattern(pattern))),
                                WebhookSettings.of(endpoint, SECRET)))));
    }
}
