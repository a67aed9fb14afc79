package nexus.trace;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** {@code name=value} pairs with commas between them, values percent-encoded where they hold a comma. */
public final class TraceHeaders {
    private TraceHeaders() {}

    /** @throws IllegalArgumentException with a message that continues the variable's name and never holds the text */
    public static Map<String, String> parse(String text) {
        Map<String, String> pairs = new TreeMap<>();
        for (String pair : text.split(",", -1)) {
            if (pair.isBlank()) {
                continue;
            }
            int equals = pair.indexOf('=');
            String name = equals < 0 ? "" : pair.substring(0, equals).strip();
            if (!name.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]+")) {
                throw new IllegalArgumentException("must be name=value pairs with commas between them");
            }
            try {
                String value = pair.substring(equals + 1).strip().replace("+", "%2B");
                pairs.put(name, URLDecoder.decode(value, StandardCharsets.UTF_8));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("must have values in which % is written as %25", e);
            }
        }
        return pairs;
    }
}
