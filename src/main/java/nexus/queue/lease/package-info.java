/**
 * Which lanes may this process deliver?
 *
 * <p>Takes the rows of the processes and of the shards; gives the shards of this process, and for how long it may start requests.
 * Never reads what is owed.
 */
@NullMarked
package nexus.queue.lease;

import org.jspecify.annotations.NullMarked;
