package nexus.status.stats;

import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import nexus.event.EventBody;
import org.jspecify.annotations.Nullable;

/**
 * How one subscription is doing.
 *
 * @param recentAttempts how many attempts the rate and the latencies are of
 * @param successRate share of them that were answered with 2xx; null when there was none
 */
record SubscriptionStats(
        long deliveriesTotal,
        long deliveriesPending,
        long deliveriesSent,
        long deliveriesFailed,
        long deliveriesDead,
        int recentAttempts,
        @Nullable Double successRate,
        LatencyMs latencyMs,
        Breaker breaker) {

    /** From the start of the request to the end of its answer; null when there was no attempt. */
    record LatencyMs(
            @Nullable Double p50,
            @Nullable Double p95,
            @Nullable Double p99) {}

    /**
     * Whether requests are made at all.
     *
     * @param state {@code closed}: as usual; {@code open}: none; {@code half-open}: one delivery tries whether the
     *     endpoint is back
     * @param openedAt since when it has been failing too much; null when it has not
     * @param nextProbeAt when one delivery tries; in the past: it may at once
     * @param until before this none is made
     */
    record Breaker(
            String state,
            @Nullable String openedAt,
            @Nullable String nextProbeAt,
            @Nullable String until) {
        static final Breaker CLOSED = new Breaker("closed", null, null, null);

        /**
         * What the store knows.
         *
         * @param heldUntil the end of a Retry-After
         */
        static Breaker of(
                @Nullable Instant openedAt, @Nullable Instant nextProbeAt, @Nullable Instant heldUntil, Instant now) {
            Instant until = Stream.of(Optional.ofNullable(nextProbeAt), Optional.ofNullable(heldUntil))
                    .flatMap(Optional::stream)
                    .filter(at -> at.isAfter(now))
                    .max(Comparator.naturalOrder())
                    .orElse(null);
            String state = until != null ? "open" : openedAt != null ? "half-open" : "closed";
            return new Breaker(state, text(openedAt), text(nextProbeAt), text(until));
        }

        private static @Nullable String text(@Nullable Instant instant) {
            return instant == null ? null : EventBody.timestamp(instant);
        }
    }
}
