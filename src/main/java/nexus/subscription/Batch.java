package nexus.subscription;

import java.time.Duration;

/**
 * Several events in one request.
 *
 * @param maxSize most events in a batch
 * @param maxWait the longest time for which an event waits for others
 */
public record Batch(int maxSize, Duration maxWait) {
    public static final int LEAST_SIZE = 2;
    public static final int MOST_SIZE = 1_000;
    public static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
    public static final Batch DEFAULT = new Batch(100, Duration.ofSeconds(1));

    public Batch {
        if (maxSize < LEAST_SIZE || maxSize > MOST_SIZE) {
            throw new IllegalArgumentException("no size of a batch: " + maxSize);
        }
        if (maxWait.isNegative() || maxWait.compareTo(LONGEST_WAIT) > 0) {
            throw new IllegalArgumentException("no wait of a batch: " + maxWait);
        }
    }
}
