package nexus.target;

import io.vertx.core.buffer.Buffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One request as a sender would make it. It holds no credentials, because it is made for a target whose credentials are
 * replaced beforehand.
 *
 * @param method of HTTP; for another protocol, the verb that fits best
 * @param url the place that the request is sent to; for another protocol, a URL in its notation
 * @param headers in the order in which they are written; without those that the protocol adds to each message, such as
 *     {@code Host} and {@code Content-Length}
 * @param body the bytes that are sent
 */
public record Described(String method, String url, Map<String, String> headers, Buffer body) {
    public Described {
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    }

    /** Payloads stay out of logs. */
    @Override
    public String toString() {
        return "Described[method=" + method + "]";
    }
}
