package nexus.attempt;

import java.time.Instant;

/** The end of a page of the log; the next page holds strictly older attempts. In microseconds, the precision of PostgreSQL. */
record LogPosition(Instant attemptedAt, long seq, short attempt) {
    static final LogPosition NEWEST =
            new LogPosition(Instant.parse("9999-12-31T00:00:00Z"), Long.MAX_VALUE, Short.MAX_VALUE);
}
