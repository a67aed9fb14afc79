/**
 * Which deliveries are owed?
 *
 * <p>Takes positions in a lane; gives the deliveries that are owed from there on, and their bodies. Never changes a delivery, and never
 * decides which one is next.
 */
@NullMarked
package nexus.queue.owed;

import org.jspecify.annotations.NullMarked;
