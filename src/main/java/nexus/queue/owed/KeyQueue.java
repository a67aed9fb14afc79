package nexus.queue.owed;

import java.util.List;

/**
 * The first owed deliveries of a key, in order. The first has {@code behind} as usual; for the others it reports whether
 * anything but their predecessors in this list holds them.
 */
public record KeyQueue(int lane, long key, List<OwedDelivery> rows) {
    /** Most rows of a key that are read, in lanes that send them one by one. */
    public static final int LONGEST = 16;

    public KeyQueue {
        rows = List.copyOf(rows);
    }
}
