/**
 * How is one request signed, guarded and sent?
 *
 * <p>Takes a body with its keys and its target, gives a {@link nexus.target.SendResult}. Never retries, and never knows
 * subscriptions or deliveries.
 */
@NullMarked
package nexus.webhook;

import org.jspecify.annotations.NullMarked;
