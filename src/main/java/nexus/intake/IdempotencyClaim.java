package nexus.intake;

import java.time.Duration;

/**
 * "Only once": a publisher's key for one or more events of its request.
 *
 * @param scope whose key it is: two API keys may use the same text
 * @param bodyHash SHA-256 of the bytes that came, in hex; the same key with others is refused
 * @param keptFor how long the key is remembered
 * @param firstEvent index of the first event it stands for, in the request
 * @param eventCount how many events it stands for
 * @param isEventId the key is a UUID that becomes the event's id: taken by another scope, it is a conflict
 * @param pointer the field or header a refusal names
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
