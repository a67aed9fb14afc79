package nexus.subscription;

import java.util.Optional;

/**
 * How fast deliveries may go out, and in which order.
 *
 * @param ordered deliveries with the same ordering key go one after the other
 * @param concurrency requests in flight at most, over all processes
 * @param rateLimit requests a second at most, over all processes; empty: no limit
 */
public record Flow(boolean ordered, int concurrency, Optional<Integer> rateLimit) {
    public static final Flow DEFAULT = new Flow(true, 32, Optional.empty());

    public Flow {
        if (concurrency < 1 || rateLimit.filter(perSecond -> perSecond < 1).isPresent()) {
            throw new IllegalArgumentException("concurrency and rateLimit must be positive");
        }
    }

    public Flow withConcurrency(int other) {
        return new Flow(ordered, other, rateLimit);
    }

    public Flow withRateLimit(Optional<Integer> other) {
        return new Flow(ordered, concurrency, other);
    }
}
