package nexus.queue.override;

import java.util.Map;
import nexus.queue.notify.OwedRows;
import nexus.queue.notify.OwedSignal;

/** What is the same whenever deliveries become DEAD past the dispatcher. */
final class GivenUp {
    private GivenUp() {}

    /**
     * Two CTEs, {@code kept} and {@code counted}, that write what {@code taken} has deleted from {@code owed} into history
     * and into the counters. An answer that was given before is in the log already, so the row in history has none.
     */
    static String recorded(String reason) {
        return """
            kept AS (
                INSERT INTO delivery (day, lane, stripe, seq, key, other_key, barrier, event_id, body_bytes, own, status,
                                      dead_reason, attempts, attempts_before, created_at, settled_at)
                SELECT event_day, lane, stripe, seq, key, other_key, barrier, event_id, body_bytes, own, 'DEAD',
                       '%s', attempts, attempts_before, created_at, now()
                FROM taken),
            counted AS (
                INSERT INTO stat_delta (lane, pending, failed, dead)
                SELECT lane, -sum((due IS NULL)::int), -sum((due IS NOT NULL)::int), count(*)
                FROM taken WHERE NOT own GROUP BY lane)
            """.formatted(reason);
    }

    /** What was read ahead is forgotten, and what waited behind may go on. */
    static void tell(OwedSignal signal, Map<Integer, Long> lowestSeqByLane) {
        if (!lowestSeqByLane.isEmpty()) {
            signal.raise(new OwedRows(lowestSeqByLane, true));
        }
    }
}
