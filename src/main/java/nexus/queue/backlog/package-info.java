/**
 * Which deliveries are owed to the lanes of this process, in order?
 *
 * <p>Takes the room of each lane, and outcomes; gives deliveries with their bodies, one at a time for each ordering key. Never
 * sends, and never exposes how the store keeps deliveries.
 */
@NullMarked
package nexus.queue.backlog;

import org.jspecify.annotations.NullMarked;
