package nexus.queue.position;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nexus.queue.owed.Ready;

/**
 * What became owed to lanes that are just being read. It waits for the end of the read, which tells whether the lane then
 * knows everything else that is owed to it; if not, it is read as well.
 */
public final class FreshDuringRead {
    private final long mostBytes;
    private final Map<Integer, List<Ready>> byLane = new HashMap<>();
    private long bytes;

    /** @param mostBytes of bodies, over all lanes */
    public FreshDuringRead(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    /** @return false when there is no room for them */
    public boolean add(int lane, List<Ready> rows) {
        long more = rows.stream().mapToLong(row -> row.delivery().bodyBytes()).sum();
        if (bytes + more > mostBytes) {
            return false;
        }
        bytes += more;
        byLane.computeIfAbsent(lane, first -> new ArrayList<>()).addAll(rows);
        return true;
    }

    /** All of it, by lane and rising seq; then it is empty. */
    public Map<Integer, List<Ready>> take() {
        Map<Integer, List<Ready>> taken = Map.copyOf(byLane);
        byLane.clear();
        bytes = 0;
        return taken;
    }
}
