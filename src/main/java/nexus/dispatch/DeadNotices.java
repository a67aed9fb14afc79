package nexus.dispatch;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import nexus.event.EventType;
import nexus.intake.OwnEvents;
import nexus.queue.settle.Outcome;
import nexus.subscription.Subscription;
import org.jboss.logging.Logger;

/**
 * Raises {@code nexus.delivery.dead}: at once for the first delivery of a subscription, and one for all of the next
 * minute together, so that an endpoint that is down for days does not fill the store with notices. Belongs to the
 * dispatcher's event loop.
 */
final class DeadNotices {
    private static final Logger LOG = Logger.getLogger(DeadNotices.class);
    private static final EventType DEAD = new EventType("nexus.delivery.dead");

    /** Event ids in one notice; the others are listed by {@code GET /v1/deliveries?status=DEAD}. */
    private static final int MOST_NAMED = 100;

    private final Vertx vertx;
    private final OwnEvents ownEvents;
    private final long windowMillis;
    private final Map<UUID, Gathered> gathering = new HashMap<>();
    private boolean stopped;

    /** The dead deliveries since the last notice of a subscription. */
    private static final class Gathered {
        int count;
        JsonObject newest = new JsonObject();
        final List<String> eventIds = new ArrayList<>();
    }

    DeadNotices(DispatchTools tools) {
        this.vertx = tools.vertx();
        this.ownEvents = tools.ownEvents();
        this.windowMillis = tools.config().deadNoticeEvery().toMillis();
    }

    /** A delivery of one of Nexus's own events raises none, because a dead endpoint that watches Nexus would cause new ones. */
    void dead(Subscription subscription, Outcome.Dead outcome) {
        if (outcome.delivery().own()) {
            return;
        }
        String eventId = outcome.delivery().eventId().toString();
        JsonObject notice = new JsonObject()
                .put("subscriptionId", subscription.id().toString())
                .put("name", subscription.name())
                .put("eventId", eventId)
                .put("reason", outcome.reason());
        Gathered gathered = gathering.get(subscription.id());
        if (gathered == null) {
            gathering.put(subscription.id(), new Gathered());
            raise(notice, List.of(eventId), 1);
            vertx.setTimer(windowMillis, over -> endOfWindow(subscription.id()));
        } else {
            gathered.count++;
            gathered.newest = notice;
            if (gathered.eventIds.size() < MOST_NAMED) {
                gathered.eventIds.add(eventId);
            }
        }
    }

    /** Raises the collected notices now, because the next term does not know them. */
    void stop() {
        stopped = true;
        gathering.values().stream()
                .filter(gathered -> gathered.count > 0)
                .forEach(gathered -> raise(gathered.newest, gathered.eventIds, gathered.count));
        gathering.clear();
    }

    private void endOfWindow(UUID subscription) {
        Gathered gathered = gathering.remove(subscription);
        if (gathered != null && gathered.count > 0 && !stopped) {
            gathering.put(subscription, new Gathered());
            raise(gathered.newest, gathered.eventIds, gathered.count);
            vertx.setTimer(windowMillis, over -> endOfWindow(subscription));
        }
    }

    /**
     * Raises a notice.
     *
     * @param notice of the last delivery
     * @param eventIds of the first deliveries
     * @param count number of deliveries
     */
    private void raise(JsonObject notice, List<String> eventIds, int count) {
        ownEvents
                .raise(DEAD, notice.put("eventIds", new JsonArray(eventIds)).put("count", count))
                .onFailure(
                        failure -> LOG.warnf("notice of a dead delivery not stored reason=%s", failure.getMessage()));
    }
}
