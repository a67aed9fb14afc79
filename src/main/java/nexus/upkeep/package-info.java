/**
 * Which work repeats on a clock?
 *
 * <p>Takes the time, creates partitions for coming days, sums counters, and deletes data that is too old. Never touches
 * deliveries owed within RETENTION.
 */
@NullMarked
package nexus.upkeep;

import org.jspecify.annotations.NullMarked;
