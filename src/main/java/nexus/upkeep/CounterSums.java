package nexus.upkeep;

import io.vertx.core.Future;
import nexus.store.Rows;
import nexus.store.Store;

/**
 * Adds the rows of {@code stat_delta} to {@code stat}. Every transaction inserts a delta row of its own, because a single
 * row that all of them update would serialise them.
 */
final class CounterSums {
    /** The lock only avoids duplicate work: the DELETE gives each row to one process in any case. */
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
                    filter_unknown = s.filter_unknown + excluded.filter_unknown)
            SELECT coalesce(sum(sent + dead), 0)::bigint AS settled FROM summed""";

    private final Store store;

    CounterSums(Store store) {
        this.store = store;
    }

    /** @return deliveries settled since the last call, which is the number of dead rows they left in {@code owed} */
    Future<Long> fold() {
        return store.api().query(FOLD).execute().map(rows -> Rows.only(rows).getLong("settled"));
    }
}
