/**
 * Who has to know that something has become owed?
 *
 * <p>Takes what was stored here; gives it to this process's dispatcher and, through PostgreSQL's notifications, to the owners of
 * the other lanes. Never relies on a notification: the poll makes up for a lost one.
 */
@NullMarked
package nexus.queue.notify;

import org.jspecify.annotations.NullMarked;
