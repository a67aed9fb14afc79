/**
 * What is owed?
 *
 * <p>Takes positions in a lane; gives the deliveries that are owed from there on, and what they send. Never changes a delivery and
 * never decides which one goes next.
 */
@NullMarked
package nexus.queue.owed;

import org.jspecify.annotations.NullMarked;
