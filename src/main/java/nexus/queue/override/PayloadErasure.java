package nexus.queue.override;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import nexus.queue.notify.OwedSignal;
import nexus.queue.owed.KeySlices;
import nexus.queue.owed.PackedRows;
import nexus.queue.settle.HistoryRows;
import nexus.store.LastInTransaction;
import nexus.store.NamedSql;
import nexus.store.Rows;
import nexus.store.Store;
import nexus.store.StoreErrors;
import org.jspecify.annotations.Nullable;

/**
 * Erases the payload of an event and keeps its id, type and times, its deliveries and their attempts. Owed deliveries become
 * DEAD, because there is nothing left to send. Responses are erased as well, because they may repeat the request.
 */
@Singleton
public class PayloadErasure {
    private static final NamedSql UNPACK = NamedSql.of(PackedRows.unpacking("""
            event e CROSS JOIN LATERAL unnest(e.lanes, e.seqs) p(of_lane, of_seq)
            CROSS JOIN LATERAL (
                SELECT lane, first_seq FROM owed_of_run
                WHERE lane = p.of_lane AND first_seq <= p.of_seq AND seq = p.of_seq LIMIT 1) r
            WHERE e.id = :event"""), "event");

    /**
     * A delivery that becomes owed again at the same time stays owed, and becomes DEAD as payload-gone later. The second statement
     * sees rows that a settlement stored meanwhile.
     */
    static final NamedSql ERASE =
            NamedSql.of("""
            WITH target AS MATERIALIZED (
                SELECT day, id, lanes, seqs FROM event WHERE id = :event ORDER BY day FOR UPDATE),
            erased AS (
                UPDATE event e SET body = NULL, erased_at = coalesce(e.erased_at, now()) FROM target t
                WHERE e.id = t.id AND e.day = t.day),
            found AS MATERIALIZED (
                SELECT o.place
                FROM target t CROSS JOIN LATERAL unnest(t.lanes, t.seqs) p(lane, seq) CROSS JOIN LATERAL (
                    SELECT ctid AS place FROM owed o
                    WHERE o.lane = p.lane AND o.stripe = ANY (%s) AND o.seq = p.seq
                    LIMIT 1) o),
            taken AS (
                DELETE FROM owed WHERE ctid = ANY (ARRAY(SELECT place FROM found)) RETURNING *),
            """.formatted(KeySlices.ALL) + GivenUp.recorded("payload-erased") + """
            SELECT (SELECT count(*) FROM target) AS events, low.lane, low.seq
            FROM (SELECT 1) one LEFT JOIN (SELECT lane, min(seq) AS seq FROM taken GROUP BY lane) low ON true""", "event");

    private static final NamedSql ERASE_ANSWERS = NamedSql.of("""
            WITH pair AS MATERIALIZED (
                SELECT e.day, p.lane, p.seq
                FROM event e CROSS JOIN LATERAL unnest(e.lanes, e.seqs) p(lane, seq) WHERE e.id = :event),
            settled AS (
                UPDATE delivery d SET response = NULL FROM pair
                WHERE d.seq = pair.seq AND d.day = pair.day AND d.response IS NOT NULL),
            settled_in_run AS (
                UPDATE delivery_run r SET responses[array_position(r.seqs, pair.seq)] = NULL FROM pair
                WHERE r.day = pair.day AND r.lane = pair.lane AND r.last_seq BETWEEN pair.seq AND pair.seq + %d
                  AND r.first_seq <= pair.seq AND pair.seq = ANY (r.seqs) AND r.responses IS NOT NULL)
            UPDATE attempt a SET response = NULL FROM pair
            WHERE a.seq = pair.seq AND a.day = pair.day AND a.response IS NOT NULL""".formatted(HistoryRows.LONGEST_REACH), "event");

    private final Store store;
    private final OwedSignal signal;

    public PayloadErasure(Store store, OwedSignal signal) {
        this.store = store;
        this.signal = signal;
    }

    /**
     * Erases the payload. Repeating it changes nothing.
     *
     * @param last called when the event exists
     * @return false when the event does not exist
     */
    public Future<Boolean> erase(UUID event, LastInTransaction last) {
        return eraseOnce(event, last)
                .recover(failure ->
                        StoreErrors.isDeadlock(failure) ? eraseOnce(event, last) : Future.failedFuture(failure));
    }

    /** A settlement of several lanes locks their packed rows in another order. */
    private Future<Boolean> eraseOnce(UUID event, LastInTransaction last) {
        return store.queue()
                .withTransaction(connection -> UNPACK.on(connection, event)
                        .compose(unpacked -> ERASE.on(connection, event))
                        .compose(erased -> ERASE_ANSWERS
                                .on(connection, event)
                                .compose(answers ->
                                        isFound(erased) ? last.run(connection) : Future.<Void>succeededFuture())
                                .map(erased)))
                .map(this::signalAndTest);
    }

    private static boolean isFound(RowSet<Row> erased) {
        return Rows.only(erased).getLong("events") > 0;
    }

    private boolean signalAndTest(RowSet<Row> rows) {
        Map<Integer, Long> lowestSeqByLane = new HashMap<>();
        for (Row row : rows) {
            @Nullable Integer lane = row.getInteger("lane");
            if (lane != null) {
                lowestSeqByLane.put(lane, row.getLong("seq"));
            }
        }
        GivenUp.signal(signal, lowestSeqByLane);
        return isFound(rows);
    }
}
