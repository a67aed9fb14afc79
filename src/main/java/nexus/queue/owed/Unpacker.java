package nexus.queue.owed;

import io.vertx.core.Future;
import java.util.Collection;
import java.util.Map;
import java.util.Set;

/** Finds packed rows, and makes rows of what is owed of them. */
public interface Unpacker {
    /**
     * The packed rows of these lanes.
     *
     * @param oldestOpenByLane by lane, its oldest open position
     */
    Future<Set<PackedRow.Key>> of(Map<Integer, Long> oldestOpenByLane);

    /** What is owed of these packed rows is a row each from then on; one that is gone is left out. */
    Future<Void> unpack(Collection<PackedRow.Key> runs);

    /** As {@link #unpack}, for every packed row of a lane. */
    Future<Void> unpackLane(int lane);
}
