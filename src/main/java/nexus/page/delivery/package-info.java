/**
 * Which deliveries are there, what happened to one, and what is retried?
 *
 * <p>Takes filters out of the address, asks the API, gives the pages Deliveries, Delivery and Dead letters. Never changes
 * anything without a form that a person posts.
 */
@NullMarked
package nexus.page.delivery;

import org.jspecify.annotations.NullMarked;
