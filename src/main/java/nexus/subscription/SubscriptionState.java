package nexus.subscription;

import java.time.Instant;
import java.util.Optional;

/**
 * How a subscription is doing.
 *
 * @param disabledReason why Nexus disabled it; empty when a caller did, and while it is not disabled
 * @param pauses the times in which it was not active; the last of them is open while it is paused or disabled
 * @param heldUntil a Retry-After of the endpoint: nothing is sent before
 * @param health as it was when this was read; the process that delivers knows a newer one
 */
public record SubscriptionState(
        Mode mode, Optional<String> disabledReason, Pauses pauses, Optional<Instant> heldUntil, EndpointHealth health) {
    /** Of a new subscription. */
    public static final SubscriptionState ACTIVE =
            new SubscriptionState(Mode.ACTIVE, Optional.empty(), Pauses.NONE, Optional.empty(), EndpointHealth.GOOD);

    public SubscriptionState {
        if (mode != Mode.DISABLED && disabledReason.isPresent()) {
            throw new IllegalArgumentException("only a disabled subscription has a reason to be disabled");
        }
        if (mode == Mode.PAUSED ? !pauses.isOpen() : mode.sends() && pauses.isOpen()) {
            throw new IllegalArgumentException("a subscription is active once its last pause has ended");
        }
    }

    /** The same as far as only its endpoint is concerned. */
    public SubscriptionState with(Optional<Instant> otherHeldUntil, EndpointHealth otherHealth) {
        return new SubscriptionState(mode, disabledReason, pauses, otherHeldUntil, otherHealth);
    }
}
