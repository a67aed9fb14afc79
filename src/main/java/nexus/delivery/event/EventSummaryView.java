package nexus.delivery.event;

import nexus.delivery.state.DeliveryCounts;
import nexus.event.EventBody;
import org.jspecify.annotations.Nullable;

/** An event without its payload, with the counts of its deliveries, as in lists. */
public record EventSummaryView(
        String id,
        String type,
        EventStatus status,
        String createdAt,
        DeliveryCounts deliveries,
        @Nullable String nextRunAt) {

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
