package nexus.subscription;

import java.time.Instant;
import java.util.Optional;

/**
 * How an endpoint has been doing, as far as that outlives the process that found it out.
 *
 * @param opened the breaker; empty when it is closed
 * @param failing empty when the last attempt was delivered, or there was none
 */
public record EndpointHealth(Optional<Opened> opened, Optional<Failing> failing) {
    /** Nothing is known against it. */
    public static final EndpointHealth GOOD = new EndpointHealth(Optional.empty(), Optional.empty());

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
}
