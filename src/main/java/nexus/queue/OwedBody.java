package nexus.queue;

import io.vertx.core.buffer.Buffer;
import java.util.UUID;
import nexus.event.EventType;
import org.jspecify.annotations.Nullable;

/**
 * What an owed delivery sends.
 *
 * @param bytes null when the payload was erased
 */
public record OwedBody(
        UUID eventId, EventType type, @Nullable Buffer bytes) {}
