package nexus.delivery.state;

import io.vertx.sqlclient.Tuple;
import java.util.Optional;
import nexus.queue.owed.KeySlices;
import nexus.queue.settle.HistoryRows;
import nexus.store.IndexedRead;

/**
 * Reads a page of deliveries in the order of their seqs: of all subscriptions or of one. Each place that is read (a stripe
 * of a lane, the history) gives at most a fixed number of rows, the newest first, before they are filtered.
 */
final class DeliveriesBySeq {
    /** Rows read in one place for one page, when most of them may not match. */
    private static final int SCANNED_ROWS = 2_000;
    /** Seqs over which one page looks for owed deliveries of all lanes. */
    private static final int WINDOW = 512;

    /** Packed rows to look at, so that their deliveries are enough for a page, and a few more for those that do not match. */
    private static final String RUNS = "least($2::bigint, 256) / " + HistoryRows.SHORTEST + " + 8";

    /**
     * Parameters of the lists by seq: $1 seq of the last page's end, $2 rows to look at in each place of the history,
     * $3 statuses, $4 since, $5 until, $6 rows of a page. History's day is that of created_at, so that other partitions
     * are left out. Beyond {@code since} there is nothing to look for; ten minutes more than any transaction may take
     * between drawing a seq and its commit.
     *
     * <p>Of the runs, those are looked at that end before {@code $1}, the newest first, and those that end behind it and
     * begin before it. When there are more, they end before the lowest of these ends, the floor.
     *
     * @param owed the common table expressions {@code owed_known}, owed deliveries, and {@code owed_end}, the seq from
     *     which on these are all
     */
    private static String listBySeq(String owed, String settled, String runs) {
        return """
               WITH %1$s,
               run_floor AS MATERIALIZED (
                   SELECT CASE WHEN count(*) >= %5$s THEN min(last_seq) END AS seq
                   FROM (SELECT d.last_seq FROM delivery_run d
                         WHERE %4$s AND d.last_seq < $1 AND 'SENT' = ANY($3::text[])
                           AND d.day BETWEEN ($4::timestamptz AT TIME ZONE 'UTC')::date
                                         AND ($5::timestamptz AT TIME ZONE 'UTC')::date
                         ORDER BY d.last_seq DESC LIMIT %5$s) newest),
               in_run AS MATERIALIZED (
                   SELECT %2$s
                   FROM delivery_of_run d
                   WHERE %4$s AND d.last_seq >= coalesce((SELECT seq FROM run_floor), 0)
                     AND d.last_seq <= least($1, 9223372036854775807 - %6$d) + %6$d AND d.first_seq < $1
                     AND d.seq < $1 AND d.seq >= coalesce((SELECT seq FROM run_floor), 0) AND 'SENT' = ANY($3::text[])
                     AND d.day BETWEEN ($4::timestamptz AT TIME ZONE 'UTC')::date
                                   AND ($5::timestamptz AT TIME ZONE 'UTC')::date),
               settled AS MATERIALIZED (
                   SELECT %2$s
                   FROM delivery d
                   WHERE %3$s AND d.seq < $1 AND $3::text[] && '{SENT,DEAD}'
                     AND d.day BETWEEN ($4::timestamptz AT TIME ZONE 'UTC')::date
                                   AND ($5::timestamptz AT TIME ZONE 'UTC')::date
                   ORDER BY d.seq DESC LIMIT $2::bigint),
               horizon AS (
                   SELECT 0::bigint AS horizon_event_seq, max(seq) AS horizon_seq
                   FROM (SELECT seq FROM owed_end
                         UNION ALL
                         SELECT min(seq) FROM settled
                         HAVING count(*) >= $2::bigint AND min(created_at) >= $4::timestamptz - interval '10 minutes'
                         UNION ALL
                         SELECT seq FROM run_floor
                         WHERE NOT EXISTS (
                             SELECT FROM in_run WHERE created_at < $4::timestamptz - interval '10 minutes')) ends),
               page AS (
                   SELECT 0::bigint AS event_seq, known.*
                   FROM (SELECT * FROM owed_known UNION ALL SELECT * FROM settled UNION ALL SELECT * FROM in_run) known
                   WHERE status = ANY($3::text[]) AND created_at >= $4::timestamptz AND created_at < $5::timestamptz
                     AND seq >= coalesce((SELECT horizon_seq FROM horizon), 0)
                   ORDER BY seq DESC LIMIT $6)
               """.formatted(owed, DeliveryRows.SETTLED_COLUMNS, settled, runs, RUNS, HistoryRows.LONGEST_REACH)
                + DeliveryRows.PAGE_ROWS
                + "ORDER BY p.seq DESC";
    }

