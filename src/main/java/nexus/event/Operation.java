package nexus.event;

import java.util.Locale;
import java.util.Optional;

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

    static Optional<Operation> ofSegment(String segment) {
        for (Operation operation : values()) {
            if (operation.segment().equals(segment)) {
                return Optional.of(operation);
            }
        }
        return Optional.empty();
    }
}
