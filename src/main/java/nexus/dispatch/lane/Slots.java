package nexus.dispatch.lane;

import java.util.HashMap;
import java.util.Map;

/**
 * The requests of all lanes that may be under way together. A lane has never more than half of what the others leave: a few
 * endpoints that hang can't take them all, however often their lanes have their turn.
 */
public final class Slots {
    private final int all;
    private final Map<Integer, Integer> byLane = new HashMap<>();
    private int taken;

    public Slots(int all) {
        this.all = all;
    }

    /** Requests under way. */
    public int taken() {
        return taken;
    }

    /** How many more this lane may have now. */
    public int room(Integer lane) {
        int own = byLane.getOrDefault(lane, 0);
        int leftByOthers = all - (taken - own);
        return Math.max(0, (leftByOthers + 1) / 2 - own);
    }

    /** Whether one more request may start at all. */
    public boolean hasRoom() {
        return taken < all;
    }

    public void began(Integer lane) {
        byLane.merge(lane, 1, Integer::sum);
        taken++;
    }

    public void ended(Integer lane) {
        byLane.computeIfPresent(lane, (number, count) -> count == 1 ? null : Integer.valueOf(count - 1));
        taken--;
    }
}
