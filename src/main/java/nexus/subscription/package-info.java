/**
 * Who wants what? The values of a subscription, and all of them together as the matcher that intake asks.
 *
 * <p>Takes event types, gives subscriptions and the lanes that an event is owed to. Never stores or sends anything.
 */
@NullMarked
package nexus.subscription;

import org.jspecify.annotations.NullMarked;
