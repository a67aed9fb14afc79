package nexus.queue.position;

/**
 * The seq before which every delivery of a lane is settled. Reads start there, because settled deliveries remain as dead rows
 * while any transaction is open, and a read from the start would skip each of them.
 */
public final class OldestOpenPosition {
    private long oldestOpen = 1;
    private long owedSinceAsked = Long.MAX_VALUE;

    public long value() {
        return oldestOpen;
    }

    /** Records a newly owed seq. */
    public void owed(long seq) {
        oldestOpen = Math.min(oldestOpen, seq);
        owedSinceAsked = Math.min(owedSinceAsked, seq);
    }

    /** Records the start of a query. */
    public void ask() {
        owedSinceAsked = Long.MAX_VALUE;
    }

    /**
     * Records the result of the query.
     *
     * @param smallestOwed smallest owed seq in the store; {@link Long#MAX_VALUE} when nothing is owed
     * @param safe rows with a higher seq may still become visible
     */
    public void found(long smallestOwed, long safe) {
        oldestOpen = Math.max(oldestOpen, Math.min(Math.min(smallestOwed, safe + 1), owedSinceAsked));
    }
}
