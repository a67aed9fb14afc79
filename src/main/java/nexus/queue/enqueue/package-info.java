/**
 * How does an event become owed?
 *
 * <p>Takes events with the lanes that they are owed to; gives the columns that intake stores, and the deliveries once they are
 * stored. Never writes: intake's one statement does.
 */
@NullMarked
package nexus.queue.enqueue;

import org.jspecify.annotations.NullMarked;
