package nexus.retry;

import java.time.Duration;
import java.util.Optional;

/**
 * A failed attempt, as far as it matters for the next one.
 *
 * @param status empty when there was no answer
 * @param retryAfter what the endpoint asked for, with 429 or 503
 */
public record Failure(Optional<Integer> status, Optional<Duration> retryAfter) {
    public static final Failure NO_ANSWER = new Failure(Optional.empty(), Optional.empty());

    boolean hasStatus(int code) {
        return status.isPresent() && status.get() == code;
    }
}
