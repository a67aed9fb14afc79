package nexus.preview;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import nexus.api.json.Ids;
import nexus.api.json.JsonBody;
import nexus.api.json.Timestamps;
import nexus.event.EventBody;
import nexus.event.EventId;
import nexus.event.EventType;
import nexus.refusal.Refusal;
import nexus.subscription.SubscriptionSettings;
import nexus.subscription.api.SubscriptionRequest;
import nexus.subscription.secret.SigningSecret;

/** The body of {@code POST /v1/subscriptions/preview}. */
record PreviewRequest(SubscriptionSettings subscription, Source source) {
    private static final List<String> SOURCES = List.of("eventId", "event", "last");
    private static final int MAX_LAST = 250;
    private static final int MAX_TEXT = 256;
    private static final int MAX_EVENT_ID = 255;

    /** Which events are previewed. */
    sealed interface Source {
        /** A stored event. */
        record Stored(UUID id) implements Source {}

        /** An event that the request holds. */
        record Given(PreviewedEvent event) implements Source {}

        /** The last events that were stored. */
        record Last(int count) implements Source {}
    }

    /** @param generated signs when the subscription names no secret */
    static PreviewRequest read(byte[] raw, SigningSecret generated, Clock clock, RandomGenerator random) {
        JsonBody body = JsonBody.parse(raw);
        body.require("subscription");
        Optional<SubscriptionSettings> settings = body.object("subscription")
                .map(given -> SubscriptionRequest.read(given, generated).settings());
        Optional<Source> stored = body.parsed("eventId", MAX_TEXT, PreviewRequest::eventId);
        Optional<Source> event = body.object("event").flatMap(given -> event(given, clock, random));
        Optional<Source> last = body.integer("last", 1, MAX_LAST).map(Source.Last::new);
        if (SOURCES.stream()
                        .filter(field -> body.has(field) && !body.isNull(field))
                        .count()
                != 1) {
            body.error(SOURCES.getFirst(), "is required, or event, or last: exactly one of them");
        }
        body.check();
        return new PreviewRequest(
                settings.orElseThrow(),
                Stream.of(stored, event, last)
                        .flatMap(Optional::stream)
                        .findFirst()
                        .orElseThrow());
    }

    private static Source eventId(String text, String pointer) {
        if (!Ids.isUuid(text)) {
            throw new Refusal.Invalid(pointer, "must be the id of an event, a UUID");
        }
        return new Source.Stored(UUID.fromString(text));
    }

    /** The fields of a published event, with any type: a row change and Nexus's own events can be tried too. */
    private static Optional<Source> event(JsonBody given, Clock clock, RandomGenerator random) {
        given.require("type", "data");
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        Optional<EventType> type = given.parsed("type", EventType.MAX_ROW_CHANGE, PreviewRequest::type);
        Optional<String> data = given.rawObject("data");
        String metadata = given.rawObject("metadata").orElse("{}");
        Instant createdAt = given.parsed("createdAt", 40, Timestamps::parse).orElse(now);
        EventId id = given.text("eventId", MAX_EVENT_ID)
                .filter(Ids::isUuid)
                .map(text -> new EventId(UUID.fromString(text)))
                .orElseGet(() -> EventId.version7(now.toEpochMilli(), random.nextInt(), random.nextLong()));
        given.text("orderingKey", MAX_TEXT);
        return type.flatMap(known -> data.map(json -> new Source.Given(new PreviewedEvent(
                id, known, Buffer.buffer(EventBody.of(id, known, createdAt, utf8(json), utf8(metadata)))))));
    }

    private static EventType type(String text, String pointer) {
        try {
            return new EventType(text);
        } catch (IllegalArgumentException e) {
            throw new Refusal.Invalid(
                    pointer,
                    "must be segments of A-Z a-z 0-9 _ - (other characters percent-encoded) with dots between them");
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The settings hold secrets. */
    @Override
    public String toString() {
        return "PreviewRequest[redacted]";
    }
}
