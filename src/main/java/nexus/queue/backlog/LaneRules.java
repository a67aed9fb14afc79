package nexus.queue.backlog;

import java.time.Duration;
import java.time.Instant;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a subscription that the backlog needs.
 *
 * @param isOrdered whether deliveries of one ordering key are sent one after the other
 * @param perSecond most requests a second
 * @param batch null: each delivery is a request of its own
 * @param expiry for a time, the one since which its deliveries are owed that expire then
 */
public record LaneRules(
        int lane,
        boolean isOrdered,
        int perSecond,
        @Nullable Batch batch,
        UnaryOperator<Instant> expiry) {
    /** Without an expiry. */
    public LaneRules(int lane, boolean isOrdered, int perSecond) {
        this(lane, isOrdered, perSecond, null, now -> Instant.MIN);
    }

    /**
     * Deliveries that are sent together.
     *
     * @param maxSize most deliveries of a request
     * @param maxBytes of their bodies; a larger one goes alone
     * @param maxWait the longest time for which one waits for others
     */
    public record Batch(int maxSize, long maxBytes, Duration maxWait) {}
}
