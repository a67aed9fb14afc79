package nexus.queue.backlog;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import nexus.queue.owed.Ready;
import nexus.queue.settle.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * The owed deliveries of the lanes of this process, in order, during a term of the lease: from memory first, then from the
 * store. Belongs to the event loop of its {@link Deliverer}.
 */
public interface Backlog {
    /** Sets the existing lanes. Deliveries owed to other lanes are given up. */
    void serve(Collection<LaneRules> lanes);

    /**
     * Changes some of the existing lanes.
     *
     * @param changed new lanes, and those whose rules changed
     * @param gone lanes that do not exist any more; deliveries owed to them are given up
     */
    void change(Collection<LaneRules> changed, Collection<Integer> gone);

    /** Whether this process delivers this lane. */
    boolean serves(int lane);

    /** The lanes that may have deliveries in memory or unread, in the order of their turns. The caller takes from each. */
    List<Integer> lanesWithWork(Instant now);

    /**
     * Takes deliveries that may start now, with their bodies: the first owed one of each ordering key, and none while another one
     * of its key is in progress. The room determines how much is read next. In a lane that sends batches, the deliveries
     * of one request, and several of a key in order.
     */
    List<Ready> take(int lane, Room room, Instant now);

    /** Reads more for the lanes that were asked. Must be called after all of them were. */
    void readOn(Instant now);

    /** When the next known retry becomes due, or a batch is sent that is not full; null when neither is known. */
    @Nullable
    Instant nextDue(Instant now);

    /** Settles taken deliveries: stores the outcomes in one transaction and lets the next ones of their keys start. */
    void settled(List<Outcome> outcomes);

    /** Returns a taken delivery that was not sent. */
    void released(Collection<Ready> unsent);

    /** Makes all owed deliveries of a lane be read again. */
    void lookAgain(int lane);

    /** Whether a request may be written to a socket now. Thread-safe. */
    boolean isHeld();
}
