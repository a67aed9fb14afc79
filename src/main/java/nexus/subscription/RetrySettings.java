package nexus.subscription;

import java.time.Duration;
import java.util.Optional;

/** A subscription's own retry settings; what is empty is as the process is configured. */
public record RetrySettings(Optional<Integer> maxAttempts, Optional<Integer> baseSeconds, Optional<Duration> cap) {
    public static final RetrySettings DEFAULT = new RetrySettings(Optional.empty(), Optional.empty(), Optional.empty());
}
