/**
 * How do people and retention change deliveries without the dispatcher?
 *
 * <p>Takes retries, cancellations, erasures and expired days; gives changed rows and a signal to their owner. Never sends.
 */
@NullMarked
package nexus.queue.override;

import org.jspecify.annotations.NullMarked;
