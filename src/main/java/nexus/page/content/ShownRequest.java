package nexus.page.content;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A request as it is shown.
 *
 * @param headers in the order in which they are sent
 * @param body as text, character for character
 */
public record ShownRequest(String method, String url, Map<String, String> headers, String body) {
    public ShownRequest {
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    }

    /** Payloads stay out of logs. */
    @Override
    public String toString() {
        return "ShownRequest[method=" + method + "]";
    }
}
