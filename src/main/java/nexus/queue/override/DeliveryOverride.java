package nexus.queue.override;

import static nexus.store.NamedSql.array;
import static nexus.store.NamedSql.parameter;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
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
import nexus.store.NamedSql;
import nexus.store.Store;
import nexus.store.StoreErrors;

/**
 * Retries and cancels deliveries by hand, without the dispatcher. Each is one change, so that a delivery is in exactly one of
 * {@code owed} and {@code delivery} at any time, and the counters match. A process with the delivery in progress notices when
 * it settles.
 */
@Singleton
public class DeliveryOverride {
    /** Most deliveries of one call, so that no statement takes long. */
    public static final int MAX_DELIVERIES = 1_000;

    /**
     * DEAD deliveries return from history to their old position, with their attempts but a new budget; the attempt in the row
     * moves to the log. FAILED ones become ready at once. Deliveries of a deleted subscription, or without a payload, are
     * skipped. Rows are found one by one by key, so that no plan scans a table, and are changed at the place where they were
     * found. {@link #LOCK} must run first.
     */
    static final NamedSql.From<List<DeliveryKey>> RETRY = NamedSql.from(
            """
            WITH wanted AS MATERIALIZED (
                SELECT w.day, w.lane, w.stripe::smallint AS stripe, w.seq
                FROM unnest(:days::date[], :lanes::int[], :key_slices::int[], :seqs::bigint[]) w(day, lane, stripe, seq)
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
                INSERT INTO attempt (
                    day, lane, seq, attempt, attempted_at, duration_ms, status_code, error, response, batch)
                SELECT day, lane, seq, attempts, attempted_at, duration_ms, status_code, error, response, batch
                FROM taken WHERE attempted_at IS NOT NULL),
            revived AS (
                INSERT INTO owed (lane, stripe, seq, key, other_key, barrier, due, attempts, attempts_before,
                                  created_at, renewed_at, event_day, event_id, body_bytes, own, job)
                SELECT lane, stripe, seq, key, other_key, barrier, NULL, attempts, attempts,
                       created_at, now(), day, event_id, body_bytes, own, job
                FROM taken ORDER BY lane, stripe, seq
                RETURNING lane, seq, own),
            retried AS (
                SELECT lane, seq, own, 1 AS failed, 0 AS dead FROM renewed
                UNION ALL SELECT lane, seq, own, 0, 1 FROM revived),
            counted AS (
                INSERT INTO stat_delta (lane, pending, failed, dead)
                SELECT lane, count(*), -sum(failed), -sum(dead) FROM retried WHERE NOT own GROUP BY lane)
            SELECT lane, count(*)::int AS deliveries, min(seq) AS lowest_seq FROM retried GROUP BY lane""",
            parameter("days", keys -> array(keys, LocalDate[]::new, DeliveryKey::day)),
            parameter("lanes", keys -> array(keys, Integer[]::new, DeliveryKey::lane)),
            parameter("key_slices", keys -> array(keys, Integer[]::new, DeliveryKey::keySlice)),
            parameter("seqs", keys -> array(keys, Long[]::new, DeliveryKey::seq)));

    /**
     * Waits for outcomes that are being stored, which the next statement then sees. Locks in the order of the keys, so that two
     * calls cannot deadlock.
     */
    static final NamedSql.From<List<DeliveryKey>> LOCK = NamedSql.from(
            """
            WITH wanted AS MATERIALIZED (
                SELECT w.day, w.lane, w.stripe::smallint AS stripe, w.seq
                FROM unnest(:days::date[], :lanes::int[], :key_slices::int[], :seqs::bigint[]) w(day, lane, stripe, seq)
                ORDER BY w.lane, w.stripe, w.seq)
            SELECT (SELECT count(*) FROM wanted w CROSS JOIN LATERAL (
                        SELECT o.seq FROM owed o
                        WHERE o.lane = w.lane AND o.stripe = w.stripe AND o.seq = w.seq LIMIT 1 FOR UPDATE) o) AS owed,
                   (SELECT count(*) FROM wanted w CROSS JOIN LATERAL (
                        SELECT d.seq FROM delivery d
                        WHERE d.seq = w.seq AND d.day = w.day LIMIT 1 FOR UPDATE) d) AS settled""",
            parameter("days", keys -> array(keys, LocalDate[]::new, DeliveryKey::day)),
            parameter("lanes", keys -> array(keys, Integer[]::new, DeliveryKey::lane)),
            parameter("key_slices", keys -> array(keys, Integer[]::new, DeliveryKey::keySlice)),
            parameter("seqs", keys -> array(keys, Long[]::new, DeliveryKey::seq)));

