package nexus.delivery.overview;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import nexus.delivery.state.DeliveryId;

/**
 * Dead deliveries of one subscription with one reason.
 *
 * @param subscription its name
 * @param isDeleted whether the subscription is deleted, so that none can be retried
 * @param reason why they are dead
 * @param count how many there are among those that were read
 * @param firstAt when the first of them was settled
 * @param lastAt when the last of them was settled
 * @param example the newest one
 * @param exampleType type of its event; empty when that is no longer kept
 * @param answers how their last attempts ended, the most frequent first
 */
public record DeadGroup(
        UUID subscriptionId,
        String subscription,
        boolean isDeleted,
        String reason,
        int count,
        Instant firstAt,
        Instant lastAt,
        DeliveryId example,
        Optional<String> exampleType,
        List<Ending> answers) {
    public DeadGroup {
        answers = List.copyOf(answers);
    }

    /**
     * How attempts ended.
     *
     * @param code of the answer; empty when there was none
     * @param error one of their errors
     */
    public record Ending(Optional<Integer> code, Optional<String> error, int count) {}
}
