package nexus.queue.notify;

import java.util.List;
import java.util.Map;
import nexus.queue.owed.Ready;

/**
 * What has just become owed.
 *
 * @param lowestSeqByLane from which seq on a lane has to be looked at
 * @param byHand a person has changed something: they want it tried now, past an open breaker, or not at all
 * @param freshByLane all of it, by rising seq, when it was stored by this process; else lanes are left out
 */
public record OwedRows(Map<Integer, Long> lowestSeqByLane, boolean byHand, Map<Integer, List<Ready>> freshByLane) {
    public OwedRows {
        lowestSeqByLane = Map.copyOf(lowestSeqByLane);
    }

    public OwedRows(Map<Integer, Long> lowestSeqByLane, boolean byHand) {
        this(lowestSeqByLane, byHand, Map.of());
    }
}
