package nexus.dispatch;

import java.time.Duration;
import java.time.Instant;
import nexus.subscription.Subscription;
import nexus.subscription.SubscriptionCatalog;
import nexus.subscription.SubscriptionRepository;
import nexus.webhook.SendResult;
import org.jboss.logging.Logger;

/** What an endpoint asks for with its answer, beyond this one delivery: to be left alone for a while, or for good. */
final class EndpointWishes {
    private static final Logger LOG = Logger.getLogger(EndpointWishes.class);
    private static final int GONE = 410;
    /** Nothing more is sent while the subscription is being disabled; should that fail, the next 410 tries again. */
    private static final Duration WHILE_DISABLING = Duration.ofSeconds(30);

    private final SubscriptionRepository subscriptions;
    private final SubscriptionCatalog catalog;

    EndpointWishes(DispatchTools tools) {
        this.subscriptions = tools.subscriptions();
        this.catalog = tools.catalog();
    }

    void heed(Lane lane, SendResult result, Instant now) {
        OutcomeDecision.holdFor(result).ifPresent(asked -> hold(lane, now.plus(asked)));
        if (result.statusCode().filter(status -> status == GONE).isPresent()) {
            lane.hold(now.plus(WHILE_DISABLING));
            disable(lane.subscription());
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
                .disable(subscription.id(), "the endpoint answered 410 Gone")
                .compose(disabled -> catalog.reload())
                .onFailure(failure -> LOG.warnf(
                        "subscription not disabled subscription=%s reason=%s",
                        subscription.id(), failure.getMessage()));
    }
}