    /** A delivery in a packed row was never tried, so only CANCEL changes it. */
    private static final NamedSql UNPACK = NamedSql.of(
            PackedRows.unpacking("owed_of_run WHERE lane = :lane AND first_seq <= :seq AND seq = :seq"), "lane", "seq");

    static final NamedSql.From<DeliveryKey> CANCEL = NamedSql.from(
            """
            WITH taken AS (
                DELETE FROM owed o USING subscription s
                WHERE o.lane = :lane AND o.stripe = :key_slice AND o.seq = :seq AND o.event_day = :day
                  AND s.lane = o.lane AND s.deleted_at IS NULL
                RETURNING o.*),
            """ + GivenUp.recorded("cancelled") + """
            SELECT lane, 1 AS deliveries, seq AS lowest_seq FROM taken""",
            parameter("day", DeliveryKey::day),
            parameter("lane", DeliveryKey::lane),
            parameter("key_slice", DeliveryKey::keySlice),
            parameter("seq", DeliveryKey::seq));

    private final Store store;
    private final OwedSignal signal;

    public DeliveryOverride(Store store, OwedSignal signal) {
        this.store = store;
        this.signal = signal;
    }

    /**
     * Makes DEAD and FAILED deliveries ready to be tried now, with a new budget of attempts.
     *
     * @param deliveries up to {@link #MAX_DELIVERIES}
     * @param last called when there is at least one
     * @return the number of retried deliveries
     */
    public Future<Integer> retry(List<DeliveryKey> deliveries, LastInTransaction last) {
        if (deliveries.size() > MAX_DELIVERIES) {
            throw new IllegalArgumentException(deliveries.size() + " deliveries are too many for one statement");
        }
        return changed(() -> store.queue().withTransaction(connection -> LOCK.on(connection, deliveries)
                .compose(locked -> RETRY.on(connection, deliveries))
                .compose(changed -> ended(changed, connection, last))));
    }

    /**
     * Cancels a PENDING or FAILED delivery; its successors may start.
     *
     * @param last called when it is cancelled
     * @return whether it was cancelled
     */
    public Future<Boolean> cancel(DeliveryKey delivery, LastInTransaction last) {
        return changed(() -> store.queue()
                        .withTransaction(connection -> UNPACK.on(connection, delivery.lane(), delivery.seq())
                                .compose(unpacked -> CANCEL.on(connection, delivery))
                                .compose(changed -> ended(changed, connection, last))))
                .map(count -> count > 0);
    }

    private static Future<RowSet<Row>> ended(RowSet<Row> changed, SqlConnection connection, LastInTransaction last) {
        return changed.size() == 0
                ? Future.succeededFuture(changed)
                : last.run(connection).map(changed);
    }

    /**
     * Runs on the queue's pool, where the planner only uses indexes. Settlements delete rows by place, so one of the same rows
     * may lock them in another order.
     */
    private Future<Integer> changed(Supplier<Future<RowSet<Row>>> change) {
        return change.get()
                .recover(failure -> StoreErrors.isDeadlock(failure) ? change.get() : Future.failedFuture(failure))
                .map(this::signalAndCount);
    }

    private int signalAndCount(RowSet<Row> lanes) {
        Map<Integer, Long> lowestSeqByLane = new HashMap<>();
        int deliveries = 0;
        for (Row lane : lanes) {
            deliveries += lane.getInteger("deliveries");
            lowestSeqByLane.put(lane.getInteger("lane"), lane.getLong("lowest_seq"));
        }
        GivenUp.signal(signal, lowestSeqByLane);
        return deliveries;
    }
}
