/**
 * Which attempts were made? The attempts of a delivery, and the log of the listeners.
 *
 * <p>Takes deliveries or listeners, gives attempts. Never writes: the queue stores an attempt together with its outcome.
 */
@NullMarked
package nexus.attempt;

import org.jspecify.annotations.NullMarked;
