package nexus.dispatch.lane;

import java.time.Instant;

/**
 * A limit of requests a second. Bursts are a tenth of the limit, at least one request, so that no second has more than a
 * tenth above the limit, and at 1 a second there is a whole second between two requests.
 *
 * <p>Stored as the time at which the bucket is full again, in whole nanoseconds, so that rounding errors do not add up. A clock
 * that jumps back costs at most one filling of the bucket.
 */
final class TokenBucket {
    private static final long SECOND = 1_000_000_000L;
    private static final int BURSTS_A_SECOND = 10;
    /** Waking up for each token of a fast lane would be polling. */
    private static final long SHORTEST_WAIT = 10_000_000;

    private final long interval;
    private final long capacity;
    private long fullAt = Long.MIN_VALUE;

    /**
     * @param perSecond over all processes, from 1
     * @param share of this process in the lane, above 0 and up to 1
     */
    TokenBucket(int perSecond, double share) {
        if (perSecond < 1 || !(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("no rate: " + perSecond + " a second, share " + share);
        }
        double mine = perSecond * share;
        interval = Math.max(1, Math.round(SECOND / mine));
        capacity = Math.max(1, (long) (mine / BURSTS_A_SECOND));
    }

    /** The number of requests that may start now. */
    int available(Instant now) {
        long missing = missing(now);
        return (int) (capacity - (missing + interval - 1) / interval);
    }

    /** Takes a token, also when there is none; then the next request waits longer. */
    void take(Instant now) {
        fullAt = nanos(now) + missing(now) + interval;
    }

    /** The time of the next token; for a fast lane, the time at which there are several. */
    Instant next(Instant now) {
        long wait = missing(now) - (capacity - 1) * interval;
        return now.plusNanos(Math.max(Math.min(SHORTEST_WAIT, (capacity - 1) * interval), wait));
    }

    /** The time until it is full. */
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
