package nexus.queue.position;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nexus.queue.owed.Ready;

/**
 * Newly owed deliveries of lanes that are being read. They wait for the end of the read, which shows whether the lane then
 * knows all other owed deliveries. If not, they are read as well.
 */
public final class FreshDuringRead {
    private final long mostBytes;
    private final Map<Integer, List<Ready>> byLane = new HashMap<>();
    private long bytes;

    /** @param mostBytes of bodies, over all lanes */
    public FreshDuringRead(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    /** @return false when there is no room */
    public boolean add(int lane, List<Ready> rows) {
        long more = rows.stream().mapToLong(row -> row.delivery().bodyBytes()).sum();
        if (bytes + more > mostBytes) {
            return false;
        }
        bytes += more;
        byLane.computeIfAbsent(lane, first -> new ArrayList<>()).addAll(rows);
        return true;
    }

    /** Removes and returns all deliveries, by lane and ascending seq. */
    public Map<Integer, List<Ready>> take() {
        Map<Integer, List<Ready>> taken = Map.copyOf(byLane);
        byLane.clear();
        bytes = 0;
        return taken;
    }
}
