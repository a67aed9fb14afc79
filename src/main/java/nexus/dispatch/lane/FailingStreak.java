package nexus.dispatch.lane;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import nexus.dispatch.outcome.Verdict;
import nexus.subscription.EndpointHealth.Failing;
import org.jspecify.annotations.Nullable;

/**
 * The time since which no attempt at an endpoint was delivered. A streak is stored when it is a minute old, and then at most
 * once a minute, so that an endpoint with occasional failures costs the store nothing.
 */
final class FailingStreak {
    private static final Duration STORE_EVERY = Duration.ofMinutes(1);
    /** A few failures far apart do not count, however old the first one is. */
    private static final int FEWEST_ATTEMPTS = 10;

    private @Nullable Failing current;
    private @Nullable Instant storedAt;

    FailingStreak(Optional<Failing> stored) {
        this.current = stored.orElse(null);
        this.storedAt = stored.map(Failing::since).orElse(null);
    }

    /** @return whether it must be stored */
    boolean heard(Verdict verdict, Instant now) {
        if (verdict == Verdict.DELIVERED) {
            boolean wasStored = storedAt != null;
            current = null;
            storedAt = null;
            return wasStored;
        }
        current = current == null ? new Failing(now, 1) : new Failing(current.since(), current.attempts() + 1);
        Instant last = storedAt == null ? current.since() : storedAt;
        return !last.plus(STORE_EVERY).isAfter(now);
    }

    /** The first attempt since the last delivery; empty when the last attempt was delivered. */
    Optional<Instant> since() {
        return Optional.ofNullable(current).map(Failing::since);
    }

    /** The streak to store. */
    Optional<Failing> storedAt(Instant now) {
        storedAt = current == null ? null : now;
        return Optional.ofNullable(current);
    }

    /** The streak, when it has lasted so long that the subscription is disabled. */
    Optional<Failing> longerThan(Duration patience, Instant now) {
        return Optional.ofNullable(current)
                .filter(streak -> streak.attempts() >= FEWEST_ATTEMPTS
                        && !streak.since().plus(patience).isAfter(now));
    }
}
