package nexus.queue;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import nexus.event.EventType;
import nexus.store.Store;
import org.jspecify.annotations.Nullable;

/**
 * What is owed, for the process that owns it. Taking is a read: only the owner dispatches and changes rows, so nothing
 * has to be claimed.
 *
 * <p>{@code behind} is asked of what is committed: an earlier row of the same key (or either of two), a barrier in
 * front, or, for a barrier, anything in front. A row that is under way is still there and holds the ones behind it.
 */
@Singleton
public class OwedQueue {
    private static final String COLUMNS = """
            o.lane, o.stripe, o.seq, o.key, o.other_key, o.barrier, o.due, o.attempts, o.attempts_before,
            coalesce(o.renewed_at, o.created_at) AS owed_since, o.event_day, o.event_id, o.body_bytes, o.own,
            (o.key IS NOT NULL AND (
                 EXISTS (SELECT FROM owed e WHERE e.lane = o.lane AND e.key = o.key AND e.seq < o.seq)
              OR EXISTS (SELECT FROM owed e WHERE e.lane = o.lane AND e.other_key = o.key AND e.seq < o.seq)))
            OR (o.other_key IS NOT NULL AND (
                 EXISTS (SELECT FROM owed e WHERE e.lane = o.lane AND e.key = o.other_key AND e.seq < o.seq)
              OR EXISTS (SELECT FROM owed e WHERE e.lane = o.lane AND e.other_key = o.other_key AND e.seq < o.seq)))
            OR EXISTS (SELECT FROM owed e WHERE e.lane = o.lane AND e.barrier AND e.seq < o.seq)
            OR (o.barrier AND EXISTS (
                 SELECT FROM generate_series(0, 7) s
                 WHERE EXISTS (SELECT FROM owed e WHERE e.lane = o.lane AND e.stripe = s AND e.seq < o.seq)))
            AS behind
            """;

    private static final String TAKE = "SELECT " + COLUMNS + """
            FROM unnest($1::int[], $2::int[], $3::bigint[], $4::int[]) c(lane, stripe, after, room)
            CROSS JOIN LATERAL (
                SELECT * FROM owed o
                WHERE o.lane = c.lane AND o.stripe = c.stripe AND o.due IS NULL AND o.seq > c.after
                ORDER BY o.seq LIMIT c.room) o
            ORDER BY o.seq""";

    private static final String TAKE_DUE = "SELECT * FROM (SELECT " + COLUMNS + """
            FROM unnest($1::int[], $2::timestamptz[], $3::bigint[], $4::int[]) c(lane, after_due, after_seq, room)
            CROSS JOIN LATERAL (
                SELECT * FROM owed o
                WHERE o.lane = c.lane AND o.due <= $5 AND (o.due, o.seq) > (c.after_due, c.after_seq)
                ORDER BY o.due, o.seq LIMIT c.room) o
            ) taken ORDER BY due, seq""";

    private static final String NEXT_DUE = """
            SELECT c.lane, (SELECT min(o.due) FROM owed o WHERE o.lane = c.lane AND o.due > $2)
            FROM unnest($1::int[]) c(lane)""";

    private static final String SUCCESSORS = "SELECT " + COLUMNS + """
            FROM unnest($1::int[], $2::bigint[]) k(lane, key)
            CROSS JOIN LATERAL (
                SELECT * FROM (
                    (SELECT * FROM owed o WHERE o.lane = k.lane AND o.key = k.key ORDER BY o.seq LIMIT 1)
                    UNION ALL
                    (SELECT * FROM owed o WHERE o.lane = k.lane AND o.other_key = k.key ORDER BY o.seq LIMIT 1)) both_keys
                ORDER BY seq LIMIT 1) o
            ORDER BY o.seq""";

    /** A few of each lane: the first may have to wait for others of its key. */
    private static final String RENEWED = "SELECT " + COLUMNS + """
            FROM unnest($1::int[]) c(lane)
            CROSS JOIN LATERAL (
                SELECT * FROM owed o
                WHERE o.lane = c.lane AND o.renewed_at IS NOT NULL AND o.due IS NULL
                ORDER BY o.seq LIMIT 10) o
            ORDER BY o.seq""";

    private static final String BODIES = """
            SELECT e.id, e.type, e.body
            FROM unnest($1::date[], $2::uuid[]) w(day, id) JOIN event e ON e.id = w.id AND e.day = w.day""";

    private static final String OLDEST = "SELECT " + COLUMNS + """
            FROM generate_series(0, 7) s
            CROSS JOIN LATERAL (
                SELECT * FROM owed o WHERE o.lane = $1 AND o.stripe = s AND o.seq > $2 ORDER BY o.seq LIMIT $3) o
            ORDER BY o.seq LIMIT $3""";

    private static final String LANES_WITH_WORK = """
            WITH RECURSIVE lanes(lane) AS (
                (SELECT lane FROM owed ORDER BY lane LIMIT 1)
                UNION ALL
                SELECT (SELECT o.lane FROM owed o WHERE o.lane > lanes.lane ORDER BY o.lane LIMIT 1)
                FROM lanes WHERE lanes.lane IS NOT NULL)
            SELECT lane FROM lanes WHERE lane IS NOT NULL""";

    private final Pool pool;

    public OwedQueue(Store store) {
        this.pool = store.queue();
    }

