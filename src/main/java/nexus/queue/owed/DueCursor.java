package nexus.queue.owed;

import java.time.Instant;

/**
 * The position from which a lane's retries are read by due time.
 *
 * @param afterDue with {@code afterSeq}, the last row read
 * @param limit rows at most
 * @param oldestOpen no delivery of the lane with a smaller seq is owed
 */
public record DueCursor(int lane, Instant afterDue, long afterSeq, int limit, long oldestOpen) {}
