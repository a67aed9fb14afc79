/**
 * The way out.
 *
 * <p>Takes deliveries from the backlog, passes inputs to their lanes, and executes the steps of the lanes. Never holds a
 * transaction during a request, and never knows how the store keeps deliveries.
 */
@NullMarked
package nexus.dispatch;

import org.jspecify.annotations.NullMarked;
