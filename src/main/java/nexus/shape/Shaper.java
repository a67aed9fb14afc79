package nexus.shape;

import io.netty.util.AsciiString;
import io.vertx.core.buffer.Buffer;
import nexus.event.EventId;
import nexus.event.EventType;

/** Converts an event to the content that is sent. Equal events and forms give equal bytes, on every attempt. */
public final class Shaper {
    private static final CharSequence JSON = AsciiString.cached("application/json");

    /**
     * Shapes one event.
     *
     * @param stored the event's body as Nexus stores it; must not change until the parcel is sent
     */
    public Shaped shape(Form form, EventId id, EventType type, Buffer stored) {
        return switch (form.format()) {
            case DEFAULT -> new Parcel(id, type, JSON, stored);
        };
    }
}
