package nexus.delivery.state;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * One event owed to one subscription, with its present state.
 *
 * @param deadReason present when and only when it is DEAD
 * @param attempts requests made so far
 * @param nextRunAt empty once it is settled
 * @param lastStatusCode of the last attempt; empty when there was no answer or no attempt
 * @param lastError of the last attempt; empty if there was none or it succeeded
 * @param updatedAt when it was created, last tried or settled
 * @param subscriptionIsDeleted a delivery of a deleted subscription cannot be sent any more; if it was owed, it is DEAD
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
