package nexus.access.limit;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A limit of requests a second, with bursts of twice as many. It is a token bucket, stored as the time at which it will
 * be full again (generic cell rate algorithm), so that taking a token is one compare-and-set. Safe for any thread.
 *
 * @see <a href="https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/">RateLimit header fields</a>
 */
public final class RequestLimit {
    private static final long SECOND = 1_000_000_000;

    private final String name;
    private final int perSecond;
    private final long interval;
    private final long room;
    private final AtomicLong fullAt;
    private final String policy;

    /**
     * @param name the name in the headers
     * @param perSecond at least 1
     * @param now {@link System#nanoTime()}
     */
    public RequestLimit(String name, int perSecond, long now) {
        this.name = '"' + name + '"';
        this.perSecond = perSecond;
        this.interval = SECOND / perSecond;
        this.room = interval * 2 * perSecond;
        this.fullAt = new AtomicLong(now);
        this.policy = this.name + ";q=" + perSecond + ";w=1";
    }

    /** @return false when the request comes too early; then no token is taken */
    public boolean take(long now) {
        while (true) {
            long full = fullAt.get();
            long next = (full - now > 0 ? full : now) + interval;
            if (next - now > room) {
                return false;
            }
            if (fullAt.compareAndSet(full, next)) {
                return true;
            }
        }
    }

    /** The header {@code RateLimit-Policy}: the sustained rate; a burst may be twice as much. */
    public String policy() {
        return policy;
    }

    /** The header {@code RateLimit}: the remaining requests, and the seconds until the bucket is full again. */
    public String state(long now) {
        long owed = Math.max(0, fullAt.get() - now);
        long left = Math.clamp((room - owed) / interval, 0, perSecond);
        long missing = Math.max(0, owed - (room - perSecond * interval));
        return name + ";r=" + left + ";t=" + (missing + SECOND - 1) / SECOND;
    }

    /** The header {@code Retry-After}: whole seconds, at least one, until there is a token. */
    public long retryAfter(long now) {
        long wait = fullAt.get() + interval - now - room;
        return Math.max(1, (wait + SECOND - 1) / SECOND);
    }
}
