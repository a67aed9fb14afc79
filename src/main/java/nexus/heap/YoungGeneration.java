package nexus.heap;

/**
 * How large the young generation may become. Under load each event leaves garbage of some tens of kilobytes; with a small
 * young generation it is collected so often that events under way are copied again and again. The collector starts with
 * less and grows up to this size when collections take too much time.
 */
final class YoungGeneration {
    private static final long MEBIBYTE = 1 << 20;

    /** Enough at full load: more does not make an event cheaper. */
    private static final long MOST = 256 * MEBIBYTE;

    /** What the collector needs at least. */
    private static final long LEAST = 16 * MEBIBYTE;

    /** For what stays: connections, subscriptions, deliveries that wait in memory. */
    private static final long FOR_THE_OLD = 64 * MEBIBYTE;

    private YoungGeneration() {}

    /**
     * @param maxHeap bytes; the collector takes 80 % of the memory of the machine or container, or what {@code -Xmx} says
     * @return whole percent of {@code maxHeap}, 1 to 50, as {@code -XX:MaximumYoungGenerationSizePercent} takes it; on a large
     *     machine 1 % can be more than 256 MiB
     */
    static int percentOf(long maxHeap) {
        long half = (maxHeap - FOR_THE_OLD) / 2;
        long size = Math.clamp(half, LEAST, MOST);
        return Math.clamp(size * 100 / maxHeap, 1, 50);
    }
}
