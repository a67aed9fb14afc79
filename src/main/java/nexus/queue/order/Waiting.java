package nexus.queue.order;

import java.time.Instant;
import nexus.queue.owed.OwedDelivery;
import nexus.queue.owed.Ready;
import org.jspecify.annotations.Nullable;

/**
 * A delivery in memory that has not been taken: it waits for room, behind another one of its key, or for its body. Belongs
 * to the event loop of its backlog.
 */
public final class Waiting {
    private final OwedDelivery row;
    private Instant since;
    private @Nullable Ready ready; // null: its body is not here
    private boolean hasRoomForBody; // in the budget
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

    /** Its turn has come; it waits for room from now on. */
    public void follows(Instant now) {
        since = now;
    }

    /** With its body; null as long as that is not here. */
    public @Nullable Ready ready() {
        return ready;
    }

    /** Its body is here. */
    public void arrived(Ready complete) {
        ready = complete;
    }

    public boolean hasRoomForBody() {
        return hasRoomForBody;
    }

    /** The budget keeps room for its body from now on. */
    public void reserveBody() {
        hasRoomForBody = true;
    }

    public boolean isDropped() {
        return isDropped;
    }

    /** It is no longer in memory; it may be read again. */
    public void drop() {
        isDropped = true;
    }
}
