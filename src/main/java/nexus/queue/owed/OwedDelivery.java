package nexus.queue.owed;

import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One event owed to one subscription: a row of {@code owed}, or a part of a row of {@code owed_run}.
 *
 * @param key what orders it; null: nothing
 * @param otherKey the second key of an event that belongs to two
 * @param barrier goes after everything before it in the lane and before everything after it
 * @param due when it is to be tried again; null: not tried yet, or retried by hand
 * @param attempts made so far
 * @param attemptsBefore of these, made before the last retry by hand
 * @param owedSince when it was enqueued or last retried by hand
 * @param bodyBytes size of the event's body
 * @param own of one of Nexus's own events
 * @param place where it lies in the store
 * @param behind an earlier row that is still owed goes first
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
        boolean behind) {

    /** The number of the attempt that comes next, from 1. */
    public int nextAttempt() {
        return attempts + 1;
    }
}
