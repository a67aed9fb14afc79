package nexus.attempt;

import java.time.Instant;

/** Where a page of the log ended: the next one holds what is strictly before. Microseconds, as PostgreSQL keeps them. */
record LogPosition(Instant attemptedAt, long seq, short attempt) {
    static final LogPosition NEWEST =
            new LogPosition(Instant.parse("9999-12-31T00:00:00Z"), Long.MAX_VALUE, Short.MAX_VALUE);
}
