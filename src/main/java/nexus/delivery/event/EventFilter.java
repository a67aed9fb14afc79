package nexus.delivery.event;

import java.time.Instant;
import java.util.Optional;
import nexus.event.EventKey;

/**
 * Selects the events of a list.
 *
 * @param type the exact type
 * @param since created at or after
 * @param until created before
 * @param key what it is about
 */
public record EventFilter(
        Optional<String> type, Optional<Instant> since, Optional<Instant> until, Optional<EventKey> key) {
    /** With any key. */
    public EventFilter(Optional<String> type, Optional<Instant> since, Optional<Instant> until) {
        this(type, since, until, Optional.empty());
    }
}
