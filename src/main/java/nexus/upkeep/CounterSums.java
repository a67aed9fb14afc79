package nexus.upkeep;

import io.vertx.core.Future;
import nexus.store.Rows;
import nexus.store.Store;

/**
 * Adds the rows of {@code stat_delta} to {@code stat} and {@code stat_minute}, and those of {@code missed_delta} to
 * {@code missed}. Every transaction inserts a delta row of its own, because a single row that all of them update would
 * serialise them.
 */
final class CounterSums {
    /**
     * The lock only avoids duplicate work: the DELETE gives each row to one process in any case. A delivery that is retried by
     * hand is no more dead, but was so in its minute.
     */
    private static final String FOLD = """
            WITH mine AS MATERIALIZED (SELECT one FROM counter_lock FOR UPDATE SKIP LOCKED),
            taken AS (DELETE FROM stat_delta WHERE (SELECT one FROM mine) RETURNING *),
            summed AS (
                SELECT lane, sum(events) AS events, sum(deliveries) AS deliveries, sum(pending) AS pending,
                       sum(failed) AS failed, sum(sent) AS sent, sum(dead) AS dead,
                       sum(filter_unknown) AS filter_unknown
                FROM taken GROUP BY lane ORDER BY lane),
            folded AS (
                INSERT INTO stat AS s (lane, events, deliveries, pending, failed, sent, dead, filter_unknown)
                SELECT * FROM summed
                ON CONFLICT (lane) DO UPDATE SET
                    events = s.events + excluded.events, deliveries = s.deliveries + excluded.deliveries,
                    pending = s.pending + excluded.pending, failed = s.failed + excluded.failed,
                    sent = s.sent + excluded.sent, dead = s.dead + excluded.dead,
                    filter_unknown = s.filter_unknown + excluded.filter_unknown),
            tried AS (
                SELECT lane, date_trunc('minute', at) AS at, (n >> 9 & 7)::smallint AS answers, n & 511 AS bucket,
                       sum(n >> 16) AS tried, sum((n >> 16) * (n >> 12 & 1)) AS sent
                FROM taken CROSS JOIN unnest(tried) n GROUP BY 1, 2, 3, 4),
            tried_in_all AS (
                SELECT * FROM tried
                UNION ALL
                SELECT 0, at, answers, bucket, sum(tried), sum(sent) FROM tried GROUP BY at, answers, bucket),
            counted AS (
                SELECT lane, date_trunc('minute', at) AS at, sum(events + deliveries) AS events,
                       sum(greatest(dead, 0)) AS dead
                FROM taken GROUP BY 1, 2),
            part AS (
                SELECT lane, at, answers, 0 AS events, sum(sent) AS sent, sum(tried - sent) AS failed, 0 AS dead,
                       array_agg((tried::bigint << 16) | bucket ORDER BY bucket) AS durations
                FROM tried_in_all GROUP BY lane, at, answers
                UNION ALL
                SELECT lane, at, 0, events, 0, 0, dead, '{}' FROM counted
                UNION ALL
                SELECT 0, at, 0, 0, 0, 0, sum(dead), '{}' FROM counted GROUP BY at),
            by_minute AS (
                INSERT INTO stat_minute AS s (lane, at, answers, events, sent, failed, dead, durations)
                SELECT lane, at, answers, sum(events), sum(sent), sum(failed), sum(dead), max(durations)
                FROM part GROUP BY lane, at, answers
                HAVING sum(events + sent + failed + dead) > 0
                ORDER BY lane, at, answers
                ON CONFLICT (lane, at, answers) DO UPDATE SET
                    events = s.events + excluded.events, sent = s.sent + excluded.sent,
                    failed = s.failed + excluded.failed, dead = s.dead + excluded.dead,
                    durations = summed_durations(s.durations || excluded.durations))
            SELECT coalesce(sum(sent + dead), 0)::bigint AS settled FROM summed""";

    /** The lock avoids deadlocks with a subscription that becomes active. */
    private static final String FOLD_MISSED =
            "SELECT fold_missed() FROM (SELECT one FROM counter_lock FOR UPDATE SKIP LOCKED) mine";

    private final Store store;

    CounterSums(Store store) {
        this.store = store;
    }

    /** @return deliveries settled since the last call, which is the number of dead rows they left in {@code owed} */
    Future<Long> fold() {
        return store.api()
                .query(FOLD_MISSED)
                .execute()
                .compose(folded -> store.api().query(FOLD).execute())
                .map(rows -> Rows.only(rows).getLong("settled"));
    }
}
