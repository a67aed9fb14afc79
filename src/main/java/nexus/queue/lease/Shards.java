package nexus.queue.lease;

/**
 * The parts by which processes share lanes. A lane belongs to one shard with all of its key slices, because an event with two
 * keys and a barrier affect several of them, and {@code concurrency} applies to all of them together.
 */
public final class Shards {
    public static final int COUNT = 64;

    private Shards() {}

    /** Lanes have consecutive numbers, so they spread evenly without a hash. */
    public static int of(int lane) {
        return Math.floorMod(lane, COUNT);
    }
}
