package nexus.delivery.event;

import com.fasterxml.jackson.annotation.JsonRawValue;
import java.util.List;
import java.util.Optional;
import nexus.delivery.state.DeliveryView;
import nexus.event.EventBody;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** An event with its payload, digit for digit as it is sent, and what was tried. */
@Schema(name = "Event")
public record EventView(
        @Schema(examples = "0199a3c4-7f6e-7b3a-9c51-2d1f6a0b8e11")
        String id,

        @Schema(examples = "user.created") String type,
        @Schema(examples = "2026-01-31T18:20:43.400Z") String createdAt,
        @Schema(examples = "DELIVERED") EventStatus status,

        @JsonRawValue
        @Schema(
                implementation = Object.class,
                nullable = true,
                description = "{\"data\", \"metadata\"}; null when it is erased.",
                examples = "{\"data\":{\"userId\":\"u_123\"},\"metadata\":{\"source\":\"auth-service\"}}")
        @Nullable
        String payload,

        @Schema(examples = "false") boolean payloadErased,

        @Schema(nullable = true, description = "Since when the payload is erased: DELETE /v1/events/{id}/payload.")
        @Nullable
        String payloadErasedAt,

        @Schema(
                description = "The newest 250, each with its attemptLog, whose answers are cut to 1024 characters."
                        + " More are in GET /v1/deliveries?eventId=.")
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
