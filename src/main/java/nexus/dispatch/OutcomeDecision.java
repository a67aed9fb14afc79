package nexus.dispatch;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import nexus.queue.owed.OwedDelivery;
import nexus.queue.settle.Outcome;
import nexus.queue.settle.Outcome.AttemptMade;
import nexus.retry.Failure;
import nexus.retry.RetryDecision;
import nexus.retry.RetryPolicy;
import nexus.webhook.SendResult;

/** Turns what became of a request into what is written down. Pure. */
final class OutcomeDecision {
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVICE_UNAVAILABLE = 503;

    private OutcomeDecision() {}

    /**
     * Decides.
     *
     * @param startedAt when the request was made
     * @param random in [0, 1), for the backoff's jitter: asked only when there is one, as good randomness has its price
     */
    static Outcome of(
            OwedDelivery delivery,
            SendResult result,
            RetryPolicy policy,
            Instant startedAt,
            Instant now,
            DoubleSupplier random) {
        AttemptMade made = new AttemptMade(
                startedAt,
                (int) result.took().toMillis(),
                result.statusCode().orElse(null),
                result.error().orElse(null),
                result.statusCode().isPresent() ? result.answer() : null);
        if (result instanceof SendResult.Delivered) {
            return new Outcome.Sent(delivery, made);
        }
        int attemptsOfBudget = delivery.nextAttempt() - delivery.attemptsBefore();
        return switch (policy.decide(failure(result), attemptsOfBudget, now, random.getAsDouble())) {
            case RetryDecision.RetryAt again ->
                // as the store keeps it: a cursor that has passed the row there must not look as if it had not
                new Outcome.Again(delivery, made, again.at().truncatedTo(ChronoUnit.MICROS));
            case RetryDecision.GiveUp giveUp ->
                new Outcome.Dead(delivery, Optional.of(made), giveUp.reason().text());
        };
    }

    /** For how long the endpoint asks to be left alone, all of its deliveries; only 429 and 503 can ask for that. */
    static Optional<Duration> holdFor(SendResult result) {
        return result instanceof SendResult.Refused refused
                        && (refused.status() == TOO_MANY_REQUESTS || refused.status() == SERVICE_UNAVAILABLE)
                ? refused.retryAfter()
                : Optional.empty();
    }

    private static Failure failure(SendResult result) {
        return new Failure(result.statusCode(), holdFor(result));
    }
}
