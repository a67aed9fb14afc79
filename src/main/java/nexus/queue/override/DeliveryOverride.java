package nexus.queue.override;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import nexus.queue.notify.OwedSignal;
import nexus.queue.owed.DeliveryKey;
import nexus.queue.owed.PackedRows;
import nexus.store.LastInTransaction;
import nexus.store.Store;
import nexus.store.StoreErrors;

/**
 * What a person does to deliveries, past the dispatcher: retry and cancel. Each is one change, so that a delivery is
 * in exactly one of {@code owed} and {@code delivery} at any moment, and the counters go with it. A process that is just
 * trying the delivery finds out when it settles.
 */
@Singleton
public class DeliveryOverride {
    /** Deliveries in one call at most: no statement runs long. */
    public static final int MAX_DELIVERIES = 1_000;

    /**
     * DEAD: back from history, in its old place in the order, with its attempts but a fresh budget; the attempt that was
     * kept in the row moves to the log. FAILED: ready at once. Left out are those of a deleted subscription and those
     * whose payload is gone. Rows are found one by one by their key, so that no plan can walk a table for each, and changed
     * at the places where they were found: {@link #LOCK} goes before it.
     */
    static final String RETRY = """
            WITH wanted AS MATERIALIZED (
                SELECT w.day, w.lane, w.stripe::smallint AS stripe, w.seq
                FROM unnest($1::date[], $2::int[], $3::int[], $4::bigint[]) w(day, lane, stripe, seq)
                JOIN subscription s ON s.lane = w.lane AND s.deleted_at IS NULL
                ORDER BY w.lane, w.stripe, w.seq),
            failed AS MATERIALIZED (
                SELECT o.place
                FROM wanted w CROSS JOIN LATERAL (
                    SELECT ctid AS place, due, event_id, event_day FROM owed o
                    WHERE o.lane = w.lane AND o.stripe = w.stripe AND o.seq = w.seq LIMIT 1) o
                WHERE o.due IS NOT NULL
                  AND (SELECT e.body IS NOT NULL FROM event e WHERE e.id = o.event_id AND e.day = o.event_day LIMIT 1)),
            renewed AS (
                UPDATE owed o SET due = NULL, attempts_before = o.attempts, renewed_at = now()
                WHERE ctid = ANY (ARRAY(SELECT place FROM failed))
                RETURNING o.lane, o.seq, o.own),
            dead AS MATERIALIZED (
                SELECT d.seq, d.day
                FROM wanted w CROSS JOIN LATERAL (
                    SELECT seq, day, lane, stripe, status, event_id FROM delivery d
                    WHERE d.seq = w.seq AND d.day = w.day LIMIT 1) d
                WHERE d.lane = w.lane AND d.stripe = w.stripe AND d.status = 'DEAD'
                  AND (SELECT e.body IS NOT NULL FROM event e WHERE e.id = d.event_id AND e.day = d.day LIMIT 1)),
            taken AS (
                DELETE FROM delivery
                WHERE seq = ANY (ARRAY(SELECT seq FROM dead)) AND day = ANY (ARRAY(SELECT day FROM dead))
                RETURNING *),
            logged AS (
                INSERT INTO attempt (day, lane, seq, attempt, attempted_at, duration_ms, status_code, error, response)
                SELECT day, lane, seq, attempts, attempted_at, duration_ms, status_code, error, response
                FROM taken WHERE attempted_at IS NOT NULL),
            revived AS (
                INSERT INTO owed (lane, stripe, seq, key, other_key, barrier, due, attempts, attempts_before,
                                  created_at, renewed_at, event_day, event_id, body_bytes, own)
                SELECT lane, stripe, seq, key, other_key, barrier, NULL, attempts, attempts,
                       created_at, now(), day, event_id, body_bytes, own
                FROM taken ORDER BY lane, stripe, seq
                RETURNING lane, seq, own),
            retried AS (
                SELECT lane, seq, own, 1 AS failed, 0 AS dead FROM renewed
                UNION ALL SELECT lane, seq, own, 0, 1 FROM revived),
            counted AS (
                INSERT INTO stat_delta (lane, pending, failed, dead)
                SELECT lane, count(*), -sum(failed), -sum(dead) FROM retried WHERE NOT own GROUP BY lane)
            SELECT lane, count(*)::int AS deliveries, min(seq) AS lowest_seq FROM retried GROUP BY lane""";

