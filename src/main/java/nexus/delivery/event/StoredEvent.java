package nexus.delivery.event;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import nexus.delivery.state.DeliveryCounts;

/**
 * An event without its payload, with the state of its deliveries.
 *
 * @param seq the order in which events were stored
 * @param erasedAt when its payload was erased on request
 * @param nextRunAt when its next delivery is due; empty when all are settled
 */
public record StoredEvent(
        UUID id,
        long seq,
        String type,
        Instant createdAt,
        Optional<Instant> erasedAt,
        DeliveryCounts deliveries,
        Optional<Instant> nextRunAt) {

    EventStatus status() {
        return EventStatus.of(deliveries);
    }
}
