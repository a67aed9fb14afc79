package nexus.queue.backlog;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import nexus.queue.owed.Ready;
import nexus.queue.settle.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * What is owed to the lanes of this process, in order, from taking the lease to losing it: memory first, then the store.
 * Belongs to the event loop of its {@link Deliverer}.
 */
public interface Backlog {
    /** These are the lanes that there are; what is owed to others is given up. */
    void serve(Collection<LaneRules> lanes);

    /** Whether this lane is delivered by this process. */
    boolean serves(int lane);

    /** The lanes of which something may be in memory or unread, in the order of their turns. Each is to be asked. */
    List<Integer> lanesWithWork(Instant now);

    /**
     * Takes what may start now, with its body: of each ordering key the first that is owed, and none while another one of
     * its key is under way. Reading goes on by what there is room for.
     */
    List<Ready> take(int lane, Room room, Instant now);

    /** Reads on for the lanes that have been asked; to be called when all of them were. */
    void readOn(Instant now);

    /** When a retry is due next, as far as is known; null: none is. */
    @Nullable
    Instant nextDue();

    /** The outcome of a delivery that was taken: it is written down, and the next of its key may go. */
    void settled(Outcome outcome);

    /** Taken, but not sent: given back unchanged. */
    void released(Collection<Ready> unsent);

    /** Everything of a lane is to be looked at again. */
    void lookAgain(int lane);

    /** Whether a request may be written to a socket now. Any thread may ask. */
    boolean isHeld();
}
