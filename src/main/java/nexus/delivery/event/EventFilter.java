package nexus.delivery.event;

import java.time.Instant;
import java.util.Optional;

/**
 * Which events a list holds.
 *
 * @param type exactly
 * @param since created at or after
 * @param until created before
 */
public record EventFilter(Optional<String> type, Optional<Instant> since, Optional<Instant> until) {}
