package nexus.event;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import nexus.value.JsonValues;
import nexus.value.Value;

/**
 * An event on its way into the store. The body is built only when a subscription matches or the event is stored anyway,
 * because most row changes of a busy table may match none.
 *
 * @param createdAt when it was published or committed; milliseconds
 * @param storedAlways true for published events, which are stored also without a subscription
 * @param recipient the only subscription that may receive it; empty for all that select it
 * @param searchKeys under which it is found
 */
public record IncomingEvent(
        EventId id,
        EventType type,
        Instant createdAt,
        Ordering ordering,
        Body body,
        boolean storedAlways,
        Optional<Recipient> recipient,
        SearchKeys searchKeys) {
    private static final String DATA = "data";
    private static final String METADATA = "metadata";

    /** An event for all subscriptions that select it, which is found by its ordering key. */
    public IncomingEvent(
            EventId id, EventType type, Instant createdAt, Ordering ordering, Body body, boolean storedAlways) {
        this(id, type, createdAt, ordering, body, storedAlways, Optional.empty(), SearchKeys.of(ordering));
    }

    /**
     * The recipient of an event that a job makes.
     *
     * @param job the backfill that has read the row
     */
    public record Recipient(UUID subscription, UUID job) {}

    /** A copy with another id. */
    public IncomingEvent withId(EventId other) {
        return new IncomingEvent(
                other, type, createdAt, ordering, new Renamed(body, other), storedAlways, recipient, searchKeys);
    }

    /** A copy with the smallest possible body. It has the same values, so that the same subscriptions receive it. */
    public IncomingEvent reduced() {
        return new IncomingEvent(id, type, createdAt, ordering, new Reduced(body), storedAlways, recipient, searchKeys);
    }

    /** The values of its payload. Nothing is read or made before it is asked for. For one thread. */
    public Payload payload() {
        LazyFields whole = new LazyFields(() -> {
            Payload payload = body.payload();
            return Value.Fields.of(Map.of(DATA, payload.data(), METADATA, payload.metadata()));
        });
        return Payload.read(() -> whole.get(DATA), () -> whole.get(METADATA));
    }

    /** The bytes that are signed and sent. Pure: every call returns the same bytes. */
    @FunctionalInterface
    public interface Body {
        byte[] bytes();

        /** A smaller body, where parts can be left out, for a store that refuses the whole one. */
        default byte[] reduced() {
            return bytes();
        }

        /** The values in it, out of the parts that it is made of where there are any. */
        default Payload payload() {
            return Payload.of(bytes());
        }
    }

    /** What a body in the default format holds. A field that has no value is unknown, or missing as in the body. */
    public record Payload(Value.Fields data, Value.Fields metadata) {
        /** @throws IllegalArgumentException for other bytes */
        public static Payload of(byte[] body) {
            if (JsonValues.read(body) instanceof Value.Fields event
                    && event.get("payload") instanceof Value.Fields payload
                    && payload.get(DATA) instanceof Value.Fields data
                    && payload.get(METADATA) instanceof Value.Fields metadata) {
                return new Payload(data, metadata);
            }
            throw new IllegalArgumentException("not a body in the default format");
        }

        /** Reads each part when it is asked for. */
        public static Payload read(Supplier<Value> data, Supplier<Value> metadata) {
            return new Payload(new LazyFields(data), new LazyFields(metadata));
        }
    }

    private record Renamed(Body body, EventId id) implements Body {
        @Override
        public byte[] bytes() {
            return EventBody.withId(body.bytes(), id);
        }

        @Override
        public byte[] reduced() {
            return EventBody.withId(body.reduced(), id);
        }

        @Override
        public Payload payload() {
            return body.payload();
        }
    }

    private record Reduced(Body body) implements Body {
        @Override
        public byte[] bytes() {
            return body.reduced();
        }

        @Override
        public Payload payload() {
            return body.payload();
        }
    }
}
