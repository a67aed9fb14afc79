package nexus.attempt;

import org.jspecify.annotations.Nullable;

/**
 * One request made for a delivery.
 *
 * @param statusCode null when there was no response
 * @param error the failure in words; null when it was delivered
 * @param responseBody the beginning of the response body
 * @param nextRunAt when the next attempt was due after this one; null after the last
 * @param batchId {@code webhook-id} of the batch; null when the event was sent by itself
 */
public record Attempt(
        int attempt,
        String at,
        @Nullable Integer statusCode,
        @Nullable String error,
        int durationMs,
        @Nullable String responseBody,
        @Nullable String nextRunAt,
        @Nullable String batchId) {}