    /**
     * Waits for outcomes that are just written down, which the statement behind it then sees; in the order of the keys, so
     * that two calls can't block each other.
     */
    static final String LOCK = """
            WITH wanted AS MATERIALIZED (
                SELECT w.day, w.lane, w.stripe::smallint AS stripe, w.seq
                FROM unnest($1::date[], $2::int[], $3::int[], $4::bigint[]) w(day, lane, stripe, seq)
                ORDER BY w.lane, w.stripe, w.seq)
            SELECT (SELECT count(*) FROM wanted w CROSS JOIN LATERAL (
                        SELECT o.seq FROM owed o
                        WHERE o.lane = w.lane AND o.stripe = w.stripe AND o.seq = w.seq LIMIT 1 FOR UPDATE) o) AS owed,
                   (SELECT count(*) FROM wanted w CROSS JOIN LATERAL (
                        SELECT d.seq FROM delivery d
                        WHERE d.seq = w.seq AND d.day = w.day LIMIT 1 FOR UPDATE) d) AS settled""";

    /** One that is in a packed row was never tried: only CANCEL changes it. */
    private static final String UNPACK =
            PackedRows.unpacking("owed_of_run WHERE lane = $1 AND first_seq <= $2 AND seq = $2");

    static final String CANCEL = """
            WITH taken AS (
                DELETE FROM owed o USING subscription s
                WHERE o.lane = $2 AND o.stripe = $3 AND o.seq = $4 AND o.event_day = $1
                  AND s.lane = o.lane AND s.deleted_at IS NULL
                RETURNING o.*),
            """ + GivenUp.recorded("cancelled") + """
            SELECT lane, 1 AS deliveries, seq AS lowest_seq FROM taken""";

    private final Store store;
    private final OwedSignal signal;

    public DeliveryOverride(Store store, OwedSignal signal) {
        this.store = store;
        this.signal = signal;
    }

    /**
     * Makes those that are DEAD or FAILED ready to be tried now, with a fresh budget of attempts.
     *
     * @param deliveries up to {@link #MAX_DELIVERIES}
     * @param last called when there is one among them
     * @return how many it were
     */
    public Future<Integer> retry(List<DeliveryKey> deliveries, LastInTransaction last) {
        if (deliveries.size() > MAX_DELIVERIES) {
            throw new IllegalArgumentException(deliveries.size() + " deliveries are too many for one statement");
        }
        LocalDate[] days = deliveries.stream().map(DeliveryKey::day).toArray(LocalDate[]::new);
        Integer[] lanes = deliveries.stream().map(DeliveryKey::lane).toArray(Integer[]::new);
        Integer[] keySlices = deliveries.stream().map(DeliveryKey::keySlice).toArray(Integer[]::new);
        Long[] seqs = deliveries.stream().map(DeliveryKey::seq).toArray(Long[]::new);
        Tuple parameters = Tuple.of(days, lanes, keySlices, seqs);
        return changed(() -> store.queue().withTransaction(connection -> connection
                .preparedQuery(LOCK)
                .execute(parameters)
                .compose(locked -> connection.preparedQuery(RETRY).execute(parameters))
                .compose(changed -> ended(changed, connection, last))));
    }

    /**
     * Gives up what is PENDING or FAILED; what comes behind it in its order may go on.
     *
     * @param last called when there is
     * @return whether there was something to give up
     */
    public Future<Boolean> cancel(DeliveryKey delivery, LastInTransaction last) {
        Tuple parameters = Tuple.of(delivery.day(), delivery.lane(), delivery.keySlice(), delivery.seq());
        return changed(() -> store.queue().withTransaction(connection -> connection
                        .preparedQuery(UNPACK)
                        .execute(Tuple.of(delivery.lane(), delivery.seq()))
                        .compose(unpacked -> connection.preparedQuery(CANCEL).execute(parameters))
                        .compose(changed -> ended(changed, connection, last))))
                .map(count -> count > 0);
    }

    private static Future<RowSet<Row>> ended(RowSet<Row> changed, SqlConnection connection, LastInTransaction last) {
        return changed.size() == 0
                ? Future.succeededFuture(changed)
                : last.run(connection).map(changed);
    }

    /**
     * On the queue's pool, where the planner only walks indexes. Settlements delete by the rows' places, so that one of
     * the same rows may lock them in another order.
     */
    private Future<Integer> changed(Supplier<Future<RowSet<Row>>> change) {
        return change.get()
                .recover(failure -> StoreErrors.isDeadlock(failure) ? change.get() : Future.failedFuture(failure))
                .map(this::told);
    }

    private int told(RowSet<Row> lanes) {
        Map<Integer, Long> lowestSeqByLane = new HashMap<>();
        int deliveries = 0;
        for (Row lane : lanes) {
            deliveries += lane.getInteger("deliveries");
            lowestSeqByLane.put(lane.getInteger("lane"), lane.getLong("lowest_seq"));
        }
        GivenUp.tell(signal, lowestSeqByLane);
        return deliveries;
    }
}
