package nexus.retry;

import java.time.Duration;
import java.util.Optional;

/**
 * A failed attempt, as far as it matters for the next one.
 *
 * @param code of the target's answer, such as the status of HTTP; empty when there was none
 * @param isForGood whether the target never wants a delivery again
 * @param pause the time for which the target asks to get no deliveries
 */
public record FailedAttempt(Optional<Integer> code, boolean isForGood, Optional<Duration> pause) {
    public static final FailedAttempt NO_ANSWER = new FailedAttempt(Optional.empty(), false, Optional.empty());
}
