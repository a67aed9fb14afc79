package nexus.preview;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Optional;
import nexus.delivery.event.WholeEvent;
import nexus.delivery.state.Delivery;
import nexus.delivery.state.DeliveryStatus;
import nexus.event.EventBody;
import nexus.event.EventId;
import nexus.subscription.Subscription;
import org.jspecify.annotations.Nullable;

/**
 * Whether one subscription gets an event, and why.
 *
 * @param matched whether it selects the event; also when the event was delivered under former settings
 * @param deliveryId left out when there is no delivery
 */
@RegisterForReflection
public record Explanation(
        String subscriptionId,
        String name,
        boolean matched,
        String reason,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String deliveryId,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable DeliveryStatus status) {

    static Explanation of(
            WholeEvent event, Subscription subscription, Optional<Delivery> delivery, Previewer previewer) {
        Decision now = decide(event, subscription, previewer);
        Decision all = delivery.isPresent() ? owed(now) : notOwed(event, subscription, now);
        return new Explanation(
                subscription.id().toString(),
                subscription.name(),
                all.matched(),
                all.reason(),
                delivery.map(found -> found.id().toString()).orElse(null),
                delivery.map(Delivery::status).orElse(null));
    }

    private static Decision decide(WholeEvent event, Subscription subscription, Previewer previewer) {
        return previewer
                .decide(subscription.settings(), event.type())
                .or(() -> event.body()
                        .map(body -> previewer.decide(
                                subscription.settings(),
                                new PreviewedEvent(new EventId(event.id()), event.type(), body))))
                .orElseGet(
                        () -> new Decision(false, "the event's payload was erased, so that the filter cannot decide"));
    }

    private static Decision owed(Decision now) {
        return now.matched() ? now : new Decision(true, "it was delivered under former settings; now " + now.reason());
    }

    private static Decision notOwed(WholeEvent event, Subscription subscription, Decision now) {
        if (!now.matched()) {
            return now;
        }
        String why;
        if (subscription.createdAt().isAfter(event.acceptedAt())) {
            why = "the subscription was made after the event, at " + EventBody.timestamp(subscription.createdAt());
        } else if (!subscription.isEnabled()) {
            why = "the subscription is disabled"
                    + subscription
                            .state()
                            .disabledReason()
                            .map(reason -> ": " + reason)
                            .orElse("");
        } else {
            why = "the subscription was disabled or had other settings when the event was stored, or its delivery is no"
                    + " longer kept";
        }
        return new Decision(true, now.reason() + ", but there is no delivery: " + why);
    }
}
