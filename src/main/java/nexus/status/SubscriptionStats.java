package nexus.status;

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
     * @param state {@code closed}: as usual; {@code open}: the endpoint asked with Retry-After to be left alone
     */
    @Schema(name = "Breaker", description = "Open: the endpoint asked with Retry-After to be left alone until then.")
    record Breaker(
            @Schema(
                    examples = "closed",
                    enumeration = {"closed", "open"})
            String state,

            @Schema(examples = "2026-01-31T18:21:43.000Z", nullable = true) @Nullable
            String until) {
        static final Breaker CLOSED = new Breaker("closed", null);

        static Breaker openUntil(String until) {
            return new Breaker("open", until);
        }
    }
}
