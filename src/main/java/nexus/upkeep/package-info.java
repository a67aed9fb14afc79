/**
 * What must be put right on a clock?
 *
 * <p>Takes the time, gives partitions for the days to come, sums instead of deltas, and room instead of what is too old.
 * Never touches what is owed within
 * RETENTION.
 */
@NullMarked
package nexus.upkeep;

import org.jspecify.annotations.NullMarked;
