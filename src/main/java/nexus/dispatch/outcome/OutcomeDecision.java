package nexus.dispatch.outcome;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import java.util.function.DoubleSupplier;
import nexus.queue.owed.OwedDelivery;
import nexus.queue.settle.Outcome;
import nexus.queue.settle.Outcome.AttemptMade;
import nexus.retry.FailedAttempt;
import nexus.retry.RetryDecision;
import nexus.retry.RetryPolicy;
import nexus.target.Answer;
import nexus.target.SendResult;
import nexus.target.SendResult.Extent;

/** Decides the outcome of a delivery from the result of its request. Pure. */
public final class OutcomeDecision {
    private OutcomeDecision() {}

    /**
     * Decides the outcome.
     *
     * @param batch id of the batch; empty when it was sent by itself
     * @param startedAt when the request was made
     * @param random in [0, 1), for the backoff's jitter; read only when needed, because secure random numbers are costly
     */
    public static Outcome of(
            OwedDelivery delivery,
            SendResult result,
            Optional<UUID> batch,
            RetryPolicy policy,
            Instant startedAt,
            Instant now,
            DoubleSupplier random) {
        Answer answer = result.answer();
        AttemptMade made = new AttemptMade(
                startedAt,
                (int) result.took().toMillis(),
                answer == null ? null : answer.code(),
                result.error().orElse(null),
                answer == null ? null : answer.text(),
                batch.orElse(null));
        if (result instanceof SendResult.Delivered) {
            return new Outcome.Sent(delivery, made);
        }
        if (result instanceof SendResult.Unsendable unsendable) {
            return new Outcome.Dead(delivery, Optional.of(made), unsendable.reason());
        }
        if (result instanceof SendResult.Refused refused && refused.extent() instanceof Extent.ThisDeliveryForGood) {
            return new Outcome.Dead(delivery, Optional.of(made), RetryDecision.Reason.REFUSED.text());
        }
        int attemptsOfBudget = delivery.nextAttempt() - delivery.attemptsBefore();
        RetryDecision decision = result instanceof SendResult.OutOfService
                ? policy.afterOutage(now, random.getAsDouble())
                : policy.decide(failure(result), attemptsOfBudget, now, random.getAsDouble());
        return switch (decision) {
            case RetryDecision.RetryAt again ->
                // rounded like in the store, so that cursors compare equal
                new Outcome.Again(delivery, made, again.at().truncatedTo(ChronoUnit.MICROS));
            case RetryDecision.GiveUp giveUp ->
                new Outcome.Dead(delivery, Optional.of(made), giveUp.reason().text());
        };
    }

    /** The pause that the target asked for. */
    public static Optional<Duration> holdFor(SendResult result) {
        return result instanceof SendResult.Refused refused && refused.extent() instanceof Extent.AllForNow all
                ? all.pause()
                : Optional.empty();
    }

    private static FailedAttempt failure(SendResult result) {
        boolean isForGood =
                result instanceof SendResult.Refused refused && refused.extent() instanceof Extent.AllForGood;
        return new FailedAttempt(result.code(), isForGood, holdFor(result));
    }
}
