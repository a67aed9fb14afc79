package nexus.delivery.event;

import java.time.Instant;
import java.util.Optional;

/**
 * Selects the events of a list.
 *
 * @param type the exact type
 * @param since created at or after
 * @param until created before
 */
public record EventFilter(Optional<String> type, Optional<Instant> since, Optional<Instant> until) {}
