package nexus.template;

import java.util.Map;

/**
 * What a template says about one request.
 *
 * @param method POST, PUT, PATCH or DELETE
 * @param path to append to the endpoint's, percent-encoded, perhaps with a query; empty, or it begins with / or ?
 * @param headers names and values of printable ASCII
 */
public record RequestParts(String method, String path, Map<String, String> headers) {
    /** The request that is made without a template. */
    public static final RequestParts DEFAULT = new RequestParts("POST", "", Map.of());

    /** Whether the request carries a body. DELETE does not: many servers refuse one. */
    public boolean hasBody() {
        return !method.equals("DELETE");
    }

    /** Paths and headers hold values of events, which stay out of logs. */
    @Override
    public String toString() {
        return "RequestParts[method=" + method + "]";
    }
}
