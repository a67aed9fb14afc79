package nexus.delivery.state;

import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;

/**
 * Selects the deliveries of a list: those that match every given value.
 *
 * @param type of the event, exactly
 * @param since created at or after
 * @param until created before
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

    /** Names of the statuses that match. */
    String[] statuses() {
        return status.map(one -> new String[] {one.name()}).orElseGet(() -> Arrays.stream(DeliveryStatus.values())
                .map(DeliveryStatus::name)
                .toArray(String[]::new));
    }
}
