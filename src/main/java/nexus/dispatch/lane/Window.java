package nexus.dispatch.lane;

/**
 * How many requests a receiver has shown that it can take at once: from 4, doubled by every delivery and halved by every
 * timeout. One that hangs holds one slot after its third timeout; one that is back is at full speed after five answers.
 */
final class Window {
    private static final int FIRST = 4;

    private int size = FIRST;

    int size() {
        return size;
    }

    /** @param most where it ends */
    void faster(int most) {
        size = Math.min(2 * size, Math.max(1, most));
    }

    void slower() {
        size = Math.max(1, size / 2);
    }

    /** Nothing is known any more: the ramp after a breaker. */
    void reset() {
        size = 1;
    }
}