    /**
     * Of all lanes, those of a window of seqs: it begins at the newest one below $1 and is so wide, and as a seq is drawn
     * once, that is how many they are at most, however they are spread over lanes. It ends where the next one is. Runs
     * overlap, so that an older one may have higher seqs: below the window anything may be expected of them.
     */
    private static final String OWED_OF_ALL =
            """
            sought AS MATERIALIZED (
                SELECT s.lane, s.deleted_at FROM subscription s
                WHERE CASE WHEN s.deleted_at IS NULL THEN $3::text[] && '{PENDING,FAILED}' ELSE $3::text[] && '{DEAD}' END),
            owed_place AS MATERIALIZED (
                SELECT s.lane, s.deleted_at, stripes.n::smallint AS stripe, o.seq, o.created_at
                FROM sought s CROSS JOIN %3$s stripes(n)
                CROSS JOIN LATERAL (
                    SELECT seq, created_at FROM owed
                    WHERE lane = s.lane AND stripe = stripes.n::smallint AND seq < $1
                    ORDER BY seq DESC LIMIT 1) o),
            run_place AS MATERIALIZED (
                SELECT s.lane, s.deleted_at, o.seq, o.created_at
                FROM sought s CROSS JOIN LATERAL (
                    SELECT least($1 - 1, r.seqs[cardinality(r.seqs)]) AS seq, r.created_at FROM owed_run r
                    WHERE r.lane = s.lane AND r.first_seq < $1
                    ORDER BY r.first_seq DESC LIMIT 1) o),
            owed_window AS MATERIALIZED (
                SELECT max(seq) - %1$d AS edge
                FROM (SELECT seq FROM owed_place UNION ALL SELECT seq FROM run_place) newest),
            owed_known AS MATERIALIZED (
                SELECT %2$s
                FROM owed_place s CROSS JOIN LATERAL (
                    SELECT * FROM owed
                    WHERE lane = s.lane AND stripe = s.stripe AND seq < $1 AND seq >= (SELECT edge FROM owed_window)
                    OFFSET 0) o
                WHERE s.seq >= (SELECT edge FROM owed_window)
                UNION ALL
                SELECT %2$s
                FROM run_place s CROSS JOIN LATERAL (
                    SELECT * FROM owed_of_run
                    WHERE lane = s.lane AND first_seq < $1 AND seq < $1 AND seq >= (SELECT edge FROM owed_window)
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
                WHERE created_at >= $4::timestamptz - interval '10 minutes')
            """.formatted(WINDOW, DeliveryRows.OWED_COLUMNS, KeySlices.SERIES).strip();

    /** Of one lane ($7), the newest of each stripe and of the runs. */
    private static final String OWED_OF_SUBSCRIPTION = """
            owed_place AS MATERIALIZED (
                SELECT stripes.n AS place, %1$s
                FROM subscription s CROSS JOIN %3$s stripes(n)
                CROSS JOIN LATERAL (
                    SELECT * FROM owed
                    WHERE lane = s.lane AND stripe = stripes.n::smallint AND seq < $1
                    ORDER BY seq DESC LIMIT greatest($6, $2::bigint / 4)) o
                WHERE s.id = $7::uuid AND CASE WHEN s.deleted_at IS NULL THEN $3::text[] && '{PENDING,FAILED}'
                                               ELSE $3::text[] && '{DEAD}' END
                UNION ALL
                SELECT -1, %1$s
                FROM subscription s
                CROSS JOIN LATERAL (
                    SELECT * FROM owed_of_run WHERE lane = s.lane AND first_seq < $1 AND seq < $1
                    ORDER BY seq DESC LIMIT greatest($6, $2::bigint / 4)) o
                WHERE s.id = $7::uuid AND CASE WHEN s.deleted_at IS NULL THEN 'PENDING' ELSE 'DEAD' END = ANY ($3::text[])),
            owed_known AS (SELECT %2$s FROM owed_place),
            owed_end AS (
                SELECT max(lowest) AS seq
                FROM (SELECT min(seq) AS lowest FROM owed_place GROUP BY place
                      HAVING count(*) >= greatest($6, $2::bigint / 4)
                         AND min(created_at) >= $4::timestamptz - interval '10 minutes') full_places)
            """.formatted(
            DeliveryRows.OWED_COLUMNS,
            "seq, lane, stripe, day, event_id, status, dead_reason, due, attempts, created_at, changed_at,"
                    + " attempted_at, status_code, error",
            KeySlices.SERIES).strip();

    private static final String LIST_ALL = listBySeq(OWED_OF_ALL, "true", "true");

    private static final String LIST_DEAD = listBySeq(OWED_OF_ALL, "d.status = 'DEAD'", "false");

    private static final String OF_SUBSCRIPTION = "d.lane = (SELECT lane FROM subscription WHERE id = $7::uuid)";

    private static final String LIST_OF_SUBSCRIPTION =
            listBySeq(OWED_OF_SUBSCRIPTION, OF_SUBSCRIPTION, OF_SUBSCRIPTION);

    private DeliveriesBySeq() {}

    static IndexedRead reading(DeliveryFilter filter, DeliveryPosition before, int limit) {
        boolean matchesMost = filter.status().isEmpty() && filter.until().isEmpty();
        int scanned = matchesMost ? limit + 1 : Math.max(limit + 1, SCANNED_ROWS);
        Tuple parameters = Tuple.of(
                before.seq(), scanned, filter.statuses(), filter.sinceOrBeginning(), filter.untilOrEnd(), limit + 1);
        if (filter.subscriptionId().isPresent()) {
            return new IndexedRead(
                    LIST_OF_SUBSCRIPTION,
                    parameters.addValue(filter.subscriptionId().get()));
        }
        boolean onlyDead = filter.status().equals(Optional.of(DeliveryStatus.DEAD));
        return new IndexedRead(onlyDead ? LIST_DEAD : LIST_ALL, parameters);
    }
}
