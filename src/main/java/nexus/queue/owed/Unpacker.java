package nexus.queue.owed;

import io.vertx.core.Future;
import java.util.Collection;
import java.util.Map;
import java.util.Set;

/** Reads and unpacks packed rows. */
public interface Unpacker {
    /**
     * The packed rows of these lanes.
     *
     * @param oldestOpenByLane by lane, its oldest open position
     */
    Future<Set<PackedRow.Key>> of(Map<Integer, Long> oldestOpenByLane);

    /** Makes each owed delivery of these packed rows a row of its own. Missing packed rows are skipped. */
    Future<Void> unpack(Collection<PackedRow.Key> runs);

    /** Unpacks every packed row of a lane. */
    Future<Void> unpackLane(int lane);
}
