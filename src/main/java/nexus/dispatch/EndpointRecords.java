package nexus.dispatch;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import nexus.dispatch.lane.LaneState;
import nexus.dispatch.lane.Step;
import nexus.event.EventBody;
import nexus.event.EventType;
import nexus.intake.OwnEvents;
import nexus.subscription.EndpointHealth.Opened;
import nexus.subscription.Missed;
import nexus.subscription.Subscription;
import nexus.subscription.catalog.MissedEvents;
import nexus.subscription.catalog.SubscriptionCatalog;
import nexus.subscription.catalog.SubscriptionRepository;
import nexus.subscription.catalog.SubscriptionRepository.Disabled;
import org.jboss.logging.Logger;

/** Stores and logs the state of endpoints. Belongs to the dispatcher's event loop. */
final class EndpointRecords {
    private static final Logger LOG = Logger.getLogger(EndpointRecords.class);
    private static final EventType DISABLED = new EventType("nexus.subscription.disabled");
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(2);

    private final SubscriptionRepository subscriptions;
    private final SubscriptionCatalog catalog;
    private final OwnEvents ownEvents;
    private final MissedEvents missedEvents;
    private final HealthRecords health;
    private final Vertx vertx;
    private final Clock clock;
    private boolean stopped;

    EndpointRecords(DispatchTools tools, Map<Integer, LaneState> lanes) {
        this.vertx = tools.vertx();
        this.clock = tools.clock();
        this.subscriptions = tools.subscriptions();
        this.catalog = tools.catalog();
        this.ownEvents = tools.ownEvents();
        this.missedEvents = tools.missedEvents();
        this.health = new HealthRecords(tools, lanes);
    }

    void stop() {
        stopped = true;
        health.stop();
    }

    /** Records a changed health of this lane's endpoint. */
    void record(Integer lane) {
        health.changed(lane);
    }

    void tell(Subscription subscription, Step.TellBreaker breaker) {
        if (breaker.after().isPresent()) {
            LOG.infof(
                    "breaker opened subscription=%s nextProbe=%s",
                    subscription.id(), breaker.after().get().nextProbeAt());
        } else if (breaker.before().isPresent()) {
            Opened before = breaker.before().get();
            LOG.infof(
                    "breaker closed subscription=%s openedAt=%s failedProbes=%d",
                    subscription.id(), before.at(), before.failedProbes());
        }
    }

    /** Records that the endpoint asked for a pause, so that it survives this process. */
    void hold(Subscription subscription, Instant until) {
        subscriptions.hold(subscription.id(), subscription.target(), until).onFailure(failure -> {
            LOG.warnf(
                    "hold of a subscription not stored subscription=%s reason=%s",
                    subscription.id(), failure.getMessage());
            vertx.setTimer(AFTER_FAILURE.toMillis(), later -> {
                if (!stopped && until.isAfter(clock.instant())) {
                    hold(subscription, until);
                }
            });
        });
    }

    void disable(Subscription subscription, String reason) {
        LOG.infof("subscription disabled subscription=%s reason=\"%s\"", subscription.id(), reason);
        subscriptions
                .disable(subscription.id(), subscription.target(), reason)
                .compose(disabled -> catalog.reload()
                        .compose(reloaded -> disabled.map(how -> raise(subscription, reason, how))
                                .orElseGet(Future::succeededFuture)))
                .onFailure(failure -> LOG.warnf(
                        "subscription not disabled subscription=%s reason=%s",
                        subscription.id(), failure.getMessage()));
    }

    /** What is missed begins now: the event says what is held, and counts what came while it was being raised. */
    private Future<Void> raise(Subscription subscription, String reason, Disabled how) {
        return missedEvents
                .of(List.of(subscription.lane()))
                .map(missed -> missed.getOrDefault(subscription.lane(), Missed.NONE))
                .compose(missed -> ownEvents.raise(
                        DISABLED,
                        new JsonObject()
                                .put("subscriptionId", subscription.id().toString())
                                .put("name", subscription.name())
                                .put("reason", reason)
                                .put("disabledAt", EventBody.timestamp(how.at()))
                                .put(
                                        "failingSince",
                                        how.failingSince()
                                                .map(EventBody::timestamp)
                                                .orElse(null))
                                .put("held", how.held())
                                .put("missed", shown(missed))));
    }

    private static JsonObject shown(Missed missed) {
        return new JsonObject()
                .put("count", missed.count())
                .put("firstAt", missed.firstAt().map(EventBody::timestamp).orElse(null))
                .put("lastAt", missed.lastAt().map(EventBody::timestamp).orElse(null));
    }
}
