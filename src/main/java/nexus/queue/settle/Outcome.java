package nexus.queue.settle;

import java.time.Instant;
import java.util.Optional;
import nexus.queue.owed.OwedDelivery;
import org.jspecify.annotations.Nullable;

/** What became of an owed delivery, to be written down. */
public sealed interface Outcome {
    OwedDelivery delivery();

    /** The request that was made for it; empty when none was. */
    Optional<AttemptMade> attempt();

    /** Delivered: history. */
    record Sent(OwedDelivery delivery, AttemptMade made) implements Outcome {
        @Override
        public Optional<AttemptMade> attempt() {
            return Optional.of(made);
        }
    }

    /** Failed, and will be tried again: stays owed. */
    record Again(OwedDelivery delivery, AttemptMade made, Instant due) implements Outcome {
        @Override
        public Optional<AttemptMade> attempt() {
            return Optional.of(made);
        }
    }

    /** Given up: history, with the reason. */
    record Dead(OwedDelivery delivery, Optional<AttemptMade> attempt, String reason) implements Outcome {}

    /**
     * One request.
     *
     * @param statusCode null when there was no answer
     * @param error what went wrong, in words; null when it was delivered
     * @param response the start of the answer's body; null when there was none
     */
    record AttemptMade(
            Instant at,
            int durationMs,
            @Nullable Integer statusCode,
            @Nullable String error,
            @Nullable String response) {}
}
