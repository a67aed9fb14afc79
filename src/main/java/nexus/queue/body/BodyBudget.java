package nexus.queue.body;

import java.util.HashMap;
import java.util.Map;

/**
 * The memory for bodies of in-flight requests, in bytes. A lane takes at most half of what the others leave, so that a few
 * endpoints that hang on large bodies leave memory for the small ones of others. A body counts as a quarter of the budget at
 * most, so that a larger one can be sent beside others; it exceeds the budget by the difference.
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

    /** Whether all of these fit now. */
    boolean fits(int lane, int... bytes) {
        long size = 0;
        for (int one : bytes) {
            size += counted(one);
        }
        long own = byLane.getOrDefault(lane, 0L);
        return own + size <= (budget - (used - own)) / 2;
    }

    /** Releases memory. */
    void giveBack(int lane, int bytes) {
        long size = counted(bytes);
        used -= size;
        byLane.computeIfPresent(lane, (number, own) -> own == size ? null : Long.valueOf(own - size));
    }

    private long counted(int bytes) {
        return Math.min(Math.max(1, bytes), budget / QUARTER);
    }
}
