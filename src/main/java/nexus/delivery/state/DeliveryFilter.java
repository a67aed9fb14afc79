package nexus.delivery.state;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import nexus.event.EventKey;

/**
 * Selects the deliveries of a list: those that match every given value.
 *
 * @param type of the event, exactly
 * @param since created at or after
 * @param until created before
 * @param deadReason of those that are DEAD; others do not match. One of {@link #DEAD_REASONS}
 * @param key of the event
 * @param statusCode of the answer to the last attempt
 */
public record DeliveryFilter(
        Optional<DeliveryStatus> status,
        Optional<UUID> subscriptionId,
        Optional<UUID> eventId,
        Optional<String> type,
        Optional<Instant> since,
        Optional<Instant> until,
        Optional<String> deadReason,
        Optional<EventKey> key,
        Optional<Integer> statusCode) {
    /** The reasons for which a delivery is DEAD. */
    public static final List<String> DEAD_REASONS = List.of(
            "exhausted",
            "expired",
            "cancelled",
            "subscription-deleted",
            "gone",
            "refused",
            "payload-gone",
            "payload-erased",
            "transform-failed",
            "event-unreadable");

    /** For any reason, or none. */
    public DeliveryFilter(
            Optional<DeliveryStatus> status,
            Optional<UUID> subscriptionId,
            Optional<UUID> eventId,
            Optional<String> type,
            Optional<Instant> since,
            Optional<Instant> until) {
        this(status, subscriptionId, eventId, type, since, until, Optional.empty());
    }

    /** With any key, and any answer. */
    public DeliveryFilter(
            Optional<DeliveryStatus> status,
            Optional<UUID> subscriptionId,
            Optional<UUID> eventId,
            Optional<String> type,
            Optional<Instant> since,
            Optional<Instant> until,
            Optional<String> deadReason) {
        this(status, subscriptionId, eventId, type, since, until, deadReason, Optional.empty(), Optional.empty());
    }

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
        return new DeliveryFilter(
                Optional.of(wanted), subscriptionId, eventId, type, since, until, deadReason, key, statusCode);
    }

    /** Whether only DEAD ones match. */
    boolean isOfDead() {
        return deadReason.isPresent() || status.equals(Optional.of(DeliveryStatus.DEAD));
    }

    /** Names of the statuses that match. */
    String[] statuses() {
        return Arrays.stream(DeliveryStatus.values())
                .filter(one -> status.isEmpty() || status.get() == one)
                .filter(one -> deadReason.isEmpty() || one == DeliveryStatus.DEAD)
                .map(DeliveryStatus::name)
                .toArray(String[]::new);
    }
}
