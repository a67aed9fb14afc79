package nexus.dispatch;

import io.vertx.core.Vertx;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.random.RandomGenerator;
import nexus.intake.OwnEvents;
import nexus.queue.lease.DeliveryLease;
import nexus.queue.owed.OwedQueue;
import nexus.queue.owed.OwedRuns;
import nexus.queue.settle.Settlement;
import nexus.subscription.catalog.SubscriptionCatalog;
import nexus.subscription.catalog.SubscriptionRepository;
import nexus.webhook.WebhookSender;

/** What a {@link DispatchTerm} works with. */
@Singleton
public record DispatchTools(
        Vertx vertx,
        OwedQueue queue,
        OwedRuns runs,
        Settlement settlement,
        DeliveryLease lease,
        SubscriptionCatalog catalog,
        SubscriptionRepository subscriptions,
        WebhookSender sender,
        OwnEvents ownEvents,
        DispatchMeters meters,
        DeliveryConfig config,
        Clock clock,
        RandomGenerator random) {}
