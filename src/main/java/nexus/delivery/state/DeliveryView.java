package nexus.delivery.state;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import nexus.attempt.Attempt;
import nexus.event.EventBody;
import org.jspecify.annotations.Nullable;

/**
 * A delivery as the API shows it.
 *
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
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<Attempt> attemptLog) {

    public static DeliveryView inList(Delivery delivery) {
        return of(delivery, null);
    }

    public static DeliveryView withLog(Delivery delivery, List<Attempt> log) {
        return of(delivery, log);
    }

    private static DeliveryView of(Delivery delivery, @Nullable List<Attempt> log) {
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
                log);
    }

    private static String timestamp(Instant instant) {
        return EventBody.timestamp(instant);
    }
}
