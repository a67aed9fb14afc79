package nexus.delivery.state;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nexus.queue.lookup.OwedLookUp;
import nexus.queue.owed.DeliveryKey;
import nexus.store.Rows;

/** The columns of a delivery in every read, owed or settled, and how a page is made of them. */
final class DeliveryRows {
    /** Columns of a row {@code o} of {@code owed}, {@code owed_of_run} or {@link OwedLookUp}, in a lane of {@code subscription s}. */
    static final String OWED_COLUMNS = """
            o.seq, o.lane, o.stripe, o.event_day AS day, o.event_id,
            CASE WHEN s.deleted_at IS NOT NULL THEN 'DEAD' WHEN o.due IS NULL THEN 'PENDING' ELSE 'FAILED' END AS status,
            CASE WHEN s.deleted_at IS NOT NULL THEN 'subscription-deleted' END AS dead_reason,
            o.due, o.attempts, o.created_at, greatest(o.created_at, o.renewed_at, s.deleted_at) AS changed_at,
            NULL::timestamptz AS attempted_at, NULL::smallint AS status_code, NULL::text AS error
            """;

    /** Their names. */
    static final String COLUMN_NAMES =
            "seq, lane, stripe, day, event_id, status, dead_reason, due, attempts, created_at,"
                    + " changed_at, attempted_at, status_code, error";

    /** Columns of a row {@code d} of {@code delivery}, {@code delivery_of_run} or {@code settled_delivery}. */
    static final String SETTLED_COLUMNS = """
            d.seq, d.lane, d.stripe, d.day, d.event_id, d.status, d.dead_reason,
            NULL::timestamptz AS due, d.attempts, d.created_at, d.settled_at AS changed_at,
            d.attempted_at, d.status_code, d.error
            """;

    /**
     * Reads the common table expressions {@code horizon} and {@code page}, and adds the last attempt of the deliveries
     * whose row does not contain it.
     */
    static final String PAGE_ROWS = """
            SELECT horizon.*, (SELECT epoch FROM store) AS epoch, p.*, s.id AS subscription_id,
                   s.deleted_at IS NOT NULL AS subscription_is_deleted,
                   last.attempted_at AS log_attempted_at, last.status_code AS log_status_code, last.error AS log_error
            FROM horizon
            LEFT JOIN page p ON true
            LEFT JOIN subscription s ON s.lane = p.lane
            LEFT JOIN LATERAL (
                SELECT a.attempted_at, a.status_code, a.error FROM attempt a
                WHERE a.day = p.day AND a.seq = p.seq AND p.attempted_at IS NULL AND p.attempts > 0
                ORDER BY a.attempt DESC LIMIT 1) last ON true
            """;

    private DeliveryRows() {}

    /** Makes a page of at most {@code limit} deliveries; the rows contain one more when older ones follow. */
    static DeliveryPage page(RowSet<Row> rows, int limit) {
        List<Delivery> found = deliveries(rows);
        if (found.size() <= limit) {
            Row any = Rows.only(rows);
            Optional<DeliveryPosition> horizon = any.getLong("horizon_seq") == null
                            || any.getLong("horizon_event_seq") == null
                    ? Optional.empty()
                    : Optional.of(new DeliveryPosition(any.getLong("horizon_event_seq"), any.getLong("horizon_seq")));
            return new DeliveryPage(found, horizon);
        }
        List<Row> all = new ArrayList<>();
        rows.forEach(all::add);
        Row last = all.get(limit - 1);
        return new DeliveryPage(
                found.subList(0, limit),
                Optional.of(new DeliveryPosition(last.getLong("event_seq"), last.getLong("seq"))));
    }

    /** Leaves out the row that contains only the horizon. */
    static List<Delivery> deliveries(RowSet<Row> rows) {
        List<Delivery> deliveries = new ArrayList<>();
        for (Row row : rows) {
            if (row.getLong("seq") != null) {
                deliveries.add(delivery(row));
            }
        }
        return deliveries;
    }

    private static Delivery delivery(Row row) {
        DeliveryStatus status = DeliveryStatus.valueOf(row.getString("status"));
        Instant createdAt = Rows.instant(row, "created_at");
        Optional<Instant> due = Rows.time(row, "due");
        boolean inRow = row.getOffsetDateTime("attempted_at") != null;
        Optional<Instant> attemptedAt = Rows.time(row, inRow ? "attempted_at" : "log_attempted_at");
        Optional<Instant> changedAt = Rows.time(row, "changed_at");
        return new Delivery(
                new DeliveryId(
                        row.getInteger("epoch"),
                        new DeliveryKey(
                                row.getLocalDate("day"),
                                row.getInteger("lane"),
                                row.getInteger("stripe"),
                                row.getLong("seq"))),
                row.getUUID("event_id"),
                row.getUUID("subscription_id"),
                status,
                Optional.ofNullable(row.getString("dead_reason")),
                row.getInteger("attempts"),
                switch (status) {
                    case PENDING -> Optional.of(createdAt);
                    case FAILED -> due;
                    case SENT, DEAD -> Optional.empty();
                },
                Optional.ofNullable(row.getInteger(inRow ? "status_code" : "log_status_code")),
                Optional.ofNullable(row.getString(inRow ? "error" : "log_error")),
                createdAt,
                attemptedAt
                        .filter(at -> changedAt.filter(at::isBefore).isEmpty())
                        .or(() -> changedAt)
                        .orElse(createdAt),
                row.getBoolean("subscription_is_deleted"));
    }
}
