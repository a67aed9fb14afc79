/**
 * The way out: lanes, concurrency, rate, breaker, order per key.
 *
 * <p>Takes owed deliveries, gives outcomes to the queue. Never holds a transaction while a request is under way.
 */
@NullMarked
package nexus.dispatch;

import org.jspecify.annotations.NullMarked;
