/**
 * How many events, deliveries and attempts were there?
 *
 * <p>Takes counters of the store, gives sums. Never scans history.
 */
@NullMarked
package nexus.status.stats;

import org.jspecify.annotations.NullMarked;
