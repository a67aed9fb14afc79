package nexus.delivery.event;

import nexus.delivery.state.DeliveryCounts;
import nexus.event.EventBody;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** An event without its payload, its deliveries counted: how lists show it, and its summary. */
@Schema(name = "EventSummary")
public record EventSummaryView(
        @Schema(examples = "0199a3c4-7f6e-7b3a-9c51-2d1f6a0b8e11")
        String id,

        @Schema(examples = "user.created") String type,
        @Schema(examples = "DELIVERED") EventStatus status,
        @Schema(examples = "2026-01-31T18:20:43.400Z") String createdAt,
        DeliveryCounts deliveries,

        @Schema(nullable = true, description = "When the next of its deliveries is tried; null when all are settled.")
        @Nullable
        String nextRunAt) {

    public static EventSummaryView of(StoredEvent event) {
        return new EventSummaryView(
                event.id().toString(),
                event.type(),
                event.status(),
                EventBody.timestamp(event.createdAt()),
                event.deliveries(),
                event.nextRunAt().map(EventBody::timestamp).orElse(null));
    }
}
