package nexus.delivery.state;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * Which deliveries a list holds: those that match everything that is given.
 *
 * @param type of the event, exactly
 * @param since made at or after
 * @param until made before
 */
public record DeliveryFilter(
        Optional<DeliveryStatus> status,
        Optional<UUID> subscriptionId,
        Optional<UUID> eventId,
        Optional<String> type,
        Optional<Instant> since,
        Optional<Instant> until) {

    public static DeliveryFilter ofEvent(UUID eventId) {
        return new DeliveryFilter(
                Optional.empty(),
                Optional.empty(),
                Optional.of(eventId),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    public DeliveryFilter withStatus(DeliveryStatus wanted) {
        return new DeliveryFilter(Optional.of(wanted), subscriptionId, eventId, type, since, until);
    }
}
