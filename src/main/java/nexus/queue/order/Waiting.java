package nexus.queue.order;

import java.time.Instant;
import nexus.queue.owed.OwedDelivery;
import nexus.queue.owed.Ready;
import org.jspecify.annotations.Nullable;

/**
 * A delivery in memory that is not taken yet. It waits for room, for its predecessor, or for its body. It belongs to the event
 * loop of its backlog.
 */
public final class Waiting {
    private final OwedDelivery row;
    private Instant since;
    private @Nullable Ready ready; // null while its body is not loaded
    private boolean hasRoomForBody; // bytes in the budget
    private boolean isDropped;

    public Waiting(OwedDelivery row, Instant since) {
        this.row = row;
        this.since = since;
    }

    public OwedDelivery row() {
        return row;
    }

    /** When it was read, or became owed. */
    Instant since() {
        return since;
    }

    /** Makes it wait for room from now on. */
    public void follows(Instant now) {
        since = now;
    }

    /** The delivery with its body; null while that is not loaded. */
    public @Nullable Ready ready() {
        return ready;
    }

    /** Sets its body. */
    public void arrived(Ready complete) {
        ready = complete;
    }

    public boolean hasRoomForBody() {
        return hasRoomForBody;
    }

    /** Records that the budget reserves memory for its body. */
    public void reserveBody() {
        hasRoomForBody = true;
    }

    public boolean isDropped() {
        return isDropped;
    }

    /** Removes it from memory; it may be read again. */
    public void drop() {
        isDropped = true;
    }
}
