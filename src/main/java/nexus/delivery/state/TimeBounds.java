package nexus.delivery.state;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import nexus.store.Rows;

/** The bounds of a list for the database: a bound that is not given is before or after every stored time. */
public final class TimeBounds {
    private static final OffsetDateTime BEGINNING = OffsetDateTime.parse("0001-01-01T00:00:00Z");
    private static final OffsetDateTime END = OffsetDateTime.parse("+10000-01-01T00:00:00Z");

    private TimeBounds() {}

    public static OffsetDateTime sinceOrBeginning(Optional<Instant> since) {
        return since.map(Rows::utc).orElse(BEGINNING);
    }

    public static OffsetDateTime untilOrEnd(Optional<Instant> until) {
        return until.map(Rows::utc).orElse(END);
    }
}
