/**
 * How does an outcome become history?
 *
 * <p>Takes outcomes; gives the seqs that were written, in one transaction that a process that was taken over can't make. Never
 * decides what an outcome is.
 */
@NullMarked
package nexus.queue.settle;

import org.jspecify.annotations.NullMarked;
