package nexus.queue.owed;

/**
 * A key of which the next rows are wanted.
 *
 * @param oldestOpen nothing of the lane with a smaller seq is owed
 */
public record KeyCursor(int lane, long key, long oldestOpen) {}
