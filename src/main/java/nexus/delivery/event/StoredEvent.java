package nexus.delivery.event;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import nexus.delivery.state.DeliveryCounts;

/**
 * An event without its payload, and what became of it.
 *
 * @param seq the order in which events were stored
 * @param erasedAt since when its payload is erased on request
 * @param nextRunAt of the delivery that is next; empty when all are settled
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
