package nexus.intake;

import nexus.event.EventId;

/**
 * The result of publishing an event.
 *
 * @param deliveries number of deliveries of the event
 * @param deduplicated whether it was stored before, under the same key
 */
public record Accepted(EventId eventId, int deliveries, boolean deduplicated) {}
