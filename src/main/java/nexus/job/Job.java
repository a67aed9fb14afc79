package nexus.job;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * A long task for one subscription, as it is stored.
 *
 * @param number order in lists
 * @param kind name of its {@link JobKind}
 * @param lane of the subscription
 * @param settings by the caller, in the form of its kind; never changed
 * @param cursor how far it is, in the form of its kind; replaced by each step
 * @param rateLimit most events a second; empty: as fast as the subscription takes them
 * @param total number of events that it will send; empty while they are not counted
 * @param done number of events that are owed to the subscription or sent
 * @param skipped number of events that cannot be sent, because their payloads were erased
 * @param error why it failed
 * @param version increased by every change but progress notes; a step compares it
 */
public record Job(
        UUID id,
        long number,
        String kind,
        UUID subscriptionId,
        int lane,
        JobState state,
        JsonObject settings,
        JsonObject cursor,
        Optional<Integer> rateLimit,
        Optional<Long> total,
        long done,
        long skipped,
        Optional<String> error,
        long version,
        Instant createdAt,
        Instant updatedAt,
        Optional<Instant> finishedAt) {

    /** The settings stay out of logs. */
    @Override
    public String toString() {
        return "Job[id=" + id + ", kind=" + kind + ", state=" + state + "]";
    }
}
