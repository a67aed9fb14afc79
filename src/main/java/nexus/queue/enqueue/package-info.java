/**
 * How does an event become owed?
 *
 * <p>Takes events with the lanes that they are owed to; gives the part of intake's one statement that stores their deliveries,
 * and the deliveries once they are stored. Never executes it, and never exposes how the store keeps deliveries.
 */
@NullMarked
package nexus.queue.enqueue;

import org.jspecify.annotations.NullMarked;
