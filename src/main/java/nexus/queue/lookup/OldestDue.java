package nexus.queue.lookup;

import nexus.queue.owed.KeySlices;

/** The SQL for the delivery that has been due for longest. */
public final class OldestDue {
    /**
     * A row {@code oldest}: since when, of all lanes that are not parked; null when none is due. A new delivery is due since it
     * was created or retried by hand, another one since its due time. Costs one index look-up for each key slice of each such
     * lane.
     */
    public static final String OF_ALL = """
            (SELECT min(least(ready.since, run.since, retry.due)) AS oldest
             FROM subscription s
             CROSS JOIN %s stripes(n)
             LEFT JOIN LATERAL (
                 SELECT coalesce(renewed_at, created_at) AS since FROM owed
                 WHERE lane = s.lane AND stripe = stripes.n::smallint AND due IS NULL
                 ORDER BY seq LIMIT 1) ready ON true
             LEFT JOIN LATERAL (
                 SELECT created_at AS since FROM owed_run WHERE lane = s.lane AND stripes.n = 0
                 ORDER BY first_seq LIMIT 1) run ON true
             LEFT JOIN LATERAL (
                 SELECT due FROM owed WHERE lane = s.lane AND due <= now() AND stripes.n = 0
                 ORDER BY due LIMIT 1) retry ON true
             WHERE s.deleted_at IS NULL AND s.state = 'active'
               AND (s.held_until IS NULL OR s.held_until <= now())
               AND s.breaker_opened_at IS NULL)""".formatted(KeySlices.SERIES);

    private OldestDue() {}
}
