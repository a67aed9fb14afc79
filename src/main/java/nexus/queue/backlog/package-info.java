/**
 * What is owed to the lanes of this process, in order?
 *
 * <p>Takes the room that each lane has, and outcomes; gives deliveries with their bodies, of each ordering key one at a time.
 * Never sends, and never lets anybody see how the store keeps what is owed.
 */
@NullMarked
package nexus.queue.backlog;

import org.jspecify.annotations.NullMarked;
