/**
 * How many events, deliveries and attempts were there?
 *
 * <p>Takes counters of the store, gives sums, also by minute and hour. Never scans history.
 */
@NullMarked
package nexus.status.stats;

import org.jspecify.annotations.NullMarked;
