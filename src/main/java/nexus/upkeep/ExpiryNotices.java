package nexus.upkeep;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import nexus.event.EventType;
import nexus.intake.OwnEvents;
import nexus.queue.override.OwedExpiry.Expired;

/** Raises {@code nexus.delivery.dead} for expired deliveries: one event for each subscription. */
final class ExpiryNotices {
    private static final EventType DEAD = new EventType("nexus.delivery.dead");
    private static final String REASON = "expired";

    private final OwnEvents ownEvents;

    ExpiryNotices(OwnEvents ownEvents) {
        this.ownEvents = ownEvents;
    }

    Future<Void> raise(List<Expired> expired) {
        Future<Void> all = Future.succeededFuture();
        for (Expired of : expired) {
            all = all.compose(before -> ownEvents.raise(DEAD, notice(of)));
        }
        return all;
    }

    /** Has the same fields as the events that the dispatcher raises. */
    private static JsonObject notice(Expired expired) {
        List<String> ids = expired.eventIds().stream().map(Object::toString).toList();
        return new JsonObject()
                .put("subscriptionId", expired.subscription().toString())
                .put("name", expired.name())
                .put("eventId", ids.getLast())
                .put("reason", REASON)
                .put("eventIds", new JsonArray(ids))
                .put("count", expired.count());
    }
}
