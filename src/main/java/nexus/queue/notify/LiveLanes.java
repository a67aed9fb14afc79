package nexus.queue.notify;

import java.util.HashSet;
import java.util.Set;
import nexus.queue.owed.PackedRow;

/**
 * Lanes of this process whose last newly owed deliveries were all taken into memory, which is expected again. The dispatcher
 * sets them, and intake stores a {@link PackedRow} for them. The store verifies that the process still owns them. Thread-safe.
 */
public final class LiveLanes {
    /** No lane is live. */
    public static final Live NONE = new Live(0, Set.of());

    private volatile Live now = NONE;

    /**
     * A snapshot.
     *
     * @param process the process that owns them
     */
    public record Live(int process, Set<Integer> lanes) {
        public Live {
            lanes = Set.copyOf(lanes);
        }
    }

    public Live now() {
        return now;
    }

    public synchronized void add(int process, int lane) {
        if (now.process != process) {
            now = new Live(process, Set.of(lane));
        } else if (!now.lanes.contains(lane)) {
            Set<Integer> lanes = new HashSet<>(now.lanes);
            lanes.add(lane);
            now = new Live(process, lanes);
        }
    }

    public synchronized void remove(int lane) {
        if (now.lanes.contains(lane)) {
            Set<Integer> lanes = new HashSet<>(now.lanes);
            lanes.remove(lane);
            now = new Live(now.process, lanes);
        }
    }

    /** Removes a lane until the dispatcher takes deliveries into memory again. */
    public synchronized void clear() {
        now = NONE;
    }
}
