package nexus.subscription;

import java.time.Instant;
import java.util.Optional;

/**
 * How an endpoint has been doing, as far as that outlives the process that found it out.
 *
 * @param opened the breaker; empty when it is closed
 * @param failing empty when the last attempt was delivered, or there was none
 * @param alert the last change that was announced; empty when there was none
 */
public record EndpointHealth(Optional<Opened> opened, Optional<Failing> failing, Optional<Alert> alert) {
    /** Nothing is known against it. */
    public static final EndpointHealth GOOD = new EndpointHealth(Optional.empty(), Optional.empty());

    /** Without an announced change. */
    public EndpointHealth(Optional<Opened> opened, Optional<Failing> failing) {
        this(opened, failing, Optional.empty());
    }

    /**
     * Nothing but probes is sent.
     *
     * @param nextProbeAt when one delivery may try whether the endpoint is back
     * @param failedProbes so far
     */
    public record Opened(Instant at, Instant nextProbeAt, int failedProbes) {}

    /**
     * Not one attempt was delivered.
     *
     * @param since the first of them
     * @param attempts so many
     */
    public record Failing(Instant since, int attempts) {}

    /**
     * A change that is announced by an event: the endpoint fails, or it has recovered.
     *
     * @param since the first attempt of the failures
     * @param at when it changed
     * @param error the class of the failure that made the change, or the one before the recovery
     * @param statusCode of that failure
     * @param isDue whether the event may not be stored yet
     */
    public record Alert(
            boolean isFailing, Instant since, Instant at, String error, Optional<Integer> statusCode, boolean isDue) {
        public Alert recovered(Instant when) {
            return new Alert(false, since, when, error, statusCode, true);
        }
    }
}
