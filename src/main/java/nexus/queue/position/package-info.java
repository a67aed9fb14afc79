/**
 * From which position is a lane read, and what changed since a read began?
 *
 * <p>Takes reads, newly owed deliveries and settlements; gives the positions of the next read. Never reads. Pure.
 */
@NullMarked
package nexus.queue.position;

import org.jspecify.annotations.NullMarked;
