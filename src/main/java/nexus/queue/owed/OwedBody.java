package nexus.queue.owed;

import io.vertx.core.buffer.Buffer;
import nexus.event.EventType;
import org.jspecify.annotations.Nullable;

/**
 * The body of an owed delivery.
 *
 * @param bytes null when the payload was erased
 */
public record OwedBody(EventType type, @Nullable Buffer bytes) {}
