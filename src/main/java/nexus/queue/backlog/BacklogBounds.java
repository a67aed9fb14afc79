package nexus.queue.backlog;

import java.time.Duration;

/**
 * Bounds of the deliveries in memory, and of the time for which deliveries may be owed.
 *
 * @param readAhead deliveries in memory that wait for room, over all lanes
 * @param bodyMemory bytes of bodies in memory
 * @param unsettled results that are not stored yet; at this number no delivery is taken
 * @param sweep how often all owed deliveries are read
 */
public record BacklogBounds(int readAhead, long bodyMemory, int unsettled, Duration sweep) {}
