/**
 * Which lanes may this process deliver?
 *
 * <p>Takes the rows of the processes and of the shards; gives the shards of this process, and the time for which it may start requests.
 * Never reads deliveries.
 */
@NullMarked
package nexus.queue.lease;

import org.jspecify.annotations.NullMarked;
