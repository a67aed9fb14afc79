package nexus.target;

import java.net.URI;
import java.util.List;
import java.util.Map;
import nexus.target.credential.TargetAccess;

/**
 * An HTTP endpoint.
 *
 * @param endpoint {@code http} or {@code https}, without user name, password and fragment
 * @param headers the subscriber's own; where a name is also Nexus's, Nexus's value is sent
 * @param keys HMAC keys that sign now, newest first, at least one; none is empty
 * @param access as whom Nexus presents itself, beyond the HMAC signature
 */
public record WebhookTarget(URI endpoint, Map<String, String> headers, List<byte[]> keys, TargetAccess access)
        implements Target {

    public WebhookTarget {
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("a webhook is always signed");
        }
        for (byte[] key : keys) {
            if (key.length == 0) {
                throw new IllegalArgumentException("an HMAC key is empty");
            }
        }
    }

    @Override
    public TargetType type() {
        return TargetType.WEBHOOK;
    }

    /** Everything in it may be a credential. */
    @Override
    public String toString() {
        return "WebhookTarget[redacted]";
    }
}
