package nexus.queue.owed;

/**
 * A key whose next rows are read.
 *
 * @param limit rows at most
 * @param oldestOpen no delivery of the lane with a smaller seq is owed
 */
public record KeyCursor(int lane, long key, int limit, long oldestOpen) {}
