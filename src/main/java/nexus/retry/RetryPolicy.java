package nexus.retry;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/**
 * Try again, when? Pure: clock and randomness come in as arguments.
 *
 * @param maxAttempts attempts in a delivery's budget, the first included
 * @param deadOn status codes after which there is no other attempt
 */
public record RetryPolicy(int maxAttempts, Backoff backoff, Set<Integer> deadOn) {
    public RetryPolicy {
        if (maxAttempts < 1) {
            throw new IllegalArgumentException("maxAttempts must be at least 1: " + maxAttempts);
        }
        deadOn = Set.copyOf(deadOn);
    }

    /**
     * Decides after a failed attempt.
     *
     * @param attempts made within the budget, this one included, from 1
     * @param random in [0, 1), for the jitter
     */
    public RetryDecision decide(FailedAttempt failure, int attempts, Instant now, double random) {
        if (failure.isForGood()) {
            return new RetryDecision.GiveUp(RetryDecision.Reason.GONE);
        }
        if (failure.code().filter(deadOn::contains).isPresent()) {
            return new RetryDecision.GiveUp(RetryDecision.Reason.REFUSED);
        }
        if (attempts >= maxAttempts) {
            return new RetryDecision.GiveUp(RetryDecision.Reason.EXHAUSTED);
        }
        Duration wait = backoff.after(attempts, random);
        Duration asked = failure.pause().orElse(Duration.ZERO);
        return new RetryDecision.RetryAt(now.plus(asked.compareTo(wait) > 0 ? asked : wait));
    }

    /**
     * Decides after an attempt that could not succeed, because nothing can be sent to the target now. It does not use up
     * the budget, and the wait does not grow: it is for the breaker to slow down.
     *
     * @param random in [0, 1), for the jitter
     */
    public RetryDecision.RetryAt afterOutage(Instant now, double random) {
        return new RetryDecision.RetryAt(now.plus(backoff.after(1, random)));
    }
}
