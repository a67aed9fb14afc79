package nexus.upkeep;

import io.vertx.core.Future;
import nexus.store.Store;

/**
 * Folds the delta rows of {@code stat_delta} into {@code stat}. Every transaction inserts a row of its own, because one
 * row that all of them update would put them in line.
 */
final class CounterSums {
    /** The lock only saves two processes the work twice: the DELETE gives each row to one of them anyway. */
    private static final String FOLD = """
            WITH mine AS MATERIALIZED (SELECT one FROM counter_lock FOR UPDATE SKIP LOCKED),
            taken AS (DELETE FROM stat_delta WHERE (SELECT one FROM mine) RETURNING *),
            summed AS (
                SELECT lane, sum(events) AS events, sum(deliveries) AS deliveries, sum(pending) AS pending,
                       sum(failed) AS failed, sum(sent) AS sent, sum(dead) AS dead
                FROM taken GROUP BY lane ORDER BY lane),
            folded AS (
                INSERT INTO stat AS s (lane, events, deliveries, pending, failed, sent, dead)
                SELECT * FROM summed
                ON CONFLICT (lane) DO UPDATE SET
                    events = s.events + excluded.events, deliveries = s.deliveries + excluded.deliveries,
                    pending = s.pending + excluded.pending, failed = s.failed + excluded.failed,
                    sent = s.sent + excluded.sent, dead = s.dead + excluded.dead)
            SELECT coalesce(sum(sent + dead), 0)::bigint FROM summed""";

    private final Store store;

    CounterSums(Store store) {
        this.store = store;
    }

    /** @return how many deliveries were settled since the last time: as many rows died in {@code owed} */
    Future<Long> fold() {
        return store.api().query(FOLD).execute().map(rows -> rows.iterator()
                .next()
                .getLong(0));
    }
}
