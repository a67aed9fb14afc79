package nexus.dispatch.lane;

import java.util.HashMap;
import java.util.Map;

/**
 * The in-flight requests of all lanes together. A lane gets at most half of the slots that the others leave, so that a few
 * hanging endpoints cannot take all of them, however often their lanes have a turn.
 */
public final class Slots {
    private final int all;
    private final Map<Integer, Integer> byLane = new HashMap<>();
    private int taken;

    public Slots(int all) {
        this.all = all;
    }

    /** In-flight requests. */
    public int taken() {
        return taken;
    }

    /** The number of further requests that this lane may start now. */
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
