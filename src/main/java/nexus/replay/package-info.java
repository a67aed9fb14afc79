/**
 * Which stored events are sent again, or for the first time?
 *
 * <p>Takes a subscription, a time and conditions; gives a job whose steps make the events owed, at a bounded rate. Never sends,
 * and never knows the WAL.
 */
@NullMarked
package nexus.replay;

import org.jspecify.annotations.NullMarked;
