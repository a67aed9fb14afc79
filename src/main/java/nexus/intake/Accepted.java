package nexus.intake;

import nexus.event.EventId;

/**
 * What became of a published event.
 *
 * @param deliveries to how many subscriptions it is owed
 * @param deduplicated it was there already, under the same key
 */
public record Accepted(EventId eventId, int deliveries, boolean deduplicated) {}
