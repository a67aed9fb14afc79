package nexus.queue;

import java.util.Map;

/**
 * What has just become owed.
 *
 * @param lowestSeqByLane from which seq on a lane has to be looked at
 */
public record OwedRows(Map<Integer, Long> lowestSeqByLane) {
    public OwedRows {
        lowestSeqByLane = Map.copyOf(lowestSeqByLane);
    }
}
