package nexus.status.stats;

import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import nexus.event.EventBody;
import org.jspecify.annotations.Nullable;

/**
 * Statistics of one subscription.
 *
 * @param filterUnknown events that its filter could not decide, because a value that it is about was not in the WAL;
 *     they were not delivered
 * @param recentAttempts the number of attempts that rate and latencies are computed from
 * @param successRate share of them with a 2xx response; null when there was no attempt
 */
record SubscriptionStats(
        long deliveriesTotal,
        long deliveriesPending,
        long deliveriesSent,
        long deliveriesFailed,
        long deliveriesDead,
        long filterUnknown,
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
     * The state of the breaker.
     *
     * @param state {@code closed}: requests are sent; {@code open}: none is sent; {@code half-open}: one delivery probes
     *     the endpoint
     * @param openedAt when the breaker opened; null when it is closed
     * @param nextProbeAt when the next probe is due; a time in the past means at once
     * @param until no request is sent before this time
     */
    record Breaker(
            String state,
            @Nullable String openedAt,
            @Nullable String nextProbeAt,
            @Nullable String until) {
        static final Breaker CLOSED = new Breaker("closed", null, null, null);

        /**
         * The part that is read from the store.
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
