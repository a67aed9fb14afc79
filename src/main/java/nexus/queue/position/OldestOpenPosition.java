package nexus.queue.position;

/**
 * A seq below which nothing of a lane is owed. Reads start from there: whatever was settled lies in front as dead rows
 * for as long as somebody's transaction is open, and a read from the front would step over each of them.
 */
public final class OldestOpenPosition {
    private long oldestOpen = 1;
    private long owedSinceAsked = Long.MAX_VALUE;

    public long value() {
        return oldestOpen;
    }

    /** Something with this seq became owed. */
    public void owed(long seq) {
        oldestOpen = Math.min(oldestOpen, seq);
        owedSinceAsked = Math.min(owedSinceAsked, seq);
    }

    /** The store is about to be asked. */
    public void ask() {
        owedSinceAsked = Long.MAX_VALUE;
    }

    /**
     * The store has answered.
     *
     * @param smallestOwed that it sees; {@link Long#MAX_VALUE} when nothing is owed
     * @param safe what has a greater seq may still become visible
     */
    public void found(long smallestOwed, long safe) {
        oldestOpen = Math.max(oldestOpen, Math.min(Math.min(smallestOwed, safe + 1), owedSinceAsked));
    }
}
