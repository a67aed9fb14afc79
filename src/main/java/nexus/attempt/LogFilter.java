package nexus.attempt;

import java.util.Optional;
import java.util.UUID;

/**
 * Which attempts the log shows.
 *
 * @param successful answered with 2xx, or not; empty: both
 */
record LogFilter(Optional<UUID> listenerId, Optional<Boolean> successful) {}
