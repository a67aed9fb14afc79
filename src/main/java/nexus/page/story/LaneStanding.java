package nexus.page.story;

import java.time.Instant;
import java.util.Optional;

/**
 * Whether a subscription sends now.
 *
 * @param isDeleted whether it is deleted; then nothing else counts
 * @param state active, paused or disabled
 * @param heldUntil a Retry-After of the endpoint
 * @param probeAt the next probe of an open breaker; empty when the breaker is closed
 */
public record LaneStanding(boolean isDeleted, String state, Optional<Instant> heldUntil, Optional<Instant> probeAt) {
    public static final LaneStanding DELETED = new LaneStanding(true, "disabled", Optional.empty(), Optional.empty());

    /** A subscription that nothing keeps from sending. */
    public static final LaneStanding SENDING = new LaneStanding(false, "active", Optional.empty(), Optional.empty());

    /** Why nothing of it is sent now, as a sentence; empty when deliveries are sent. */
    public Optional<String> obstacle(Instant now) {
        if (isDeleted) {
            return Optional.of("The subscription is deleted.");
        }
        if (state.equals("paused")) {
            return Optional.of("The subscription is paused: its deliveries are held until it is enabled.");
        }
        if (state.equals("disabled")) {
            return Optional.of("The subscription is disabled: its deliveries are held until it is enabled.");
        }
        if (heldUntil.filter(now::isBefore).isPresent()) {
            return Optional.of("The endpoint asked for a pause with Retry-After, which ends "
                    + Spans.until(heldUntil.get(), now) + ".");
        }
        return probeAt.map(
                probe -> "The endpoint fails, so its breaker is open. One delivery at a time probes it; the next"
                        + " probe is due " + Spans.until(probe, now) + ".");
    }
}
