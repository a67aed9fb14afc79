package nexus.event;

import java.time.Instant;

/**
 * An event on its way into the store. The body is built only when a subscription matches or the event is stored anyway,
 * because most row changes of a busy table may match none.
 *
 * @param createdAt when it was published or committed; milliseconds
 * @param storedAlways true for published events, which are stored also without a subscription
 */
public record IncomingEvent(
        EventId id, EventType type, Instant createdAt, Ordering ordering, Body body, boolean storedAlways) {

    /** A copy with another id. */
    public IncomingEvent withId(EventId other) {
        return new IncomingEvent(
                other, type, createdAt, ordering, () -> EventBody.withId(body.bytes(), other), storedAlways);
    }

    /** A copy with the smallest possible body. */
    public IncomingEvent reduced() {
        return new IncomingEvent(id, type, createdAt, ordering, body::reduced, storedAlways);
    }

    /** The bytes that are signed and sent. Pure: every call returns the same bytes. */
    @FunctionalInterface
    public interface Body {
        byte[] bytes();

        /** A smaller body, where parts can be left out, for a store that refuses the whole one. */
        default byte[] reduced() {
            return bytes();
        }
    }
}
