package nexus.delivery.state;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * One event owed to one subscription, as it stands.
 *
 * @param deadReason present when and only when it is DEAD
 * @param attempts requests made so far
 * @param nextRunAt empty once it is settled
 * @param lastStatusCode of the last attempt; empty when there was no answer or no attempt
 * @param lastError of the last attempt; empty when there was none or it went well
 * @param updatedAt when it was made, last tried or settled
 * @param subscriptionIsDeleted then it can't be sent any more, and what was still owed is DEAD
 */
public record Delivery(
        DeliveryId id,
        UUID eventId,
        UUID subscriptionId,
        DeliveryStatus status,
        Optional<String> deadReason,
        int attempts,
        Optional<Instant> nextRunAt,
        Optional<Integer> lastStatusCode,
        Optional<String> lastError,
        Instant createdAt,
        Instant updatedAt,
        boolean subscriptionIsDeleted) {}
