package nexus.subscription.catalog;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import nexus.store.NamedSql;
import nexus.store.Rows;
import nexus.store.Store;
import nexus.subscription.Missed;

/** Reads and clears the counts of the events that disabled subscriptions miss. */
@Singleton
public class MissedEvents {
    private static final NamedSql OF_LANES = NamedSql.of("""
            SELECT lane, sum(count)::bigint AS count, min(first_at) AS first_at, max(last_at) AS last_at
            FROM (SELECT lane, count, first_at, last_at FROM missed WHERE lane = ANY (:lanes::int[])
                  UNION ALL
                  SELECT d.lane, d.count, t.at, t.at
                  FROM missed_delta t CROSS JOIN LATERAL unnest(t.lanes, t.counts) d(lane, count)
                  WHERE d.lane = ANY (:lanes::int[])) both_tables
            GROUP BY lane""", "lanes");

    /** The one who folds has it meanwhile. */
    private static final String LOCK = "SELECT one FROM counter_lock FOR UPDATE";

    private static final String FOLD = "SELECT fold_missed()";

    private static final NamedSql TAKE =
            NamedSql.of("DELETE FROM missed WHERE lane = :lane RETURNING lane, count, first_at, last_at", "lane");

    private final Store store;

    public MissedEvents(Store store) {
        this.store = store;
    }

    /** The counts by lane; a lane that has missed nothing is absent. */
    public Future<Map<Integer, Missed>> of(Collection<Integer> lanes) {
        if (lanes.isEmpty()) {
            return Future.succeededFuture(Map.of());
        }
        return OF_LANES.on(store.api(), (Object) lanes.toArray(Integer[]::new)).map(rows -> {
            Map<Integer, Missed> byLane = new HashMap<>();
            rows.forEach(row -> byLane.put(row.getInteger("lane"), missed(row)));
            return byLane;
        });
    }

    /**
     * Clears the count of a lane.
     *
     * @param transaction has the catalog's lock, so that no event is being counted
     * @return the count so far
     */
    static Future<Missed> take(SqlConnection transaction, int lane) {
        return transaction
                .query(LOCK)
                .execute()
                .compose(locked -> transaction.query(FOLD).execute())
                .compose(folded -> TAKE.on(transaction, lane))
                .map(rows -> Rows.first(rows, MissedEvents::missed).orElse(Missed.NONE));
    }

    private static Missed missed(Row row) {
        return new Missed(
                row.getLong("count"),
                Optional.of(Rows.instant(row, "first_at")),
                Optional.of(Rows.instant(row, "last_at")));
    }
}
