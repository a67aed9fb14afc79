package nexus.queue.settle;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import nexus.queue.owed.OwedDelivery;
import org.jspecify.annotations.Nullable;

/** The outcome of an owed delivery, to be stored. */
public sealed interface Outcome {
    OwedDelivery delivery();

    /** The request made for it; empty when none was made. */
    Optional<AttemptMade> attempt();

    /** Delivered; moves to history. */
    record Sent(OwedDelivery delivery, AttemptMade made) implements Outcome {
        @Override
        public Optional<AttemptMade> attempt() {
            return Optional.of(made);
        }
    }

    /** Failed and to be retried; stays owed. */
    record Again(OwedDelivery delivery, AttemptMade made, Instant due) implements Outcome {
        @Override
        public Optional<AttemptMade> attempt() {
            return Optional.of(made);
        }
    }

    /** Dead; moves to history, with the reason. */
    record Dead(OwedDelivery delivery, Optional<AttemptMade> attempt, String reason) implements Outcome {}

    /**
     * One request.
     *
     * @param statusCode null when there was no response
     * @param error the failure in words; null when it was delivered
     * @param response the start of the response body; null when there was none
     * @param batch id of the batch; null when it was sent by itself
     */
    record AttemptMade(
            Instant at,
            int durationMs,
            @Nullable Integer statusCode,
            @Nullable String error,
            @Nullable String response,
            @Nullable UUID batch) {
        /** Of a delivery that was sent by itself. */
        public AttemptMade(
                Instant at,
                int durationMs,
                @Nullable Integer statusCode,
                @Nullable String error,
                @Nullable String response) {
            this(at, durationMs, statusCode, error, response, null);
        }
    }
}
