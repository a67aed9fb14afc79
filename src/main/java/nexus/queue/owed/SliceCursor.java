package nexus.queue.owed;

/**
 * The position from which a key slice of a lane is read.
 *
 * @param after the last seq read
 * @param limit rows at most
 * @param oldestOpen no delivery of the lane with a smaller seq is owed
 * @param isBatched whether to read {@link OwedDelivery#follows}
 */
public record SliceCursor(int lane, int keySlice, long after, int limit, long oldestOpen, boolean isBatched) {
    public SliceCursor(int lane, int keySlice, long after, int limit, long oldestOpen) {
        this(lane, keySlice, after, limit, oldestOpen, false);
    }
}
