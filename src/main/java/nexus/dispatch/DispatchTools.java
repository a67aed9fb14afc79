package nexus.dispatch;

import io.vertx.core.Vertx;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.random.RandomGenerator;
import nexus.dispatch.outcome.DeliveryConfig;
import nexus.dispatch.send.DispatchMeters;
import nexus.dispatch.send.SubscriptionSender;
import nexus.intake.OwnEvents;
import nexus.subscription.catalog.MissedEvents;
import nexus.subscription.catalog.SubscriptionCatalog;
import nexus.subscription.catalog.SubscriptionRepository;
import nexus.target.SendingLoop;

/** The collaborators of a {@link DispatchLoop}. */
@Singleton
public record DispatchTools(
        Vertx vertx,
        SubscriptionCatalog catalog,
        SubscriptionRepository subscriptions,
        MissedEvents missedEvents,
        SubscriptionSender sender,
        SendingLoop loop,
        OwnEvents ownEvents,
        DispatchMeters meters,
        DeliveryConfig config,
        Clock clock,
        RandomGenerator random) {}
