package nexus.queue.notify;

import java.util.HashSet;
import java.util.Set;
import nexus.queue.owed.PackedRow;

/**
 * Lanes of which this process, their owner, took all of what became owed last in memory, and will do so again as far as it
 * knows. The dispatcher tells, intake asks: what it stores for these is a {@link PackedRow}. That the process still owns
 * them is for the store to say. Thread-safe.
 */
public final class LiveLanes {
    private static final Live NONE = new Live(0, Set.of());

    private volatile Live now = NONE;

    /**
     * As of one moment.
     *
     * @param process that owns them
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

    /** Until the dispatcher has taken something in memory again. */
    public synchronized void clear() {
        now = NONE;
    }
}
