/**
 * Which events are sent where? The values of a subscription, and all of them together as the matcher of intake.
 *
 * <p>Takes event types, gives subscriptions with their lanes. Never stores or sends anything.
 */
@NullMarked
package nexus.subscription;

import org.jspecify.annotations.NullMarked;
