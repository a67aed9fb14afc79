package nexus.delivery.event;

import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import nexus.event.EventType;

/**
 * A stored event with its body.
 *
 * @param acceptedAt when it was stored
 * @param body in the default format; empty when the payload was erased
 */
public record WholeEvent(UUID id, EventType type, Instant createdAt, Instant acceptedAt, Optional<Buffer> body) {
    /** The body stays out of logs. */
    @Override
    public String toString() {
        return "WholeEvent[id=" + id + "]";
    }
}
