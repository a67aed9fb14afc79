package nexus.retry;

import java.time.Duration;

/**
 * Waits of which each is twice as long as the one before.
 *
 * @param first the first wait, above zero
 * @param longest none is longer, not even the first
 */
public record Doubling(Duration first, Duration longest) {
    public Doubling {
        if (!first.isPositive() || !longest.isPositive()) {
            throw new IllegalArgumentException("waits must be above zero: " + first + ", " + longest);
        }
    }

    /** @param number of the wait, from 1 */
    public Duration nth(int number) {
        if (number < 1) {
            throw new IllegalArgumentException("waits are counted from 1: " + number);
        }
        int doublings = number - 1;
        boolean isLongest = doublings >= Long.SIZE - 1 || longest.dividedBy(first) >>> doublings == 0;
        return isLongest ? longest : first.multipliedBy(1L << doublings);
    }
}
