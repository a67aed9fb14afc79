package nexus.dispatch;

import io.vertx.core.Vertx;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.random.RandomGenerator;
import nexus.intake.OwnEvents;
import nexus.queue.DeliveryLease;
import nexus.queue.OwedQueue;
import nexus.queue.OwedRuns;
import nexus.queue.Settlement;
import nexus.subscription.SubscriptionCatalog;
import nexus.subscription.SubscriptionRepository;
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
