package nexus.capture.window;

import java.util.HashSet;
import java.util.Set;

/**
 * The transactions whose changes a query saw: {@code pg_current_snapshot()}. The stream announces a transaction by the low
 * half of its id, so an id is completed with the epoch that brings it closest to those of the snapshot.
 *
 * @param oldestRunning every transaction before it was over
 * @param next no transaction from here on had started to be over
 * @param running between them
 */
public record SeenTransactions(long oldestRunning, long next, Set<Long> running) {
    private static final long HALF = 1L << 31;
    private static final long LOW = 0xffff_ffffL;

    public SeenTransactions {
        running = Set.copyOf(running);
    }

    /**
     * @param text {@code xmin:xmax:xip,xip}
     * @throws IllegalArgumentException for anything else
     */
    public static SeenTransactions parse(String text) {
        String[] parts = text.split(":", -1);
        if (parts.length != 3) {
            throw new IllegalArgumentException("not a snapshot: " + text);
        }
        Set<Long> running = new HashSet<>();
        if (!parts[2].isEmpty()) {
            for (String one : parts[2].split(",", -1)) {
                running.add(Long.parseUnsignedLong(one));
            }
        }
        return new SeenTransactions(Long.parseUnsignedLong(parts[0]), Long.parseUnsignedLong(parts[1]), running);
    }

    /** Whether the changes of a committed transaction were visible. */
    public boolean sees(int xid) {
        long whole = whole(xid);
        return whole < oldestRunning || (whole < next && !running.contains(whole));
    }

    /** Whether every transaction before this one was over. */
    public boolean seesAllBefore(long xid) {
        return oldestRunning >= xid;
    }

    private long whole(int xid) {
        long whole = (next & ~LOW) | (xid & LOW);
        if (whole - next > HALF) {
            return whole - (1L << 32);
        }
        return next - whole > HALF ? whole + (1L << 32) : whole;
    }
}
