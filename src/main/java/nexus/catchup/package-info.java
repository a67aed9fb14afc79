/**
 * How does a subscription become active again, and with which of the events that it missed?
 *
 * <p>Takes the request to enable a subscription, gives the active subscription and the replay that was started in the same
 * transaction. Never sends anything itself.
 */
@NullMarked
package nexus.catchup;

import org.jspecify.annotations.NullMarked;
