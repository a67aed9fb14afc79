package nexus.queue.lookup;

import nexus.queue.owed.KeySlices;

/**
 * The common table expressions with which a list of deliveries reads the owed ones, the newest first. Each place that is read (a
 * key slice of a lane, its packed rows) gives at most a fixed number of rows.
 *
 * <p>They give {@code owed_known}, owed deliveries, and {@code owed_end}, the seq from which on these are all. Their parameters:
 * {@code :before} the seq below which they are, {@code :statuses}, {@code :since} the earliest creation; for one lane also
 * {@code :scanned} rows to read in each place, {@code :rows} of a page, and the {@code :subscription}.
 */
public final class OwedLists {
    /** Seqs over which one page searches for owed deliveries of all lanes. */
    private static final int WINDOW = 512;

    private OwedLists() {}

    /**
     * Of all lanes, those of a window of seqs. It begins at the newest one below {@code :before}; because each seq is drawn
     * once, its width is the greatest number of deliveries, however they are spread over lanes. It ends where the next one
     * begins. Packed rows overlap, so an older one may have higher seqs: below the window it may contain any of them.
     *
     * @param columns of a row {@code o} of {@code owed} or {@code owed_of_run}, in a lane {@code s}
     */
    public static String ofAll(String columns) {
        return """
            sought AS MATERIALIZED (
                SELECT s.lane, s.deleted_at FROM subscription s
                WHERE CASE WHEN s.deleted_at IS NULL THEN :statuses::text[] && '{PENDING,FAILED}'
                           ELSE :statuses::text[] && '{DEAD}' END),
            owed_place AS MATERIALIZED (
                SELECT s.lane, s.deleted_at, stripes.n::smallint AS stripe, o.seq, o.created_at
                FROM sought s CROSS JOIN %3$s stripes(n)
                CROSS JOIN LATERAL (
                    SELECT seq, created_at FROM owed
                    WHERE lane = s.lane AND stripe = stripes.n::smallint AND seq < :before
                    ORDER BY seq DESC LIMIT 1) o),
            run_place AS MATERIALIZED (
                SELECT s.lane, s.deleted_at, o.seq, o.created_at
                FROM sought s CROSS JOIN LATERAL (
                    SELECT least(:before - 1, r.seqs[cardinality(r.seqs)]) AS seq, r.created_at FROM owed_run r
                    WHERE r.lane = s.lane AND r.first_seq < :before
                    ORDER BY r.first_seq DESC LIMIT 1) o),
            owed_window AS MATERIALIZED (
                SELECT max(seq) - %1$d AS edge
                FROM (SELECT seq FROM owed_place UNION ALL SELECT seq FROM run_place) newest),
            owed_known AS MATERIALIZED (
                SELECT %2$s
                FROM owed_place s CROSS JOIN LATERAL (
                    SELECT * FROM owed
                    WHERE lane = s.lane AND stripe = s.stripe AND seq < :before AND seq >= (SELECT edge FROM owed_window)
                    OFFSET 0) o
                WHERE s.seq >= (SELECT edge FROM owed_window)
                UNION ALL
                SELECT %2$s
                FROM run_place s CROSS JOIN LATERAL (
                    SELECT * FROM owed_of_run
                    WHERE lane = s.lane AND first_seq < :before AND seq < :before AND seq >= (SELECT edge FROM owed_window)
                    OFFSET 0) o),
            owed_end AS (
                SELECT max(seq) + 1 AS seq
                FROM (SELECT seq, created_at FROM owed_place WHERE seq < (SELECT edge FROM owed_window)
                      UNION ALL
                      SELECT o.seq, o.created_at
                      FROM owed_place s CROSS JOIN LATERAL (
                          SELECT seq, created_at FROM owed
                          WHERE lane = s.lane AND stripe = s.stripe AND seq < (SELECT edge FROM owed_window)
                          ORDER BY seq DESC LIMIT 1) o
                      WHERE s.seq >= (SELECT edge FROM owed_window)
                      UNION ALL
                      SELECT (SELECT edge FROM owed_window) - 1, o.created_at
                      FROM run_place s CROSS JOIN LATERAL (
                          SELECT r.created_at FROM owed_run r
                          WHERE r.lane = s.lane AND r.first_seq < (SELECT edge FROM owed_window)
                          ORDER BY r.first_seq DESC LIMIT 1) o) older
                WHERE created_at >= :since::timestamptz - interval '10 minutes')
            """.formatted(WINDOW, columns, KeySlices.SERIES).strip();
    }

    /**
     * Of one lane, the newest of each key slice and of the packed rows.
     *
     * @param columns as for all lanes
     * @param names the names of these columns
     */
    public static String ofSubscription(String columns, String names) {
        return """
            owed_place AS MATERIALIZED (
                SELECT stripes.n AS place, %1$s
                FROM subscription s CROSS JOIN %3$s stripes(n)
                CROSS JOIN LATERAL (
                    SELECT * FROM owed
                    WHERE lane = s.lane AND stripe = stripes.n::smallint AND seq < :before
                    ORDER BY seq DESC LIMIT greatest(:rows, :scanned::bigint / 4)) o
                WHERE s.id = :subscription::uuid
                  AND CASE WHEN s.deleted_at IS NULL THEN :statuses::text[] && '{PENDING,FAILED}'
                           ELSE :statuses::text[] && '{DEAD}' END
                UNION ALL
                SELECT -1, %1$s
                FROM subscription s
                CROSS JOIN LATERAL (
                    SELECT * FROM owed_of_run WHERE lane = s.lane AND first_seq < :before AND seq < :before
                    ORDER BY seq DESC LIMIT greatest(:rows, :scanned::bigint / 4)) o
                WHERE s.id = :subscription::uuid
                  AND CASE WHEN s.deleted_at IS NULL THEN 'PENDING' ELSE 'DEAD' END = ANY (:statuses::text[])),
            owed_known AS (SELECT %2$s FROM owed_place),
            owed_end AS (
                SELECT max(lowest) AS seq
                FROM (SELECT min(seq) AS lowest FROM owed_place GROUP BY place
                      HAVING count(*) >= greatest(:rows, :scanned::bigint / 4)
                         AND min(created_at) >= :since::timestamptz - interval '10 minutes') full_places)
            """.formatted(columns, names, KeySlices.SERIES).strip();
    }
}
