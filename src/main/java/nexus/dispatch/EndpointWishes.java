package nexus.dispatch;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import nexus.event.EventBody;
import nexus.event.EventType;
import nexus.intake.OwnEvents;
import nexus.queue.owed.OwedDelivery;
import nexus.subscription.EndpointHealth;
import nexus.subscription.Subscription;
import nexus.subscription.catalog.SubscriptionCatalog;
import nexus.subscription.catalog.SubscriptionRepository;
import nexus.target.SendResult;
import nexus.target.SendResult.Extent;
import org.jboss.logging.Logger;

/**
 * What an answer, or none, means beyond this one delivery: the endpoint asks to be left alone for a while or for good, it
 * is down, or it has been failing for so long that its subscription is given up.
 */
final class EndpointWishes {
    private static final Logger LOG = Logger.getLogger(EndpointWishes.class);
    private static final EventType DISABLED = new EventType("nexus.subscription.disabled");
    /** Nothing more is sent while the subscription is being disabled; should that fail, the next answer tries again. */
    private static final Duration WHILE_DISABLING = Duration.ofSeconds(30);

    private final SubscriptionRepository subscriptions;
    private final SubscriptionCatalog catalog;
    private final OwnEvents ownEvents;
    private final HealthRecords records;

    EndpointWishes(DispatchTools tools, Lanes lanes) {
        this.subscriptions = tools.subscriptions();
        this.catalog = tools.catalog();
        this.ownEvents = tools.ownEvents();
        this.records = new HealthRecords(tools, lanes);
    }

    void stop() {
        records.stop();
    }

    /**
     * Takes note of a request that is over.
     *
     * @param asked as it was when the request was made: what a former endpoint says is not for the new one
     */
    void heed(Lane lane, OwedDelivery row, Subscription asked, SendResult result, Instant startedAt, Instant now) {
        if (!asked.endpointUrl().equals(lane.subscription().endpointUrl())) {
            return;
        }
        OutcomeDecision.holdFor(result).ifPresent(wait -> hold(lane, now.plus(wait)));
        judge(lane, row, Verdict.of(result), startedAt, now);
        if (result instanceof SendResult.Refused refused && refused.extent() instanceof Extent.AllForGood gone) {
            disable(lane, gone.why(), now);
        } else {
            lane.hopeless(now)
                    .ifPresent(streak -> disable(
                            lane,
                            "every attempt has failed since %s: %d of them"
                                    .formatted(EventBody.timestamp(streak.since()), streak.attempts()),
                            now));
        }
    }

    private void judge(Lane lane, OwedDelivery row, Verdict verdict, Instant startedAt, Instant now) {
        Optional<EndpointHealth.Opened> before = lane.breakerOpened();
        if (lane.heard(row, verdict, startedAt, now)) {
            records.changed(lane.number);
        }
        Optional<EndpointHealth.Opened> after = lane.breakerOpened();
        if (before.isEmpty() && after.isPresent()) {
            LOG.infof(
                    "breaker opened subscription=%s nextProbe=%s",
                    lane.subscription().id(), after.get().nextProbeAt());
        } else if (before.isPresent() && after.isEmpty()) {
            LOG.infof(
                    "breaker closed subscription=%s openedAt=%s failedProbes=%d",
                    lane.subscription().id(), before.get().at(), before.get().failedProbes());
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

    private void disable(Lane lane, String reason, Instant now) {
        Subscription subscription = lane.subscription();
        lane.hold(now.plus(WHILE_DISABLING));
        LOG.infof("subscription disabled subscription=%s reason=\"%s\"", subscription.id(), reason);
        subscriptions
                .disable(subscription.id(), reason)
                .compose(disabled -> catalog.reload()
                        .compose(reloaded -> disabled ? raise(subscription, reason) : Future.<Void>succeededFuture()))
                .onFailure(failure -> LOG.warnf(
                        "subscription not disabled subscription=%s reason=%s",
                        subscription.id(), failure.getMessage()));
    }

    private Future<Void> raise(Subscription subscription, String reason) {
        return ownEvents.raise(
                DISABLED,
                new JsonObject()
                        .put("subscriptionId", subscription.id().toString())
                        .put("name", subscription.name())
                        .put("reason", reason));
    }
}
