package nexus.event;

import java.time.Instant;

/**
 * An event on its way into the store. The body is made only when a subscription wants the event or it has to be
 * stored anyway: most row changes of a busy table may interest nobody.
 *
 * @param createdAt when it was published or committed; milliseconds
 * @param storedAlways published events are stored also when nobody subscribed; row changes are not
 */
public record IncomingEvent(
        EventId id, EventType type, Instant createdAt, Ordering ordering, Body body, boolean storedAlways) {

    /** The same event under another id. */
    public IncomingEvent withId(EventId other) {
        return new IncomingEvent(
                other, type, createdAt, ordering, () -> EventBody.withId(body.bytes(), other), storedAlways);
    }

    /** The same event with as little in it as there can be. */
    public IncomingEvent reduced() {
        return new IncomingEvent(id, type, createdAt, ordering, body::reduced, storedAlways);
    }

    /** The bytes that are signed and sent. Pure: the same bytes however often it is asked. */
    @FunctionalInterface
    public interface Body {
        byte[] bytes();

        /** Fewer of them, where some can be left out: for a store that refuses the whole. */
        default byte[] reduced() {
            return bytes();
        }
    }
}
