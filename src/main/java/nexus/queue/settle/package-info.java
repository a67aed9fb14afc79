/**
 * How does an outcome become history?
 *
 * <p>Takes outcomes; stores them in one transaction, which a process that was taken over cannot do, and gives the stored seqs. Never
 * decides about an outcome.
 */
@NullMarked
package nexus.queue.settle;

import org.jspecify.annotations.NullMarked;
