/**
 * Which events are sent where? The values of a subscription.
 *
 * <p>Takes settings, gives a subscription with its lane. Never stores or sends anything.
 */
@NullMarked
package nexus.subscription;

import org.jspecify.annotations.NullMarked;
