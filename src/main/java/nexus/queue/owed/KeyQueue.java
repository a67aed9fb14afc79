package nexus.queue.owed;

import java.util.List;

/**
 * The first rows that are owed for a key, in order. The first says whether it is {@code behind} as any other; the others
 * are behind it, and say whether anything else than the rows in front of them in this list holds them.
 */
public record KeyQueue(int lane, long key, List<OwedDelivery> rows) {
    /** So many rows of a key are looked up at most. */
    public static final int LONGEST = 16;

    public KeyQueue {
        rows = List.copyOf(rows);
    }
}
