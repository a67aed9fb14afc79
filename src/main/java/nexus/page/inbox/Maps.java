package nexus.page.inbox;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads maps that came as JSON. */
final class Maps {
    private Maps() {}

    /** The map, or an empty one. */
    @SuppressWarnings("unchecked")
    static Map<String, @Nullable Object> of(@Nullable Object value) {
        return value instanceof Map<?, ?> map
                ? (Map<String, @Nullable Object>) map
                : Map.<String, @Nullable Object>of();
    }

    static Object orEmpty(@Nullable Object value) {
        return value == null ? "" : value;
    }
}
