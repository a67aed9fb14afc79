package nexus.queue.owed;

/**
 * Where to go on reading one stripe of a lane.
 *
 * @param after the last seq looked at
 * @param limit rows at most
 * @param low nothing of the lane with a smaller seq is owed
 */
public record StripeCursor(int lane, int stripe, long after, int limit, long low) {
    /** Into how many stripes the keys of a lane are spread. */
    public static final int STRIPES = 8;
}
