package nexus.queue;

import java.util.Map;

/**
 * What has just become owed.
 *
 * @param lowestSeqByLane from which seq on a lane has to be looked at
 * @param byHand a person wants them tried now, past an open breaker
 */
public record OwedRows(Map<Integer, Long> lowestSeqByLane, boolean byHand) {
    public OwedRows {
        lowestSeqByLane = Map.copyOf(lowestSeqByLane);
    }

    public OwedRows(Map<Integer, Long> lowestSeqByLane) {
        this(lowestSeqByLane, false);
    }
}
