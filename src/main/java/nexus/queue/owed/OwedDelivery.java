package nexus.queue.owed;

import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One event owed to one subscription: a row of {@code owed}, or a part of a row of {@code owed_run}.
 *
 * @param key hash of its ordering key; null when it has no order
 * @param otherKey the second key of an event that belongs to two
 * @param barrier whether it follows all earlier deliveries of the lane and precedes all later ones
 * @param due time of its retry; null when it was not tried yet, or was retried by hand
 * @param attempts number of attempts so far
 * @param attemptsBefore number of them before the last retry by hand
 * @param owedSince when it was enqueued or last retried by hand
 * @param bodyBytes size of the event's body
 * @param own whether it is of one of Nexus's own events
 * @param place its place in the store
 * @param behind whether it follows an earlier owed delivery
 * @param follows whether only earlier rows of its own key precede it; known only in lanes that send batches
 * @param job the replay or backfill that it belongs to
 */
public record OwedDelivery(
        int lane,
        int keySlice,
        long seq,
        @Nullable Long key,
        @Nullable Long otherKey,
        boolean barrier,
        @Nullable Instant due,
        int attempts,
        int attemptsBefore,
        Instant owedSince,
        LocalDate eventDay,
        UUID eventId,
        int bodyBytes,
        boolean own,
        Place place,
        boolean behind,
        boolean follows,
        @Nullable UUID job) {

    public OwedDelivery(
            int lane,
            int keySlice,
            long seq,
            @Nullable Long key,
            @Nullable Long otherKey,
            boolean barrier,
            @Nullable Instant due,
            int attempts,
            int attemptsBefore,
            Instant owedSince,
            LocalDate eventDay,
            UUID eventId,
            int bodyBytes,
            boolean own,
            Place place,
            boolean behind) {
        this(
                lane,
                keySlice,
                seq,
                key,
                otherKey,
                barrier,
                due,
                attempts,
                attemptsBefore,
                owedSince,
                eventDay,
                eventId,
                bodyBytes,
                own,
                place,
                behind,
                false,
                null);
    }

    /** The number of the next attempt, from 1. */
    public int nextAttempt() {
        return attempts + 1;
    }

    /** Equal for deliveries that are sent one after the other; null when it has no order. */
    public @Nullable Long orderingKey() {
        return key;
    }
}
