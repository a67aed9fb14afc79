package nexus.publish;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import nexus.api.json.Ids;
import nexus.api.json.JsonBody;
import nexus.api.json.Timestamps;
import nexus.event.EventBody;
import nexus.event.EventId;
import nexus.event.EventIdGenerator;
import nexus.event.EventType;
import nexus.event.IncomingEvent;
import nexus.event.Ordering;
import nexus.notation.Sha256;
import nexus.value.JsonValues;

/**
 * One event of a request, read but not yet validated. {@link #incoming} must not be called before
 * {@link JsonBody#check()} of its request.
 *
 * @param givenId the publisher's own id, UUID or not
 * @param body the JSON of the event
 */
record PublishedEvent(
        Optional<EventType> type,
        Optional<String> data,
        String metadata,
        Instant createdAt,
        Optional<String> givenId,
        Ordering ordering,
        JsonBody body) {

    private static final int MAX_EVENT_ID = 255;
    private static final int MAX_ORDERING_KEY = 256;
    private static final String NO_METADATA = "{}";

    static PublishedEvent read(JsonBody body, Clock clock) {
        body.require("type", "data");
        return new PublishedEvent(
                body.parsed("type", EventType.MAX_PUBLISHED, EventType::published),
                body.rawObject("data"),
                body.rawObject("metadata").orElse(NO_METADATA),
                body.parsed("createdAt", 40, Timestamps::parse)
                        .orElseGet(() -> clock.instant().truncatedTo(ChronoUnit.MILLIS)),
                body.text("eventId", MAX_EVENT_ID),
                body.text("orderingKey", MAX_ORDERING_KEY)
                        .map(Ordering::published)
                        .orElse(Ordering.NONE),
                body);
    }

    /** SHA-256 of the bytes of this event, in hex. */
    String bodyHash() {
        return Sha256.hex(body.bytes());
    }

    /** Where in the request the publisher's own id stands. */
    String idPointer() {
        return body.pointerTo("eventId");
    }

    /** The publisher's id in the form that is remembered: a UUID in lower case. */
    Optional<String> idKey() {
        return givenId.map(id -> hasUuid() ? UUID.fromString(id).toString() : id);
    }

    /** Whether the publisher's id becomes the event's. */
    boolean hasUuid() {
        return givenId.filter(Ids::isUuid).isPresent();
    }

    IncomingEvent incoming(EventIdGenerator ids) {
        EventId id = givenId.filter(Ids::isUuid)
                .map(text -> new EventId(UUID.fromString(text)))
                .orElseGet(ids::next);
        EventType knownType = type.orElseThrow();
        String knownData = data.orElseThrow();
        return new IncomingEvent(
                id, knownType, createdAt, ordering, new Body(id, knownType, createdAt, knownData, metadata), true);
    }

    /** The stored body, made of the texts of the request. */
    private record Body(EventId id, EventType type, Instant createdAt, String dataText, String metadataText)
            implements IncomingEvent.Body {
        @Override
        public byte[] bytes() {
            return EventBody.of(
                    id,
                    type,
                    createdAt,
                    dataText.getBytes(StandardCharsets.UTF_8),
                    metadataText.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public IncomingEvent.Payload payload() {
            return IncomingEvent.Payload.read(() -> JsonValues.read(dataText), () -> JsonValues.read(metadataText));
        }
    }
}
