package nexus.delivery.state;

import static nexus.store.NamedSql.parameter;

import nexus.queue.lookup.OwedLists;
import nexus.queue.settle.HistoryRows;
import nexus.store.IndexedRead;
import nexus.store.NamedSql;
import nexus.store.NamedSql.Parameter;

/**
 * Reads a page of deliveries in the order of their seqs: of all subscriptions or of one. Each place that is read (a key slice
 * of a lane, the history) gives at most a fixed number of rows, the newest first, before they are filtered.
 */
final class DeliveriesBySeq {
    /** Rows read in one place for one page, when most of them may not match. */
    private static final int SCANNED_ROWS = 2_000;

    /** Packed rows to read, so that their deliveries are enough for a page, and a few more for those that do not match. */
    private static final String PACKED_ROWS = "least(:scanned::bigint, 256) / " + HistoryRows.SHORTEST + " + 8";

    /**
     * {@code :scanned} limits the rows that are read in each place of the history. No delivery before {@code :since} is
     * sought; ten minutes more than any transaction may take between drawing a seq and its commit.
     *
     * <p>Two sets of packed rows are read: the newest of those that end before {@code :before}, and all that end after it and
     * begin before it. When the first set has as many rows as its limit, the packed rows that are not read end before the
     * lowest end in the set, the floor.
     *
     * @param owed the common table expressions of {@link OwedLists}
     * @param settled a condition on {@code delivery d}
     * @param packed a condition on {@code delivery_run d} and {@code delivery_of_run d}
     */
    private static String listBySeq(String owed, String settled, String packed) {
        return """
               WITH %1$s,
               run_floor AS MATERIALIZED (
                   SELECT CASE WHEN count(*) >= %5$s THEN min(last_seq) END AS seq
                   FROM (SELECT d.last_seq FROM delivery_run d
                         WHERE %4$s AND d.last_seq < :before AND 'SENT' = ANY(:statuses::text[]) AND %7$s
                         ORDER BY d.last_seq DESC LIMIT %5$s) newest),
               in_run AS MATERIALIZED (
                   SELECT %2$s
                   FROM delivery_of_run d
                   WHERE %4$s AND d.last_seq >= coalesce((SELECT seq FROM run_floor), 0)
                     AND d.last_seq <= least(:before, 9223372036854775807 - %6$d) + %6$d AND d.first_seq < :before
                     AND d.seq < :before AND d.seq >= coalesce((SELECT seq FROM run_floor), 0)
                     AND 'SENT' = ANY(:statuses::text[]) AND %7$s),
               settled AS MATERIALIZED (
                   SELECT %2$s
                   FROM delivery d
                   WHERE %3$s AND d.seq < :before AND :statuses::text[] && '{SENT,DEAD}' AND %7$s
                   ORDER BY d.seq DESC LIMIT :scanned::bigint),
               horizon AS (
                   SELECT 0::bigint AS horizon_event_seq, max(seq) AS horizon_seq
                   FROM (SELECT seq FROM owed_end
                         UNION ALL
                         SELECT min(seq) FROM settled
                         HAVING count(*) >= :scanned::bigint
                            AND min(created_at) >= :since::timestamptz - interval '10 minutes'
                         UNION ALL
                         SELECT seq FROM run_floor
                         WHERE NOT EXISTS (
                             SELECT FROM in_run WHERE created_at < :since::timestamptz - interval '10 minutes')) ends),
               page AS (
                   SELECT 0::bigint AS event_seq, known.*
                   FROM (SELECT * FROM owed_known UNION ALL SELECT * FROM settled UNION ALL SELECT * FROM in_run) known
                   WHERE %8$s
                     AND seq >= coalesce((SELECT horizon_seq FROM horizon), 0)
                   ORDER BY seq DESC LIMIT :rows)
               """.formatted(
                                owed,
                                DeliveryRows.SETTLED_COLUMNS,
                                settled,
                                packed,
                                PACKED_ROWS,
                                HistoryRows.LONGEST_REACH,
                                RequestedPage.IN_DAYS,
                                RequestedPage.MATCHES)
                + DeliveryRows.PAGE_ROWS
                + "ORDER BY p.seq DESC";
    }

    private static final String OWED_OF_ALL = OwedLists.ofAll(DeliveryRows.OWED_COLUMNS);

    private static final String OWED_OF_SUBSCRIPTION =
            OwedLists.ofSubscription(DeliveryRows.OWED_COLUMNS, DeliveryRows.COLUMN_NAMES);

    private static final Parameter<RequestedPage> SCANNED = parameter("scanned", DeliveriesBySeq::scanned);

    private static final NamedSql.From<RequestedPage> LIST_ALL = ofAll("true", "true");

    private static final NamedSql.From<RequestedPage> LIST_DEAD = ofAll("d.status = 'DEAD'", "false");

    private static final String OF_SUBSCRIPTION =
            "d.lane = (SELECT lane FROM subscription WHERE id = :subscription::uuid)";

    private static final NamedSql.From<RequestedPage> LIST_OF_SUBSCRIPTION = NamedSql.from(
            listBySeq(OWED_OF_SUBSCRIPTION, OF_SUBSCRIPTION, OF_SUBSCRIPTION),
            RequestedPage.BEFORE,
            SCANNED,
            RequestedPage.STATUSES,
            RequestedPage.SINCE,
            RequestedPage.UNTIL,
            RequestedPage.ROWS,
            RequestedPage.DEAD_REASON,
            RequestedPage.STATUS_CODE,
            RequestedPage.SUBSCRIPTION);

    private DeliveriesBySeq() {}

    private static NamedSql.From<RequestedPage> ofAll(String settled, String packed) {
        return NamedSql.from(
                listBySeq(OWED_OF_ALL, settled, packed),
                RequestedPage.BEFORE,
                SCANNED,
                RequestedPage.STATUSES,
                RequestedPage.SINCE,
                RequestedPage.UNTIL,
                RequestedPage.ROWS,
                RequestedPage.DEAD_REASON,
                RequestedPage.STATUS_CODE);
    }

    private static int scanned(RequestedPage page) {
        boolean matchesMost = page.filter().status().isEmpty()
                && page.filter().deadReason().isEmpty()
                && page.filter().statusCode().isEmpty()
                && page.filter().until().isEmpty();
        return matchesMost ? page.limit() + 1 : Math.max(page.limit() + 1, SCANNED_ROWS);
    }

    /** @param page of a filter that names neither an event nor a type */
    static IndexedRead reading(RequestedPage page) {
        if (page.filter().subscriptionId().isPresent()) {
            return IndexedRead.of(LIST_OF_SUBSCRIPTION, page);
        }
        return IndexedRead.of(page.filter().isOfDead() ? LIST_DEAD : LIST_ALL, page);
    }
}
