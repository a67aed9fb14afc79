package nexus.attempt;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonRawValue;
import org.jspecify.annotations.Nullable;

/**
 * One attempt as the older API shows it.
 *
 * @param payloadReceived the body that was sent, as it is stored; null when that is no longer kept
 * @param responseFromTarget the answer's text, or why there was none
 */
record LogEntry(
        String id,
        @JsonProperty("listener_id") String listenerId,
        String status,

        @JsonProperty("payload_received") @JsonRawValue @Nullable
        String payloadReceived,

        @JsonProperty("response_from_target") @Nullable String responseFromTarget,
        @JsonProperty("created_at") String createdAt) {
    static final String SUCCESS = "SUCCESS";
    static final String FAILED = "FAILED";
}
