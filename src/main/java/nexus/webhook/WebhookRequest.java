package nexus.webhook;

import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.util.List;
import java.util.Map;
import nexus.event.EventId;
import nexus.event.EventType;
import nexus.target.credential.TargetAccess;

/**
 * One attempt to deliver one event.
 *
 * @param endpoint {@code http} or {@code https}, without user name, password and fragment
 * @param attempt the number of this attempt, from 1
 * @param body sent and signed byte for byte; must not change until the result is there
 * @param keys HMAC keys, newest first, at least one; none is empty
 * @param headers the subscriber's own; where a name is also Nexus's, Nexus's value is sent
 * @param access what the subscription asks for beyond the usual
 */
public record WebhookRequest(
        URI endpoint,
        EventId eventId,
        EventType eventType,
        int attempt,
        Buffer body,
        List<byte[]> keys,
        Map<String, String> headers,
        TargetAccess access) {

    public WebhookRequest {
        if (attempt < 1) {
            throw new IllegalArgumentException("attempts count from 1: " + attempt);
        }
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("a webhook is always signed");
        }
        for (byte[] key : keys) {
            if (key.length == 0) {
                throw new IllegalArgumentException("an HMAC key is empty");
            }
        }
    }

    /** Keys, headers, body and the endpoint's query may be credentials and stay out. */
    @Override
    public String toString() {
        return "WebhookRequest[eventId=" + eventId + ", attempt=" + attempt + "]";
    }
}
