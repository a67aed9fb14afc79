package nexus.attempt;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonRawValue;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * One attempt as the older API shows it.
 *
 * @param payloadReceived the body that was sent, as it is stored; null when that is no longer kept
 * @param responseFromTarget the answer's text, or why there was none
 */
@Schema(name = "LogEntry")
record LogEntry(
        @Schema(examples = "att_20260131_4567_1") String id,

        @JsonProperty("listener_id") @Schema(examples = "0199a3c4-7f6e-7b3a-9c51-2d1f6a0b8e11")
        String listenerId,

        @Schema(
                examples = SUCCESS,
                enumeration = {SUCCESS, FAILED})
        String status,

        @JsonProperty("payload_received")
        @JsonRawValue
        @Schema(implementation = Object.class, nullable = true)
        @Nullable
        String payloadReceived,

        @JsonProperty("response_from_target") @Schema(examples = "ok", nullable = true) @Nullable
        String responseFromTarget,

        @JsonProperty("created_at") @Schema(examples = "2026-01-31T18:20:44.120Z")
        String createdAt) {
    static final String SUCCESS = "SUCCESS";
    static final String FAILED = "FAILED";
}
