package nexus.dispatch.lane;

import java.time.Instant;

/**
 * So many requests a second. A tenth of a second's worth may go at once, at least one request: no second sees more than
 * a tenth above the limit, and at 1 a second there is a whole second between any two.
 *
 * <p>Kept as the time at which the bucket would be full again, in whole nanoseconds, so that nothing adds up to an error.
 * A clock that jumps back costs no more than filling the bucket once.
 */
final class TokenBucket {
    private static final long SECOND = 1_000_000_000L;
    private static final int BURSTS_A_SECOND = 10;
    /** A wake for each token of a fast lane would be polling. */
    private static final long SHORTEST_WAIT = 10_000_000;

    private final long interval;
    private final long capacity;
    private long fullAt = Long.MIN_VALUE;

    /**
     * @param perSecond over all processes, from 1
     * @param share of the lane that this process has, above 0 and up to 1
     */
    TokenBucket(int perSecond, double share) {
        if (perSecond < 1 || !(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("no rate: " + perSecond + " a second, share " + share);
        }
        double mine = perSecond * share;
        interval = Math.max(1, Math.round(SECOND / mine));
        capacity = Math.max(1, (long) (mine / BURSTS_A_SECOND));
    }

    /** How many requests may go now. */
    int available(Instant now) {
        long missing = missing(now);
        return (int) (capacity - (missing + interval - 1) / interval);
    }

    /** One goes, also when none may: then the next waits the longer. */
    void take(Instant now) {
        fullAt = nanos(now) + missing(now) + interval;
    }

    /** One that was taken did not go. */
    void giveBack(Instant now) {
        fullAt = nanos(now) + Math.max(0, missing(now) - interval);
    }

    /** When there is something to take again; for a fast lane, when there is enough to be worth it. */
    Instant next(Instant now) {
        long wait = missing(now) - (capacity - 1) * interval;
        return now.plusNanos(Math.max(Math.min(SHORTEST_WAIT, (capacity - 1) * interval), wait));
    }

    /** Until it is full. */
    private long missing(Instant now) {
        if (fullAt == Long.MIN_VALUE) {
            return 0;
        }
        return Math.clamp(fullAt - nanos(now), 0, 2 * capacity * interval);
    }

    private static long nanos(Instant instant) {
        return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), SECOND), instant.getNano());
    }
}
