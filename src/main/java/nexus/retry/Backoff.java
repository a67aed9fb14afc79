package nexus.retry;

import java.time.Duration;

/**
 * Waits between attempts: {@code min(cap, base * 2^(n - 1))}, ±20 %, so that deliveries that failed together are not
 * tried again together. With 5 s and 10 h: about 5 s, 10 s, 20 s, …, 5 h 41 min, 10 h, 10 h.
 *
 * @param base the first wait, above zero
 * @param cap the longest wait
 */
public record Backoff(Duration base, Duration cap) {
    private static final double JITTER = 0.2;

    public Backoff {
        if (base.isNegative() || base.isZero()) {
            throw new IllegalArgumentException("base must be above zero: " + base);
        }
        if (cap.isNegative() || cap.isZero()) {
            throw new IllegalArgumentException("cap must be above zero: " + cap);
        }
    }

    /**
     * Wait before the next attempt.
     *
     * @param attempts made already, from 1
     * @param random in [0, 1)
     */
    public Duration after(int attempts, double random) {
        if (attempts < 1) {
            throw new IllegalArgumentException("attempts must be at least 1: " + attempts);
        }
        double millis = (double) new Doubling(base, cap).nth(attempts).toMillis();
        return Duration.ofMillis(Math.round(millis * (1 - JITTER + 2 * JITTER * random)));
    }
}
