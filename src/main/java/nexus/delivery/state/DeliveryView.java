package nexus.delivery.state;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import nexus.attempt.Attempt;
import nexus.event.EventBody;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A delivery as the API shows it.
 *
 * @param attemptLog left out in lists
 */
@Schema(name = "Delivery")
public record DeliveryView(
        @Schema(examples = "dlv_1_20260131_12_3_4567") String id,

        @Schema(examples = "0199a3c4-7f6e-7b3a-9c51-2d1f6a0b8e11")
        String eventId,

        @Schema(examples = "6f0c1b9e-2f6c-4c1a-8a35-4f0d9a5b7c21")
        String subscriptionId,

        @Schema(examples = "FAILED") DeliveryStatus status,

        @Schema(
                nullable = true,
                description = "Why it is DEAD: exhausted, expired, cancelled, subscription-deleted, gone, refused,"
                        + " payload-gone or payload-erased.")
        @Nullable
        String deadReason,

        @Schema(examples = "1", description = "Requests made so far.")
        int attempts,

        @Schema(examples = "2026-01-31T18:20:49.300Z", nullable = true, description = "Null once it is SENT or DEAD.")
        @Nullable
        String nextRunAt,

        @Schema(examples = "503", nullable = true) @Nullable Integer lastStatusCode,

        @Schema(nullable = true) @Nullable String lastError,

        @Schema(examples = "2026-01-31T18:20:43.402Z") String createdAt,
        @Schema(examples = "2026-01-31T18:20:44.120Z") String updatedAt,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Schema(description = "Left out in lists.") @Nullable
        List<Attempt> attemptLog) {

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
