/**
 * How are owed deliveries found by those who only look at them?
 *
 * <p>Takes a lane and a seq, or the end of the last page; gives SQL that a reader joins with its own. Never changes a delivery, and
 * never makes a reader depend on key slices and packed rows.
 */
@NullMarked
package nexus.queue.lookup;

import org.jspecify.annotations.NullMarked;
