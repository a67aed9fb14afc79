package nexus.intake;

import java.time.Duration;

/**
 * A publisher's idempotency key for one or more events of its request.
 *
 * @param scope the API key that the claim belongs to: two API keys may use the same text
 * @param bodyHash SHA-256 of the received bytes, in hex; the same key with other bytes is refused
 * @param keptFor how long the key is remembered
 * @param firstEvent index in the request of the first event that it covers
 * @param eventCount number of events that it covers
 * @param isEventId whether the key is a UUID that becomes the event's id; it conflicts if another scope has used it
 * @param pointer the field or header that a refusal names
 */
public record IdempotencyClaim(
        String scope,
        String key,
        String bodyHash,
        Duration keptFor,
        int firstEvent,
        int eventCount,
        boolean isEventId,
        String pointer) {}
