package nexus.tally;

/**
 * Divides durations into 512 buckets. Those up to 63 ms are exact, longer ones are off by at most a 64th, and those above 17
 * minutes count as 17 minutes.
 */
final class DurationScale {
    static final int BUCKETS = 512;

    private static final int LONGEST_MS = (1 << 20) - 1;
    private static final int BITS = 5;
    private static final int BUCKETS_PER_DOUBLING = 1 << BITS;

    private DurationScale() {}

    static int bucket(int durationMs) {
        int value = Math.clamp(durationMs, 0, LONGEST_MS);
        if (value < BUCKETS_PER_DOUBLING) {
            return value;
        }
        int doublings = 31 - Integer.numberOfLeadingZeros(value) - BITS;
        return doublings * BUCKETS_PER_DOUBLING + (value >>> doublings);
    }

    /** A duration in the middle of those that the bucket counts. */
    static int middle(int bucket) {
        if (bucket < BUCKETS_PER_DOUBLING) {
            return bucket;
        }
        int doublings = bucket / BUCKETS_PER_DOUBLING - 1;
        int lowest = (bucket - doublings * BUCKETS_PER_DOUBLING) << doublings;
        return lowest + (1 << doublings) / 2;
    }
}
