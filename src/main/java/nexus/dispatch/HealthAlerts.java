package nexus.dispatch;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import nexus.dispatch.lane.LaneState;
import nexus.event.EventBody;
import nexus.event.EventType;
import nexus.intake.IdempotencyClaim;
import nexus.intake.OwnEvents;
import nexus.refusal.Refusal;
import nexus.subscription.EndpointHealth.Alert;
import nexus.subscription.Subscription;
import nexus.subscription.catalog.SubscriptionRepository;

/**
 * Raises {@code nexus.subscription.failing} and {@code nexus.subscription.recovered} for stored changes of an endpoint's
 * health. The change stays marked in the store until its event is stored, so that it is raised after a crash. The event
 * then has the same idempotency key, and is not stored twice.
 */
final class HealthAlerts {
    private static final EventType RECOVERED = new EventType("nexus.subscription.recovered");
    private static final Duration SAME_FOR = Duration.ofHours(24);

    private final OwnEvents ownEvents;
    private final SubscriptionRepository subscriptions;

    HealthAlerts(DispatchTools tools) {
        this.ownEvents = tools.ownEvents();
        this.subscriptions = tools.subscriptions();
    }

    /** Completes when the event is stored, and the change is marked so. */
    Future<Void> raise(Subscription subscription, Alert alert) {
        EventType type = alert.isFailing() ? LaneState.FAILING : RECOVERED;
        String key = type.value() + " " + subscription.id() + " " + EventBody.timestamp(alert.at());
        return ownEvents
                .raise(
                        type,
                        data(subscription, alert),
                        List.of(new IdempotencyClaim("nexus", key, key, SAME_FOR, 0, 1, false, "")))
                .recover(failure -> failure instanceof Refusal // it will never be stored
                        ? Future.succeededFuture()
                        : Future.failedFuture(failure))
                .compose(raised -> subscriptions.announced(subscription.id(), alert));
    }

    private static JsonObject data(Subscription subscription, Alert alert) {
        JsonObject data = new JsonObject()
                .put("subscriptionId", subscription.id().toString())
                .put("name", subscription.name())
                .put("targetType", subscription.target().type().name())
                .put("since", EventBody.timestamp(alert.since()));
        return alert.isFailing()
                ? data.put("lastError", alert.error())
                        .put("lastStatusCode", alert.statusCode().orElse(null))
                : data.put("recoveredAt", EventBody.timestamp(alert.at()));
    }
}
