package nexus.upkeep;

import io.vertx.core.Future;
import java.time.Duration;
import nexus.store.NamedSql;
import nexus.store.Rows;
import nexus.store.Store;

/** Adds up counts by minute to counts by hour when they are more than a day old, and deletes hours that are too old. */
final class PastCounts {
    /** One hour at a time. A reader finds a count either in its minute or in its hour. */
    private static final String SUM_HOUR = """
            WITH past AS (
                DELETE FROM stat_minute
                WHERE at >= (SELECT date_trunc('hour', min(at)) FROM stat_minute)
                  AND at < (SELECT date_trunc('hour', min(at)) + interval '1 hour' FROM stat_minute)
                  AND at < date_trunc('hour', now() - interval '25 hours')
                RETURNING *),
            duration AS (
                SELECT lane, answers, d & 511 AS bucket, sum(d >> 16)::bigint AS n
                FROM past CROSS JOIN unnest(durations) d GROUP BY 1, 2, 3),
            summed_duration AS (
                SELECT lane, answers, array_agg((n << 16) | bucket ORDER BY bucket) AS durations
                FROM duration GROUP BY 1, 2),
            summed AS (
                SELECT lane, date_trunc('hour', at) AS at, answers, sum(events) AS events, sum(sent) AS sent,
                       sum(failed) AS failed, sum(dead) AS dead
                FROM past GROUP BY 1, 2, 3),
            kept AS (
                INSERT INTO stat_hour AS s (lane, at, answers, events, sent, failed, dead, durations)
                SELECT lane, at, answers, events, sent, failed, dead, coalesce(durations, '{}')
                FROM summed LEFT JOIN summed_duration USING (lane, answers)
                ON CONFLICT (lane, at, answers) DO UPDATE SET
                    events = s.events + excluded.events, sent = s.sent + excluded.sent,
                    failed = s.failed + excluded.failed, dead = s.dead + excluded.dead,
                    durations = summed_durations(s.durations || excluded.durations))
            SELECT EXISTS (SELECT FROM past) AS was_past""";

    private static final NamedSql DELETE =
            NamedSql.of("DELETE FROM stat_hour WHERE at < now() - make_interval(secs => :kept_for)", "kept_for");

    private final Store store;
    private final Duration keptFor;

    PastCounts(Store store, Duration keptFor) {
        this.store = store;
        this.keptFor = keptFor;
    }

    Future<Void> sum() {
        return store.api()
                .query(SUM_HOUR)
                .execute()
                .compose(rows -> Rows.only(rows).getBoolean("was_past")
                        ? sum()
                        : DELETE.on(store.api(), (double) keptFor.toSeconds()).mapEmpty());
    }
}
