package nexus.attempt;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonRawValue;
import org.jspecify.annotations.Nullable;

/**
 * One attempt as the older API shows it.
 *
 * @param payloadReceived the body that was sent, as stored; null when it is no longer kept
 * @param responseFromTarget the text of the response, or the reason why there was none
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
