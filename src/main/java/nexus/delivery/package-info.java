/**
 * What became of it? Events, deliveries and their states as the API shows them, and what a person may do about them.
 *
 * <p>Takes filters and ids, gives pages and states; hands retries and cancellations to the queue. Never writes itself.
 */
@NullMarked
package nexus.delivery;

import org.jspecify.annotations.NullMarked;
