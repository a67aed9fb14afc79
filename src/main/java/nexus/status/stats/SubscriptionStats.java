package nexus.status.stats;

import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import nexus.event.EventBody;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * How one subscription is doing.
 *
 * @param recentAttempts how many attempts the rate and the latencies are of
 * @param successRate share of them that were answered with 2xx; null when there was none
 */
@Schema(name = "SubscriptionStats")
record SubscriptionStats(
        @Schema(examples = "2400") long deliveriesTotal,
        @Schema(examples = "3") long deliveriesPending,
        @Schema(examples = "2390") long deliveriesSent,
        @Schema(examples = "2") long deliveriesFailed,
        @Schema(examples = "5") long deliveriesDead,

        @Schema(examples = "1000", description = "The last attempts, at most 1000: what the next two are of.")
        int recentAttempts,

        @Schema(examples = "0.996", nullable = true, description = "Share answered with 2xx.") @Nullable
        Double successRate,

        LatencyMs latencyMs,
        Breaker breaker) {

    /** From the start of the request to the end of its answer; null when there was no attempt. */
    @Schema(name = "LatencyMs")
    record LatencyMs(
            @Schema(examples = "12", nullable = true) @Nullable
            Double p50,

            @Schema(examples = "48", nullable = true) @Nullable
            Double p95,

            @Schema(examples = "210", nullable = true) @Nullable
            Double p99) {}

    /**
     * Whether requests are made at all.
     *
     * @param state {@code closed}: as usual; {@code open}: none; {@code half-open}: one delivery tries whether the
     *     endpoint is back
     * @param openedAt since when it has been failing too much; null when it has not
     * @param nextProbeAt when one delivery tries; in the past: it may at once
     * @param until before this none is made
     */
    @Schema(
            name = "Breaker",
            description = "Open: no requests are made, because the endpoint failed too often, or because it asked with"
                    + " Retry-After to be left alone. Half-open: one delivery tries whether it is back.")
    record Breaker(
            @Schema(
                    examples = "closed",
                    enumeration = {"closed", "open", "half-open"})
            String state,

            @Schema(
                    examples = "2026-01-31T18:20:43.000Z",
                    nullable = true,
                    description = "Since when it has been failing too often; null with a Retry-After alone.")
            @Nullable
            String openedAt,

            @Schema(
                    examples = "2026-01-31T18:21:23.000Z",
                    nullable = true,
                    description = "From when on one delivery tries whether it is back.")
            @Nullable
            String nextProbeAt,

            @Schema(
                    examples = "2026-01-31T18:21:43.000Z",
                    nullable = true,
                    description =
                            "Before this no request is made: the later of nextProbeAt and the end of a Retry-After.")
            @Nullable
            String until) {
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
