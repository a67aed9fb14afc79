package nexus.delivery.event;

import com.fasterxml.jackson.annotation.JsonRawValue;
import java.util.List;
import java.util.Optional;
import nexus.delivery.state.DeliveryView;
import nexus.event.EventBody;
import org.jspecify.annotations.Nullable;

/** An event with its payload, digit for digit as it is sent, and its attempts. */
public record EventView(
        String id,
        String type,
        String createdAt,
        EventStatus status,
        @JsonRawValue @Nullable String payload,
        boolean payloadErased,
        @Nullable String payloadErasedAt,
        List<DeliveryView> deliveries) {

    public static EventView of(StoredEvent event, Optional<String> payload, List<DeliveryView> deliveries) {
        return new EventView(
                event.id().toString(),
                event.type(),
                EventBody.timestamp(event.createdAt()),
                event.status(),
                payload.orElse(null),
                event.erasedAt().isPresent(),
                event.erasedAt().map(EventBody::timestamp).orElse(null),
                deliveries);
    }
}
