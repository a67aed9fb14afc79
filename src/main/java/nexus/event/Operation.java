package nexus.event;

import java.util.Locale;

/** What was done to a row, or to a whole table. */
public enum Operation {
    INSERT,
    UPDATE,
    DELETE,
    TRUNCATE;

    /** The last segment of the event type: {@code insert}. */
    public String segment() {
        return name().toLowerCase(Locale.ROOT);
    }
}
