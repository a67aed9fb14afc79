package nexus.queue.owed;

import org.jspecify.annotations.Nullable;

/**
 * An owed delivery with what it sends.
 *
 * @param body null when the event is gone
 */
public record Ready(OwedDelivery delivery, @Nullable OwedBody body) {}
