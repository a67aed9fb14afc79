/**
 * Which targets are there, and how is one sent to?
 *
 * <p>Takes a parcel and a target, gives a {@link nexus.target.SendResult}. Never retries, and never knows subscriptions or
 * deliveries.
 */
@NullMarked
package nexus.target;

import org.jspecify.annotations.NullMarked;
