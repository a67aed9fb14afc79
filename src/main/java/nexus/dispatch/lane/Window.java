package nexus.dispatch.lane;

/**
 * The number of concurrent requests that a receiver has proved to handle: starts at 4, doubles with every delivery and halves
 * with every timeout. A hanging receiver holds one slot after its third timeout; a recovered one has full speed after five
 * deliveries.
 */
final class Window {
    private static final int FIRST = 4;

    private int size = FIRST;

    int size() {
        return size;
    }

    /** @param most upper limit */
    void faster(int most) {
        size = Math.min(2 * size, Math.max(1, most));
    }

    void slower() {
        size = Math.max(1, size / 2);
    }

    /** Starts again from the lower limit, after an open breaker. */
    void reset() {
        size = 1;
    }
}
