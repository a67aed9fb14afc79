package nexus.queue.backlog;

import java.util.HashMap;
import java.util.Map;

/**
 * Bytes of bodies in memory for requests under way. No lane takes more than half of what the others leave, so that a few
 * endpoints that hang on large bodies leave room for everybody's small ones. A body counts for a quarter of the budget at
 * most: a larger one still finds its turn beside others, and goes beyond the budget by the difference.
 */
final class BodyBudget {
    private static final int QUARTER = 4;

    private final long budget;
    private final Map<Integer, Long> byLane = new HashMap<>();
    private long used;

    BodyBudget(long budget) {
        this.budget = budget;
    }

    long used() {
        return used;
    }

    /** @return false when it does not fit now */
    boolean take(int lane, int bytes) {
        long size = counted(bytes);
        long own = byLane.getOrDefault(lane, 0L);
        if (own + size > (budget - (used - own)) / 2) {
            return false;
        }
        byLane.merge(lane, size, Long::sum);
        used += size;
        return true;
    }

    /** What was taken is free again. */
    void giveBack(int lane, int bytes) {
        long size = counted(bytes);
        used -= size;
        byLane.computeIfPresent(lane, (number, own) -> own == size ? null : Long.valueOf(own - size));
    }

    private long counted(int bytes) {
        return Math.min(Math.max(1, bytes), budget / QUARTER);
    }
}
