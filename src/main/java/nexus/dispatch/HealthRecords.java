package nexus.dispatch;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import nexus.dispatch.lane.LaneState;
import nexus.subscription.Subscription;
import nexus.subscription.catalog.SubscriptionRepository;
import org.jboss.logging.Logger;

/**
 * Stores the health of endpoints, so that it survives this process, and raises the events about its changes. It writes once at
 * a time per lane, so that an older state never replaces a newer one, and no event overtakes another. Belongs to the dispatcher's event loop.
 */
final class HealthRecords {
    private static final Logger LOG = Logger.getLogger(HealthRecords.class);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(2);

    private final Vertx vertx;
    private final SubscriptionRepository subscriptions;
    private final Clock clock;
    private final HealthAlerts alerts;
    private final Map<Integer, LaneState> lanes;
    private final Set<Integer> writing = new HashSet<>();
    private final Set<Integer> changed = new HashSet<>(); // changed during a write
    private boolean stopped;

    HealthRecords(DispatchTools tools, Map<Integer, LaneState> lanes) {
        this.vertx = tools.vertx();
        this.subscriptions = tools.subscriptions();
        this.clock = tools.clock();
        this.alerts = new HealthAlerts(tools);
        this.lanes = lanes;
    }

    /** Another process may deliver by now and have a newer state. */
    void stop() {
        stopped = true;
    }

    /** Records a changed health of a lane. */
    void changed(Integer number) {
        if (writing.contains(number)) {
            changed.add(number);
        } else {
            write(number);
        }
    }

    private void write(Integer number) {
        LaneState lane = lanes.get(number);
        if (lane == null || stopped) {
            return;
        }
        writing.add(number);
        Subscription subscription = lane.subscription();
        subscriptions
                .health(subscription.id(), subscription.target(), lane.healthToStore(clock.instant()))
                .compose(due ->
                        due.map(alert -> alerts.raise(subscription, alert)).orElseGet(Future::succeededFuture))
                .onComplete(written -> {
                    writing.remove(number);
                    boolean isAnother = changed.remove(number);
                    if (written.failed()) {
                        LOG.warnf(
                                "health of an endpoint not stored or announced subscription=%s reason=%s",
                                subscription.id(), written.cause().getMessage());
                        vertx.setTimer(AFTER_FAILURE.toMillis(), later -> changed(number));
                    } else if (isAnother) {
                        write(number);
                    }
                });
    }
}
