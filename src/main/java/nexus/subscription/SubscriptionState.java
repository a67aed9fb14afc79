package nexus.subscription;

import java.time.Instant;
import java.util.Optional;

/**
 * How a subscription is doing.
 *
 * @param disabledReason why Nexus disabled it; empty when a caller did, and while it is enabled
 * @param heldUntil a Retry-After of the endpoint: nothing is sent before
 * @param health as it was when this was read; the process that delivers knows a newer one
 */
public record SubscriptionState(
        boolean isEnabled, Optional<String> disabledReason, Optional<Instant> heldUntil, EndpointHealth health) {
    /** Of a new subscription. */
    public static final SubscriptionState ENABLED =
            new SubscriptionState(true, Optional.empty(), Optional.empty(), EndpointHealth.GOOD);

    public SubscriptionState {
        if (isEnabled && disabledReason.isPresent()) {
            throw new IllegalArgumentException("an enabled subscription has no reason to be disabled");
        }
    }

    /** The same as far as only its endpoint is concerned. */
    public SubscriptionState with(Optional<Instant> otherHeldUntil, EndpointHealth otherHealth) {
        return new SubscriptionState(isEnabled, disabledReason, otherHeldUntil, otherHealth);
    }
}
