package nexus.dispatch;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import nexus.event.EventType;
import nexus.intake.OwnEvents;
import nexus.queue.Outcome;
import nexus.subscription.Subscription;
import org.jboss.logging.Logger;

/**
 * Raises {@code nexus.delivery.dead}: at once for the first of a subscription, and for those of the next minute one
 * together, so that an endpoint that is down for days does not fill the store with news of it. Belongs to the
 * dispatcher's event loop.
 */
final class DeadNotices {
    private static final Logger LOG = Logger.getLogger(DeadNotices.class);
    private static final EventType DEAD = new EventType("nexus.delivery.dead");

    private final Vertx vertx;
    private final OwnEvents ownEvents;
    private final long windowMillis;
    private final Map<UUID, Gathered> gathering = new HashMap<>();

    /** What came since the last notice of a subscription. */
    private static final class Gathered {
        int count;
        JsonObject newest = new JsonObject();
    }

    DeadNotices(DispatchTools tools) {
        this.vertx = tools.vertx();
        this.ownEvents = tools.ownEvents();
        this.windowMillis = tools.config().deadNoticeEvery().toMillis();
    }

    /** A delivery of one of Nexus's own events raises none: a dead endpoint that watches Nexus would feed itself. */
    void dead(Subscription subscription, Outcome.Dead outcome) {
        if (outcome.delivery().own()) {
            return;
        }
        JsonObject notice = new JsonObject()
                .put("subscriptionId", subscription.id().toString())
                .put("eventId", outcome.delivery().eventId().toString())
                .put("reason", outcome.reason());
        Gathered gathered = gathering.get(subscription.id());
        if (gathered == null) {
            gathering.put(subscription.id(), new Gathered());
            raise(notice, 1);
            vertx.setTimer(windowMillis, over -> endOfWindow(subscription.id()));
        } else {
            gathered.count++;
            gathered.newest = notice;
        }
    }

    private void endOfWindow(UUID subscription) {
        Gathered gathered = gathering.remove(subscription);
        if (gathered != null && gathered.count > 0) {
            gathering.put(subscription, new Gathered());
            raise(gathered.newest, gathered.count);
            vertx.setTimer(windowMillis, over -> endOfWindow(subscription));
        }
    }

    /** @param count how many deliveries it stands for; {@code notice} names the last of them */
    private void raise(JsonObject notice, int count) {
        ownEvents
                .raise(DEAD, notice.put("count", count))
                .onFailure(
                        failure -> LOG.warnf("notice of a dead delivery not stored reason=%s", failure.getMessage()));
    }
}
