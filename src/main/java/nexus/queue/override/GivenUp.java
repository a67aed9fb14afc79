package nexus.queue.override;

import java.util.Map;
import nexus.queue.notify.OwedRows;
import nexus.queue.notify.OwedSignal;

/** The SQL that is shared by all ways in which deliveries become DEAD without the dispatcher. */
final class GivenUp {
    private GivenUp() {}

    /**
     * Two CTEs, {@code kept} and {@code counted}, that store the rows that {@code taken} deleted from {@code owed} in history and
     * in the counters. Earlier responses are in the log already, so the row in history has none.
     */
    static String recorded(String reason) {
        return """
            kept AS (
                INSERT INTO delivery (day, lane, stripe, seq, key, other_key, barrier, event_id, body_bytes, own, status,
                                      dead_reason, attempts, attempts_before, created_at, settled_at, job)
                SELECT event_day, lane, stripe, seq, key, other_key, barrier, event_id, body_bytes, own, 'DEAD',
                       '%s', attempts, attempts_before, created_at, now(), job
                FROM taken),
            counted AS (
                INSERT INTO stat_delta (lane, pending, failed, dead)
                SELECT lane, -sum((due IS NULL)::int), -sum((due IS NOT NULL)::int), count(*)
                FROM taken WHERE NOT own GROUP BY lane)
            """.formatted(reason);
    }

    /** Drops deliveries that were read ahead, and lets their successors start. */
    static void signal(OwedSignal signal, Map<Integer, Long> lowestSeqByLane) {
        if (!lowestSeqByLane.isEmpty()) {
            signal.raise(new OwedRows(lowestSeqByLane, true));
        }
    }
}