    /** Rows that were never tried, each stripe from its cursor on, all in order of seq. */
    public Future<List<OwedDelivery>> take(Collection<StripeCursor> cursors) {
        Tuple parameters = Tuple.tuple()
                .addArrayOfInteger(cursors.stream().map(StripeCursor::lane).toArray(Integer[]::new))
                .addArrayOfInteger(cursors.stream().map(StripeCursor::stripe).toArray(Integer[]::new))
                .addArrayOfLong(cursors.stream().map(StripeCursor::after).toArray(Long[]::new))
                .addArrayOfInteger(cursors.stream().map(StripeCursor::limit).toArray(Integer[]::new));
        return pool.preparedQuery(TAKE).execute(parameters).map(OwedQueue::deliveries);
    }

    /** Rows whose time has come, each lane from its cursor on, the most overdue first. */
    public Future<List<OwedDelivery>> takeDue(Collection<DueCursor> cursors, Instant now) {
        Tuple parameters = Tuple.tuple()
                .addArrayOfInteger(cursors.stream().map(DueCursor::lane).toArray(Integer[]::new))
                .addArrayOfOffsetDateTime(
                        cursors.stream().map(cursor -> utc(cursor.afterDue())).toArray(OffsetDateTime[]::new))
                .addArrayOfLong(cursors.stream().map(DueCursor::afterSeq).toArray(Long[]::new))
                .addArrayOfInteger(cursors.stream().map(DueCursor::limit).toArray(Integer[]::new))
                .addOffsetDateTime(utc(now));
        return pool.preparedQuery(TAKE_DUE).execute(parameters).map(OwedQueue::deliveries);
    }

    /** For each lane, when the next retry after {@code now} is due; lanes without one are left out. */
    public Future<Map<Integer, Instant>> nextDue(Collection<Integer> lanes, Instant now) {
        return pool.preparedQuery(NEXT_DUE)
                .execute(Tuple.tuple()
                        .addArrayOfInteger(lanes.toArray(Integer[]::new))
                        .addOffsetDateTime(utc(now)))
                .map(rows -> {
                    Map<Integer, Instant> next = new HashMap<>();
                    for (Row row : rows) {
                        @Nullable OffsetDateTime due = row.getOffsetDateTime(1);
                        if (due != null) {
                            next.put(row.getInteger(0), due.toInstant());
                        }
                    }
                    return next;
                });
    }

    /** The first row that is owed for each key, tried or not. */
    public Future<List<OwedDelivery>> successors(Collection<LaneKey> keys) {
        Tuple parameters = Tuple.tuple()
                .addArrayOfInteger(keys.stream().map(LaneKey::lane).toArray(Integer[]::new))
                .addArrayOfLong(keys.stream().map(LaneKey::key).toArray(Long[]::new));
        return pool.preparedQuery(SUCCESSORS).execute(parameters).map(OwedQueue::deliveries);
    }

    /** For each lane, the first rows that were retried by hand and not tried since. */
    public Future<List<OwedDelivery>> renewed(Collection<Integer> lanes) {
        return pool.preparedQuery(RENEWED)
                .execute(Tuple.tuple().addArrayOfInteger(lanes.toArray(Integer[]::new)))
                .map(OwedQueue::deliveries);
    }

    /** What these deliveries send; an event whose day is gone is left out. */
    public Future<Map<UUID, OwedBody>> bodies(Collection<OwedDelivery> deliveries) {
        Tuple parameters = Tuple.tuple()
                .addArrayOfLocalDate(
                        deliveries.stream().map(OwedDelivery::eventDay).toArray(LocalDate[]::new))
                .addArrayOfUUID(deliveries.stream().map(OwedDelivery::eventId).toArray(UUID[]::new));
        return pool.preparedQuery(BODIES).execute(parameters).map(rows -> {
            Map<UUID, OwedBody> bodies = new HashMap<>();
            for (Row row : rows) {
                @Nullable Buffer bytes = row.getBuffer(2);
                bodies.put(row.getUUID(0), new OwedBody(new EventType(row.getString(1)), bytes));
            }
            return bodies;
        });
    }

    /** The rows of a lane with the smallest seq above {@code after}, tried or not. */
    public Future<List<OwedDelivery>> oldest(int lane, long after, int limit) {
        return pool.preparedQuery(OLDEST).execute(Tuple.of(lane, after, limit)).map(OwedQueue::deliveries);
    }

    /** Every lane to which something is owed. */
    public Future<List<Integer>> lanesWithWork() {
        return pool.query(LANES_WITH_WORK).execute().map(rows -> {
            List<Integer> lanes = new ArrayList<>();
            rows.forEach(row -> lanes.add(row.getInteger(0)));
            return lanes;
        });
    }

    /** A key within a lane. */
    public record LaneKey(int lane, long key) {}

    private static List<OwedDelivery> deliveries(RowSet<Row> rows) {
        List<OwedDelivery> deliveries = new ArrayList<>(rows.size());
        for (Row row : rows) {
            deliveries.add(new OwedDelivery(
                    row.getInteger(0),
                    row.getInteger(1),
                    row.getLong(2),
                    row.getLong(3),
                    row.getLong(4),
                    row.getBoolean(5),
                    Optional.ofNullable(row.getOffsetDateTime(6))
                            .map(OffsetDateTime::toInstant)
                            .orElse(null),
                    row.getInteger(7),
                    row.getInteger(8),
                    row.getOffsetDateTime(9).toInstant(),
                    row.getLocalDate(10),
                    row.getUUID(11),
                    row.getInteger(12),
                    row.getBoolean(13),
                    row.getBoolean(14)));
        }
        return deliveries;
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(java.time.ZoneOffset.UTC);
    }
}
