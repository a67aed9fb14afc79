package nexus.queue.lease;

/**
 * The parts in which lanes are shared between processes. A lane is in one shard with all of its key slices: an event of two
 * keys and a barrier reach over several of them, and {@code concurrency} is for all of them together.
 */
public final class Shards {
    public static final int COUNT = 64;

    private Shards() {}

    /** Lanes are numbered one after the other, so that they spread evenly without a hash. */
    public static int of(int lane) {
        return Math.floorMod(lane, COUNT);
    }
}
