/**
 * What does a person, or the calendar, do to deliveries past the dispatcher?
 *
 * <p>Takes retries, cancellations, erasures and expired days; gives changed rows and a signal to their owner. Never sends.
 */
@NullMarked
package nexus.queue.override;

import org.jspecify.annotations.NullMarked;
