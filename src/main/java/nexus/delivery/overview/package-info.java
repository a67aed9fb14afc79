/**
 * What do people want to know of deliveries that a list does not tell?
 *
 * <p>Takes deliveries and filters; gives names to show with them, who waits for whom, and groups of dead ones. Never changes
 * one, and reads a bounded number of rows.
 */
@NullMarked
package nexus.delivery.overview;

import org.jspecify.annotations.NullMarked;
