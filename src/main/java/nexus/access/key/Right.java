package nexus.access.key;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** A right of a key. */
public enum Right {
    /** Publish events. */
    PUBLISH,
    /** Every GET. */
    READ,
    /** All requests. */
    MANAGE;

    private static final Set<String> PUBLISHING = Set.of("/v1/events", "/v1/events/batch");
    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");

    static final List<String> WORDS = Arrays.stream(values()).map(Right::word).toList();

    /** The right that a request needs. A path with an unusual spelling needs the strongest. */
    public static Right neededFor(String method, String path) {
        if (READING.contains(method)) {
            return READ;
        }
        return method.equals("POST") && PUBLISHING.contains(path) ? PUBLISH : MANAGE;
    }

    static Right of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    boolean isAmong(Set<Right> rights) {
        return rights.contains(this) || rights.contains(MANAGE);
    }
}
