package nexus.subscription;

import java.time.Instant;
import java.util.Optional;

/**
 * The events that a subscription has selected and not received since it was disabled.
 *
 * @param firstAt when the first of them was stored
 * @param lastAt when the last of them was stored
 */
public record Missed(long count, Optional<Instant> firstAt, Optional<Instant> lastAt) {
    public static final Missed NONE = new Missed(0, Optional.empty(), Optional.empty());
}
