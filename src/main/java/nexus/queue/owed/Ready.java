package nexus.queue.owed;

import org.jspecify.annotations.Nullable;

/**
 * An owed delivery with its body.
 *
 * @param body null when the event no longer exists
 */
public record Ready(OwedDelivery delivery, @Nullable OwedBody body) {}
