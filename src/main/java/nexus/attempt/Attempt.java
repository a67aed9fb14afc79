package nexus.attempt;

import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * One request made for a delivery.
 *
 * @param statusCode null when there was no answer
 * @param error what went wrong, in words; null when it was delivered
 * @param responseBody the beginning of the answer's body
 * @param nextRunAt when the next attempt was due after this one; null after the last
 */
@Schema(name = "Attempt")
public record Attempt(
        @Schema(examples = "1", description = "Counts from 1.")
        int attempt,

        @Schema(examples = "2026-01-31T18:20:44.120Z") String at,
        @Schema(examples = "503", nullable = true) @Nullable Integer statusCode,

        @Schema(nullable = true, description = "What went wrong; null when it was delivered.") @Nullable
        String error,

        @Schema(examples = "41") int durationMs,

        @Schema(examples = "try again later", nullable = true, description = "At most 16 KiB.") @Nullable
        String responseBody,

        @Schema(examples = "2026-01-31T18:20:49.300Z", nullable = true) @Nullable
        String nextRunAt) {}
