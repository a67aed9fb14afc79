/**
 * How are subscriptions made and shown through the older API, {@code /api/v1/listeners}?
 *
 * <p>Takes and gives JSON. Never shows a subscription that was made elsewhere.
 */
@NullMarked
package nexus.subscription.listener;

import org.jspecify.annotations.NullMarked;
