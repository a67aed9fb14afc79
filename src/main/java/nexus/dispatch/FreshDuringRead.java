package nexus.dispatch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nexus.queue.notify.FreshDelivery;

/**
 * What became owed to lanes that are just being read. It waits for the end of the read, which tells whether the lane then
 * knows everything else that is owed to it; if not, it is read as well.
 */
final class FreshDuringRead {
    private final long mostBytes;
    private final Map<Integer, List<FreshDelivery>> byLane = new HashMap<>();
    private long bytes;

    /** @param mostBytes of bodies, over all lanes */
    FreshDuringRead(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    /** @return false when there is no room for them */
    boolean add(int lane, List<FreshDelivery> rows) {
        long more = rows.stream().mapToLong(row -> row.delivery().bodyBytes()).sum();
        if (bytes + more > mostBytes) {
            return false;
        }
        bytes += more;
        byLane.computeIfAbsent(lane, first -> new ArrayList<>()).addAll(rows);
        return true;
    }

    /** All of it, by lane and rising seq; then it is empty. */
    Map<Integer, List<FreshDelivery>> take() {
        Map<Integer, List<FreshDelivery>> taken = Map.copyOf(byLane);
        byLane.clear();
        bytes = 0;
        return taken;
    }
}
