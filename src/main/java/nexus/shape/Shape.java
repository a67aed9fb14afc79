package nexus.shape;

import io.netty.util.AsciiString;
import io.vertx.core.buffer.Buffer;
import nexus.event.EventId;
import nexus.event.EventType;

/** Converts an event to the content that is sent. Pure. */
public final class Shape {
    private static final CharSequence JSON = AsciiString.cached("application/json");

    private Shape() {}

    /**
     * Shapes one event.
     *
     * @param stored the event's body as Nexus stores it; must not change until the parcel is sent
     */
    public static Parcel of(ContentFormat format, EventId id, EventType type, Buffer stored) {
        return switch (format) {
            case DEFAULT -> new Parcel(id, type, JSON, stored);
        };
    }
}
