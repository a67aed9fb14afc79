/**
 * Which subscriptions want this event?
 *
 * <p>Takes all subscriptions and what changed of them, gives those whose patterns and filters select an event. A change
 * costs the same whatever their number. Pure. Never reads the store.
 */
@NullMarked
package nexus.subscription.matching;

import org.jspecify.annotations.NullMarked;
