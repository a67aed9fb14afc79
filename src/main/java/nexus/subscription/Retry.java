package nexus.subscription;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * When a delivery that failed is tried again.
 *
 * @param deadOn status codes after which there is no other attempt
 */
public record Retry(Policy policy, Set<Integer> deadOn) {
    public static final Retry DEFAULT = new Retry(Policy.DEFAULT, Set.of());

    public Retry {
        deadOn = Set.copyOf(deadOn);
    }

    /** An empty value is as the process is configured. */
    public record Policy(Optional<Integer> maxAttempts, Optional<Integer> baseSeconds, Optional<Duration> cap) {
        public static final Policy DEFAULT = new Policy(Optional.empty(), Optional.empty(), Optional.empty());
    }
}
