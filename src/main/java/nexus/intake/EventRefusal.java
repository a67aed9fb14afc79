package nexus.intake;

import io.vertx.core.Future;
import java.util.List;
import nexus.event.EventType;

/**
 * Captured events that the store did not take as they are.
 *
 * @param reduced types of those that it took without their values
 * @param leftOut types of those that it did not take at all
 * @param reason without any value of theirs
 */
public record EventRefusal(List<EventType> reduced, List<EventType> leftOut, String reason) {
    public EventRefusal {
        reduced = List.copyOf(reduced);
        leftOut = List.copyOf(leftOut);
    }

    /** Is told before the others are stored; they wait until it is done. */
    @FunctionalInterface
    public interface Listener {
        Future<Void> refused(EventRefusal refusal);
    }
}
