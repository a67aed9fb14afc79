/**
 * How do owners of lanes learn of newly owed deliveries?
 *
 * <p>Takes deliveries stored by this process; passes them to its dispatcher and, by notifications of PostgreSQL, to the owners of
 * the other lanes. Never relies on a notification: the poll makes up for a lost one.
 */
@NullMarked
package nexus.queue.notify;

import org.jspecify.annotations.NullMarked;
