package nexus.heap;

/**
 * Decides when memory is given back: once the load is over, and then whenever enough garbage has gathered. A complete
 * collection takes tens of milliseconds, so there is none while the process is busy.
 */
final class Release {
    /** Garbage that is worth a collection. */
    static final long WORTHWHILE_BYTES = 6 << 20;

    /** What is allocated between two looks without load. */
    static final long QUIET_BYTES = 4 << 20;

    private Look before;
    private long keptBytes;
    private boolean isLarge = true; // the start leaves garbage too

    /**
     * The heap at one moment.
     *
     * @param usedBytes with garbage
     * @param collections since the start
     */
    record Look(long usedBytes, long collections) {}

    Release(Look first) {
        this.before = first;
    }

    /** @return true when memory is to be given back now; {@link #done} must follow */
    boolean isDue(Look now) {
        boolean hasCollected = now.collections() != before.collections();
        boolean isQuiet = !hasCollected && now.usedBytes() - before.usedBytes() < QUIET_BYTES;
        before = now;
        isLarge |= hasCollected;
        return isQuiet && (isLarge || now.usedBytes() - keptBytes >= WORTHWHILE_BYTES);
    }

    /** @param now right after the collection */
    void done(Look now) {
        before = now;
        keptBytes = now.usedBytes();
        isLarge = false;
    }
}
