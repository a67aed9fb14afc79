package nexus.delivery.state;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import nexus.attempt.Attempt;
import nexus.event.EventBody;
import org.jspecify.annotations.Nullable;

/**
 * A delivery as the API shows it.
 *
 * @param eventType null when the event is no longer kept
 * @param subscriptionName also of a deleted subscription
 * @param order left out in lists, and when it is settled
 * @param attemptLog left out in lists
 */
public record DeliveryView(
        String id,
        String eventId,
        String subscriptionId,
        DeliveryStatus status,
        @Nullable String deadReason,
        int attempts,
        @Nullable String nextRunAt,
        @Nullable Integer lastStatusCode,
        @Nullable String lastError,
        String createdAt,
        String updatedAt,
        @Nullable String eventType,
        String subscriptionName,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Order order,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<Attempt> attemptLog) {

    /**
     * The place of an owed delivery among those of its ordering key.
     *
     * @param ordered whether it has an ordering key
     * @param attemptsBefore attempts before the last retry by hand, which do not count towards the maximum
     * @param ahead number of deliveries that go first; a greater number than 1000 is not counted
     * @param first the first of them; null when there is none
     * @param behind number of deliveries that wait for it, counted likewise
     * @param next the first of those; null when there is none
     */
    public record Order(
            boolean ordered,
            int attemptsBefore,
            int ahead,
            @Nullable String first,
            int behind,
            @Nullable String next) {}

    public static DeliveryView inList(Delivery delivery, Optional<String> eventType, String subscriptionName) {
        return of(delivery, eventType, subscriptionName, null, null);
    }

    /** @param order empty when it is settled */
    public static DeliveryView withLog(
            Delivery delivery,
            Optional<String> eventType,
            String subscriptionName,
            Optional<Order> order,
            List<Attempt> log) {
        return of(delivery, eventType, subscriptionName, order.orElse(null), log);
    }

    private static DeliveryView of(
            Delivery delivery,
            Optional<String> eventType,
            String subscriptionName,
            @Nullable Order order,
            @Nullable List<Attempt> log) {
        return new DeliveryView(
                delivery.id().toString(),
                delivery.eventId().toString(),
                delivery.subscriptionId().toString(),
                delivery.status(),
                delivery.deadReason().orElse(null),
                delivery.attempts(),
                delivery.nextRunAt().map(DeliveryView::timestamp).orElse(null),
                delivery.lastStatusCode().orElse(null),
                delivery.lastError().orElse(null),
                timestamp(delivery.createdAt()),
                timestamp(delivery.updatedAt()),
                eventType.orElse(null),
                subscriptionName,
                order,
                log);
    }

    private static String timestamp(Instant instant) {
        return EventBody.timestamp(instant);
    }
}
