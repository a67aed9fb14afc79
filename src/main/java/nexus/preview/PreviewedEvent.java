package nexus.preview;

import io.vertx.core.buffer.Buffer;
import nexus.event.EventId;
import nexus.event.EventType;

/**
 * An event that is previewed.
 *
 * @param body in the default format, as Nexus stores it
 */
record PreviewedEvent(EventId id, EventType type, Buffer body) {
    /** The body stays out of logs. */
    @Override
    public String toString() {
        return "PreviewedEvent[id=" + id + "]";
    }
}
