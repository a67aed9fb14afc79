package nexus.dispatch;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import nexus.event.EventType;
import nexus.intake.OwnEvents;
import nexus.subscription.Subscription;
import nexus.subscription.SubscriptionCatalog;
import nexus.subscription.SubscriptionRepository;
import nexus.webhook.SendResult;
import org.jboss.logging.Logger;

/** What an endpoint asks for with its answer, beyond this one delivery: to be left alone for a while, or for good. */
final class EndpointWishes {
    private static final Logger LOG = Logger.getLogger(EndpointWishes.class);
    private static final int GONE = 410;
    private static final String REASON = "the endpoint answered 410 Gone";
    private static final EventType DISABLED = new EventType("nexus.subscription.disabled");
    /** Nothing more is sent while the subscription is being disabled; should that fail, the next 410 tries again. */
    private static final Duration WHILE_DISABLING = Duration.ofSeconds(30);

    private final SubscriptionRepository subscriptions;
    private final SubscriptionCatalog catalog;
    private final OwnEvents ownEvents;

    EndpointWishes(DispatchTools tools) {
        this.subscriptions = tools.subscriptions();
        this.catalog = tools.catalog();
        this.ownEvents = tools.ownEvents();
    }

    /** @param asked as it was when the request was made: what a former endpoint says is not for the new one */
    void heed(Lane lane, Subscription asked, SendResult result, Instant now) {
        if (!asked.endpointUrl().equals(lane.subscription().endpointUrl())) {
            return;
        }
        OutcomeDecision.holdFor(result).ifPresent(wait -> hold(lane, now.plus(wait)));
        if (result.statusCode().filter(status -> status == GONE).isPresent()) {
            lane.hold(now.plus(WHILE_DISABLING));
            disable(asked);
        }
    }

    private void hold(Lane lane, Instant until) {
        lane.hold(until);
        subscriptions
                .hold(lane.subscription().id(), until)
                .onFailure(failure -> LOG.warnf(
                        "hold of a subscription not stored subscription=%s reason=%s",
                        lane.subscription().id(), failure.getMessage()));
    }

    private void disable(Subscription subscription) {
        LOG.infof("endpoint answered 410, subscription disabled subscription=%s", subscription.id());
        subscriptions
                .disable(subscription.id(), REASON)
                .compose(disabled -> catalog.reload()
                        .compose(reloaded -> disabled ? raise(subscription) : Future.<Void>succeededFuture()))
                .onFailure(failure -> LOG.warnf(
                        "subscription not disabled subscription=%s reason=%s",
                        subscription.id(), failure.getMessage()));
    }

    private Future<Void> raise(Subscription subscription) {
        return ownEvents.raise(
                DISABLED,
                new JsonObject()
                        .put("subscriptionId", subscription.id().toString())
                        .put("name", subscription.name())
                        .put("reason", REASON));
    }
}
