package nexus.delivery.state;

import io.vertx.sqlclient.Tuple;
import java.util.Optional;
import nexus.queue.lookup.OwedLists;
import nexus.queue.settle.HistoryRows;
import nexus.store.IndexedRead;

/**
 * Reads a page of deliveries in the order of their seqs: of all subscriptions or of one. Each place that is read (a key
 * slice of a lane, the history) gives at most a fixed number of rows, the newest first, before they are filtered.
 */
final class DeliveriesBySeq {
    /** Rows read in one place for one page, when most of them may not match. */
    private static final int SCANNED_ROWS = 2_000;

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
     * @param owed the common table expressions of {@link OwedLists}
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

    private static final String OWED_OF_ALL = OwedLists.ofAll(DeliveryRows.OWED_COLUMNS);

    private static final String OWED_OF_SUBSCRIPTION =
            OwedLists.ofSubscription(DeliveryRows.OWED_COLUMNS, DeliveryRows.COLUMN_NAMES);

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
