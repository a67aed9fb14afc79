package nexus.queue.notify;

import java.util.List;
import java.util.Map;
import nexus.queue.owed.Ready;

/**
 * Newly owed deliveries.
 *
 * @param lowestSeqByLane the seq from which a lane must be read
 * @param byHand whether a person made the change and wants it tried now, in spite of an open breaker, or not at all
 * @param freshByLane all of them by ascending seq, if this process stored them; other lanes are missing
 */
public record OwedRows(Map<Integer, Long> lowestSeqByLane, boolean byHand, Map<Integer, List<Ready>> freshByLane) {
    public OwedRows {
        lowestSeqByLane = Map.copyOf(lowestSeqByLane);
    }

    public OwedRows(Map<Integer, Long> lowestSeqByLane, boolean byHand) {
        this(lowestSeqByLane, byHand, Map.of());
    }
}
