package nexus.event;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import nexus.refusal.Refusal;

/**
 * The type of an event: segments of {@code [A-Za-z0-9_-]} with dots between them. A row change's type is
 * {@code pg.<schema>.<table>.<operation>}, where other characters of a name are percent-encoded UTF-8.
 */
public record EventType(String value) {
    /** Characters of a published type at most. */
    public static final int MAX_PUBLISHED = 256;
    /** Characters of a row change's type at most: two names of 63 bytes, percent-encoded, fit. */
    public static final int MAX_ROW_CHANGE = 1024;

    private static final String ROW_CHANGE_PREFIX = "pg.";
    private static final String SNAPSHOT_SUFFIX = ".snapshot";
    private static final String OWN_PREFIX = "nexus.";
    private static final int SNAPSHOT_DOTS = 3;

    public EventType {
        if (!isDotted(value, MAX_ROW_CHANGE)) {
            throw new IllegalArgumentException("not an event type: " + value);
        }
    }

    /** Parses the type of a published event. */
    public static EventType published(String value, String pointer) {
        if (!isDotted(value, MAX_PUBLISHED) || value.indexOf('%') >= 0) {
            throw new Refusal.Invalid(
                    pointer,
                    "must be segments of A-Z a-z 0-9 _ - with dots between them, at most " + MAX_PUBLISHED
                            + " characters");
        }
        if (value.startsWith(ROW_CHANGE_PREFIX) || value.startsWith(OWN_PREFIX)) {
            throw new Refusal.Invalid(pointer, "must not start with \"pg.\" or \"nexus.\": Nexus makes those itself");
        }
        return new EventType(value);
    }

    public static EventType rowChange(String schema, String table, Operation operation) {
        return new EventType(ROW_CHANGE_PREFIX + segment(schema) + '.' + segment(table) + '.' + operation.segment());
    }

    /** The type of a row that a backfill has read. */
    public static EventType snapshot(String schema, String table) {
        return new EventType(ROW_CHANGE_PREFIX + segment(schema) + '.' + segment(table) + SNAPSHOT_SUFFIX);
    }

    /** Whether {@link #snapshot} made it: the names of schema and table contain no dots. */
    public boolean isSnapshot() {
        return value.endsWith(SNAPSHOT_SUFFIX)
                && value.startsWith(ROW_CHANGE_PREFIX)
                && value.chars().filter(c -> c == '.').count() == SNAPSHOT_DOTS;
    }

    /** A row change, {@code pg.*}; such a type cannot be published. */
    public boolean isRowChange() {
        return value.startsWith(ROW_CHANGE_PREFIX);
    }

    /** One of Nexus's own events, {@code nexus.*}. */
    public boolean isOwn() {
        return value.startsWith(OWN_PREFIX);
    }

    // written out, because a native executable interprets the generated methods of records, which is slow
    @Override
    public boolean equals(Object other) {
        return other instanceof EventType type && value.equals(type.value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    /** Encodes a schema or table name as a segment: {@code bestell-nr} unchanged, {@code a.b} as {@code a%2Eb}. */
    public static String segment(String name) {
        StringBuilder encoded = new StringBuilder(name.length());
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            if (isPlain((char) (b & 0xff))) {
                encoded.append((char) b);
            } else {
                encoded.append('%')
                        .append(Character.toUpperCase(Character.forDigit((b >> 4) & 0xf, 16)))
                        .append(Character.toUpperCase(Character.forDigit(b & 0xf, 16)));
            }
        }
        return encoded.toString();
    }

    /** Whether {@link #segment} can return this text; no other text can match a name. */
    static boolean isSegment(String encoded) {
        if (encoded.indexOf('%') < 0) {
            return !encoded.isEmpty() && encoded.chars().allMatch(c -> isPlain((char) c));
        }
        try {
            // a plus sign would be decoded to a blank, which is encoded differently
            return segment(URLDecoder.decode(encoded, StandardCharsets.UTF_8)).equals(encoded);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isPlain(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    }

    private static boolean isDotted(String value, int max) {
        if (value.isEmpty() || value.length() > max) {
            return false;
        }
        boolean segmentIsEmpty = true;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '.') {
                if (segmentIsEmpty) {
                    return false;
                }
                segmentIsEmpty = true;
            } else if (isPlain(c) || c == '%') {
                segmentIsEmpty = false;
            } else {
                return false;
            }
        }
        return !segmentIsEmpty;
    }

    @Override
    public String toString() {
        return value;
    }
}
