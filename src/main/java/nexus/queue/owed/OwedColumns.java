package nexus.queue.owed;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import nexus.store.Rows;
import org.jspecify.annotations.Nullable;

/** Reads owed deliveries from a result. It finds the columns once, because a result has hundreds of rows. */
final class OwedColumns {
    private final int lane;
    private final int keySlice;
    private final int seq;
    private final int key;
    private final int otherKey;
    private final int barrier;
    private final int due;
    private final int attempts;
    private final int attemptsBefore;
    private final int owedSince;
    private final int eventDay;
    private final int eventId;
    private final int bodyBytes;
    private final int own;
    private final int place;
    private final int behind;
    private final int follows; // below 0: not read
    private final int job;

    OwedColumns(RowSet<Row> rows) {
        lane = Rows.column(rows, "lane");
        keySlice = Rows.column(rows, "stripe");
        seq = Rows.column(rows, "seq");
        key = Rows.column(rows, "key");
        otherKey = Rows.column(rows, "other_key");
        barrier = Rows.column(rows, "barrier");
        due = Rows.column(rows, "due");
        attempts = Rows.column(rows, "attempts");
        attemptsBefore = Rows.column(rows, "attempts_before");
        owedSince = Rows.column(rows, "owed_since");
        eventDay = Rows.column(rows, "event_day");
        eventId = Rows.column(rows, "event_id");
        bodyBytes = Rows.column(rows, "body_bytes");
        own = Rows.column(rows, "own");
        place = Rows.column(rows, "place");
        behind = Rows.column(rows, "behind");
        follows = rows.columnsNames().indexOf("follows");
        job = Rows.column(rows, "job");
    }

    static List<OwedDelivery> deliveries(RowSet<Row> rows) {
        return Rows.all(rows, new OwedColumns(rows)::delivery);
    }

    OwedDelivery delivery(Row row) {
        return new OwedDelivery(
                row.getInteger(lane),
                row.getInteger(keySlice),
                row.getLong(seq),
                row.getLong(key),
                row.getLong(otherKey),
                row.getBoolean(barrier),
                due(row),
                row.getInteger(attempts),
                row.getInteger(attemptsBefore),
                row.getOffsetDateTime(owedSince).toInstant(),
                row.getLocalDate(eventDay),
                row.getUUID(eventId),
                row.getInteger(bodyBytes),
                row.getBoolean(own),
                new Place.OwnRow(row.getString(place)),
                row.getBoolean(behind),
                follows >= 0 && row.getBoolean(follows),
                row.getUUID(job));
    }

    private @Nullable Instant due(Row row) {
        @Nullable OffsetDateTime at = row.getOffsetDateTime(due);
        return at == null ? null : at.toInstant();
    }
}
