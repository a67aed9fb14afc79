package nexus.queue;

import java.util.Map;

/**
 * Rows of {@code owed} that became ready behind the dispatcher's back.
 *
 * @param lowestSeqByLane by lane, the smallest seq among them: reading has to go back to it
 */
public record OwedRows(Map<Integer, Long> lowestSeqByLane) {
    public OwedRows {
        lowestSeqByLane = Map.copyOf(lowestSeqByLane);
    }

    public boolean isEmpty() {
        return lowestSeqByLane.isEmpty();
    }
}
