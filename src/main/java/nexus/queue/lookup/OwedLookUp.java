package nexus.queue.lookup;

import nexus.queue.owed.KeySlices;

/**
 * The SQL that finds one owed delivery by its lane and seq. Packed rows overlap, but the wanted one is nearly always the last
 * that begins at or before the seq, so the search goes downwards from there; the arrays of a packed row are not unnested.
 */
public final class OwedLookUp {
    private OwedLookUp() {}

    /** A row with the columns of {@code owed} that lists show, to be joined as LATERAL. */
    public static String of(String lane, String seq) {
        return """
               (SELECT o.lane, o.stripe, o.seq, o.due, o.attempts, o.created_at, o.renewed_at, o.event_day, o.event_id
                FROM owed o
                WHERE o.lane = %1$s AND o.stripe = ANY (%3$s) AND o.seq = %2$s
                UNION ALL
                (SELECT r.lane, r.stripes[run.place], %2$s, NULL::timestamptz, 0::smallint, r.created_at,
                        NULL::timestamptz, r.event_day, r.event_ids[run.place]
                 FROM owed_run r CROSS JOIN LATERAL (SELECT array_position(r.seqs, %2$s) AS place OFFSET 0) run
                 WHERE r.lane = %1$s AND r.first_seq <= %2$s AND get_bit(r.is_owed, run.place - 1) = 1
                 ORDER BY r.first_seq DESC LIMIT 1))""".formatted(lane, seq, KeySlices.ALL);
    }

    /** The same for a delivery that was tried, which is never in a packed row. */
    public static String ofTried(String lane, String seq) {
        return "(SELECT o.event_id FROM owed o WHERE o.lane = %s AND o.stripe = ANY (%s) AND o.seq = %s)"
                .formatted(lane, KeySlices.ALL, seq);
    }
}
