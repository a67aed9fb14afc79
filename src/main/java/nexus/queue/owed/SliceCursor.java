package nexus.queue.owed;

/**
 * Where to go on reading one key slice of a lane.
 *
 * @param after the last seq looked at
 * @param limit rows at most
 * @param oldestOpen nothing of the lane with a smaller seq is owed
 */
public record SliceCursor(int lane, int keySlice, long after, int limit, long oldestOpen) {
    /** Into how many key slices the keys of a lane are spread. */
    public static final int KEY_SLICES = 8;
}
