/**
 * Which events and deliveries are there, and what may a person do with them?
 *
 * <p>Takes filters and ids, gives pages and states; hands retries and cancellations to the queue. Never writes itself.
 */
@NullMarked
package nexus.delivery;

import org.jspecify.annotations.NullMarked;
