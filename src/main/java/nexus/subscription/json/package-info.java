/**
 * How are the settings of a subscription written down?
 *
 * <p>Takes and gives JSON: as a request gives them, as an answer shows them, and as the store keeps them. Each part of the
 * settings has one class here. Never decides what a setting does.
 */
@NullMarked
package nexus.subscription.json;

import org.jspecify.annotations.NullMarked;
