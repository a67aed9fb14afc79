package nexus.intake;

import io.vertx.core.Future;
import java.util.List;
import nexus.event.EventType;

/**
 * Captured events that the store refused in their original form.
 *
 * @param reduced types of the events that were stored without their values
 * @param leftOut types of the events that were not stored at all
 * @param reason the reason, without any value of the events
 */
public record EventRefusal(List<EventType> reduced, List<EventType> leftOut, String reason) {
    public EventRefusal {
        reduced = List.copyOf(reduced);
        leftOut = List.copyOf(leftOut);
    }

    /** Receives the refusal before the other events are stored; they wait until it completes. */
    @FunctionalInterface
    public interface Listener {
        Future<Void> refused(EventRefusal refusal);
    }
}
