package nexus.preview;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Optional;
import nexus.dispatch.send.Description;
import nexus.dispatch.send.SubscriptionSender;
import nexus.event.EventType;
import nexus.preview.PreviewAnswer.OfOne;
import nexus.preview.PreviewAnswer.RequestView;
import nexus.subscription.SubscriptionSettings;

/** Decides about events as intake does, and describes requests as the sender makes them. */
@Singleton
class Previewer {
    private final SubscriptionSender sender;
    private final Clock clock;

    Previewer(SubscriptionSender sender, Clock clock) {
        this.sender = sender;
        this.clock = clock;
    }

    /** Empty when the type alone does not decide. */
    Optional<Decision> decide(SubscriptionSettings subscription, EventType type) {
        return Decision.byType(subscription.selection(), type);
    }

    Decision decide(SubscriptionSettings subscription, PreviewedEvent event) {
        return Decision.of(subscription.selection(), event.type(), event.body());
    }

    /** The request of the first attempt for an event that the subscription selects. */
    OfOne request(SubscriptionSettings subscription, PreviewedEvent event, Decision decision) {
        return switch (sender.describe(subscription, event.id(), event.type(), event.body(), 1, clock.instant())) {
            case Description.Request request -> new OfOne(true, decision.reason(), RequestView.of(request.described()));
            case Description.None none -> new OfOne(true, none.reason() + ": " + none.message(), null);
        };
    }
}
