package nexus.queue.owed;

import java.time.Instant;

/**
 * Where to go on reading a lane's retries, which are read by the time they are due.
 *
 * @param afterDue with {@code afterSeq}, the last row looked at
 * @param limit rows at most
 * @param oldestOpen nothing of the lane with a smaller seq is owed
 */
public record DueCursor(int lane, Instant afterDue, long afterSeq, int limit, long oldestOpen) {}
