package nexus.queue.backlog;

import java.time.Duration;

/**
 * How much of what is owed is in memory, and for how long it may be owed.
 *
 * @param readAhead deliveries in memory that wait for room, over all lanes
 * @param bodyMemory bytes of bodies in memory
 * @param unsettled deliveries that are answered and not written down; with so many none is given out
 * @param maxAge what is owed for longer is given up
 * @param sweep how often everything owed is looked through
 */
public record BacklogBounds(int readAhead, long bodyMemory, int unsettled, Duration maxAge, Duration sweep) {}
