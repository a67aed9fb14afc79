package nexus.queue.owed;

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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import nexus.event.EventType;
import nexus.store.Rows;
import nexus.store.Store;
import org.jspecify.annotations.Nullable;

/**
 * Reads the owed deliveries of the process that owns them. Only the owner dispatches and changes rows, so nothing has to be
 * claimed.
 *
 * <p>{@code behind} refers to committed rows: an earlier row of the same key (or of either key), an earlier barrier, or, for a
 * barrier, any earlier row. Deliveries in progress are still owed and hold their successors, also those in packed rows.
 */
@Singleton
public class OwedQueue implements OwedReads {
    private static final String ROW = """
            o.lane, o.stripe, o.seq, o.key, o.other_key, o.barrier, o.due, o.attempts, o.attempts_before,
            coalesce(o.renewed_at, o.created_at) AS owed_since, o.event_day, o.event_id, o.body_bytes, o.own,
            o.tid::text AS place,
            """;

    /**
     * Each probe starts at the lane's oldest open position, {@code w.low}, because the dead rows of deliveries that were settled
     * during an open transaction lie before it.
     */
    private static final String BEHIND_KEY = """
            ((o.key IS NOT NULL AND (
                 EXISTS (SELECT FROM owed e
                         WHERE e.lane = o.lane AND e.key = o.key AND e.seq < o.seq AND e.seq >= w.low)
              OR EXISTS (SELECT FROM owed e
                         WHERE e.lane = o.lane AND e.other_key = o.key AND e.seq < o.seq AND e.seq >= w.low)))
            OR (o.other_key IS NOT NULL AND (
                 EXISTS (SELECT FROM owed e
                         WHERE e.lane = o.lane AND e.key = o.other_key AND e.seq < o.seq AND e.seq >= w.low)
              OR EXISTS (SELECT FROM owed e
                         WHERE e.lane = o.lane AND e.other_key = o.other_key AND e.seq < o.seq AND e.seq >= w.low)))
            OR (o.barrier AND EXISTS (
                 SELECT FROM %s s
                 WHERE EXISTS (SELECT FROM owed e
                               WHERE e.lane = o.lane AND e.stripe = s AND e.seq < o.seq AND e.seq >= w.low))))
            """.formatted(KeySlices.SERIES);

    private static final String BEHIND_BARRIER = """
            EXISTS (SELECT FROM owed e WHERE e.lane = o.lane AND e.barrier AND e.seq < o.seq AND e.seq >= w.low)
            """;

    /**
     * For each lane, the smallest seq of each key in a packed row, by ascending key. It is read once per statement, because packed
     * rows are short-lived and each look-up would skip their dead rows.
     */
    private static String held(String lanes, String oldestOpenByLane) {
        return """
                WITH held AS MATERIALIZED (
                    SELECT lane, min(seq) AS lowest, array_agg(key ORDER BY key) FILTER (WHERE key IS NOT NULL) AS keys,
                           array_agg(seq ORDER BY key) FILTER (WHERE key IS NOT NULL) AS seqs
                    FROM (SELECT r.lane, r.key, min(r.seq) AS seq
                          FROM (SELECT lane, min(low) AS low FROM unnest(%s::int[], %s::bigint[]) w(lane, low)
                                GROUP BY lane) w
                          CROSS JOIN LATERAL (
                              SELECT lane, key, seq FROM owed_of_run WHERE lane = w.lane AND first_seq >= w.low
                              OFFSET 0) r
                          GROUP BY r.lane, r.key) first_of_key
                    GROUP BY lane)
                """.formatted(lanes, oldestOpenByLane);
    }

    private static final String BEHIND_RUN = """
            coalesce((
                SELECT h.keys[width_bucket(o.key, h.keys)] = o.key AND h.seqs[width_bucket(o.key, h.keys)] < o.seq
                    OR h.keys[width_bucket(o.other_key, h.keys)] = o.other_key
                       AND h.seqs[width_bucket(o.other_key, h.keys)] < o.seq
                    OR o.barrier AND h.lowest < o.seq
                FROM held h WHERE h.lane = o.lane), false)
            """;

    private static final String BEHIND = BEHIND_KEY + " OR " + BEHIND_BARRIER + " OR " + BEHIND_RUN;

    static final String TAKE = held("$1", "$5") + "SELECT " + ROW + BEHIND + """
            AS behind
            FROM unnest($1::int[], $2::int[], $3::bigint[], $4::int[], $5::bigint[]) w(lane, stripe, after, room, low)
            CROSS JOIN LATERAL (
                SELECT *, ctid AS tid FROM owed o
                WHERE o.lane = w.lane AND o.stripe = w.stripe AND o.due IS NULL AND o.seq > w.after
                ORDER BY o.seq LIMIT w.room) o
            ORDER BY o.seq""";

    static final String TAKE_DUE = held("$1", "$6") + "SELECT * FROM (SELECT " + ROW + BEHIND + """
            AS behind
            FROM unnest($1::int[], $2::timestamptz[], $3::bigint[], $4::int[], $6::bigint[])
                 w(lane, after_due, after_seq, room, low)
            CROSS JOIN LATERAL (
                SELECT *, ctid AS tid FROM owed o
                WHERE o.lane = w.lane AND o.due <= $5 AND (o.due, o.seq) > (w.after_due, w.after_seq)
                ORDER BY o.due, o.seq LIMIT w.room) o
            ) taken ORDER BY due, seq""";

    static final String NEXT_DUE = """
            SELECT c.lane, (SELECT min(o.due) FROM owed o WHERE o.lane = c.lane AND o.due > $2)
            FROM unnest($1::int[]) c(lane)""";

    /** Rows after the first of a key are held by that one; the query returns whether anything else holds them. */
    static final String SUCCESSORS = held("$1", "$3") + "SELECT " + ROW + "CASE WHEN o.place = 1 THEN " + BEHIND
            + " ELSE o.other_key IS NOT NULL OR o.barrier OR " + BEHIND_BARRIER + " OR " + BEHIND_RUN + """
            END AS behind, w.key AS of_key
            FROM unnest($1::int[], $2::bigint[], $3::bigint[]) w(lane, key, low)
            CROSS JOIN LATERAL (
                SELECT *, row_number() OVER (ORDER BY seq) AS place FROM (
                    SELECT * FROM (
                        (SELECT *, ctid AS tid FROM owed o WHERE o.lane = w.lane AND o.key = w.key AND o.seq >= w.low
                         ORDER BY o.seq LIMIT 16)
                        UNION ALL
                        (SELECT *, ctid AS tid FROM owed o WHERE o.lane = w.lane AND o.other_key = w.key AND o.seq >= w.low
                         ORDER BY o.seq LIMIT 16)) both_keys
                    ORDER BY seq LIMIT 16) first_rows) o
            ORDER BY o.lane, w.key, o.seq""";

    /** Reads a few of each lane, because the first may have to wait for others of its key. */
    static final String RENEWED = held("$1", "$2") + "SELECT " + ROW + BEHIND + """
            AS behind
            FROM unnest($1::int[], $2::bigint[]) w(lane, low)
            CROSS JOIN LATERAL (
                SELECT *, ctid AS tid FROM owed o
                WHERE o.lane = w.lane AND o.renewed_at IS NOT NULL AND o.due IS NULL
                ORDER BY o.seq LIMIT 10) o
            ORDER BY o.seq""";

    static final String BODIES = """
            SELECT e.id, e.type, e.body
            FROM unnest($1::date[], $2::uuid[]) w(day, id)
            CROSS JOIN LATERAL (
                SELECT id, type, body FROM event e WHERE e.id = w.id AND e.day = w.day LIMIT 1) e""";

    static final String OLDEST = "SELECT " + ROW + """
            false AS behind
            FROM %s s
            CROSS JOIN LATERAL (
                SELECT *, ctid AS tid FROM owed o WHERE o.lane = $1 AND o.stripe = s AND o.seq > $2 ORDER BY o.seq LIMIT $3) o
            ORDER BY o.seq LIMIT $3""".formatted(KeySlices.SERIES);

    static final String LANES_WITH_WORK = """
            WITH RECURSIVE lanes(lane) AS (
                (SELECT lane FROM owed ORDER BY lane LIMIT 1)
                UNION ALL
                SELECT (SELECT o.lane FROM owed o WHERE o.lane > lanes.lane ORDER BY o.lane LIMIT 1)
                FROM lanes WHERE lanes.lane IS NOT NULL)
            SELECT lane FROM lanes WHERE lane IS NOT NULL
            UNION
            SELECT lane FROM owed_run""";

    static final String WITH_MORE = """
            SELECT DISTINCT w.lane
            FROM unnest($1::int[], $2::int[], $3::bigint[]) w(lane, stripe, after)
            CROSS JOIN LATERAL (
                SELECT FROM owed o
                WHERE o.lane = w.lane AND o.stripe = w.stripe AND o.due IS NULL AND o.seq > w.after
                ORDER BY o.seq LIMIT 1) o""";

    static final String SMALLEST_OWED = """
            SELECT w.lane, least(
                (SELECT min(o.seq) FROM %s s
                 CROSS JOIN LATERAL (
                     SELECT o.seq FROM owed o WHERE o.lane = w.lane AND o.stripe = s AND o.seq >= w.low
                     ORDER BY o.seq LIMIT 1) o),
                (SELECT r.first_seq FROM owed_run r WHERE r.lane = w.lane AND r.first_seq >= w.low
                 ORDER BY r.first_seq LIMIT 1))
            FROM unnest($1::int[], $2::bigint[]) w(lane, low)""".formatted(KeySlices.SERIES);

    /** Intake takes the lock of the catalog before it draws a seq, so the sequence is read first. */
    static final String LOOK = """
            WITH drawn AS MATERIALIZED (SELECT last_value FROM owed_seq_seq)
            SELECT drawn.last_value, ARRAY(
                SELECT l.virtualtransaction FROM pg_locks l
                WHERE l.locktype = 'relation' AND l.relation = 'nexus.catalog_lock'::regclass
                  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
                  AND drawn.last_value IS NOT NULL)
            FROM drawn""";

    private final Pool pool;

    public OwedQueue(Store store) {
        this.pool = store.queue();
    }

    @Override
    public Future<List<OwedDelivery>> take(Collection<SliceCursor> cursors) {
        Tuple parameters = Tuple.tuple()
                .addArrayOfInteger(cursors.stream().map(SliceCursor::lane).toArray(Integer[]::new))
                .addArrayOfInteger(cursors.stream().map(SliceCursor::keySlice).toArray(Integer[]::new))
                .addArrayOfLong(cursors.stream().map(SliceCursor::after).toArray(Long[]::new))
                .addArrayOfInteger(cursors.stream().map(SliceCursor::limit).toArray(Integer[]::new))
                .addArrayOfLong(cursors.stream().map(SliceCursor::oldestOpen).toArray(Long[]::new));
        return pool.preparedQuery(TAKE).execute(parameters).map(OwedQueue::deliveries);
    }

    @Override
    public Future<List<OwedDelivery>> takeDue(Collection<DueCursor> cursors, Instant now) {
        Tuple parameters = Tuple.tuple()
                .addArrayOfInteger(cursors.stream().map(DueCursor::lane).toArray(Integer[]::new))
                .addArrayOfOffsetDateTime(cursors.stream()
                        .map(cursor -> Rows.utc(cursor.afterDue()))
                        .toArray(OffsetDateTime[]::new))
                .addArrayOfLong(cursors.stream().map(DueCursor::afterSeq).toArray(Long[]::new))
                .addArrayOfInteger(cursors.stream().map(DueCursor::limit).toArray(Integer[]::new))
                .addOffsetDateTime(Rows.utc(now))
                .addArrayOfLong(cursors.stream().map(DueCursor::oldestOpen).toArray(Long[]::new));
        return pool.preparedQuery(TAKE_DUE).execute(parameters).map(OwedQueue::deliveries);
    }

    @Override
    public Future<Map<Integer, Instant>> nextDue(Collection<Integer> lanes, Instant now) {
        return pool.preparedQuery(NEXT_DUE)
                .execute(Tuple.tuple()
                        .addArrayOfInteger(lanes.toArray(Integer[]::new))
                        .addOffsetDateTime(Rows.utc(now)))
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

    @Override
    public Future<List<KeyQueue>> successors(Collection<KeyCursor> keys) {
        Tuple parameters = Tuple.tuple()
                .addArrayOfInteger(keys.stream().map(KeyCursor::lane).toArray(Integer[]::new))
                .addArrayOfLong(keys.stream().map(KeyCursor::key).toArray(Long[]::new))
                .addArrayOfLong(keys.stream().map(KeyCursor::oldestOpen).toArray(Long[]::new));
        return pool.preparedQuery(SUCCESSORS).execute(parameters).map(rows -> {
            Map<LaneKey, List<OwedDelivery>> runs = new LinkedHashMap<>();
            for (Row row : rows) {
                runs.computeIfAbsent(new LaneKey(row.getInteger(0), row.getLong("of_key")), key -> new ArrayList<>())
                        .add(delivery(row));
            }
            List<KeyQueue> found = new ArrayList<>();
            runs.forEach((key, run) -> found.add(new KeyQueue(key.lane(), key.key(), run)));
            return found;
        });
    }

    @Override
    public Future<Set<Integer>> withMore(Collection<SliceCursor> cursors) {
        Tuple parameters = Tuple.tuple()
                .addArrayOfInteger(cursors.stream().map(SliceCursor::lane).toArray(Integer[]::new))
                .addArrayOfInteger(cursors.stream().map(SliceCursor::keySlice).toArray(Integer[]::new))
                .addArrayOfLong(cursors.stream().map(SliceCursor::after).toArray(Long[]::new));
        return pool.preparedQuery(WITH_MORE).execute(parameters).map(rows -> {
            Set<Integer> lanes = new HashSet<>();
            rows.forEach(row -> lanes.add(row.getInteger(0)));
            return lanes;
        });
    }

    @Override
    public Future<Map<Integer, Long>> smallestOwed(Map<Integer, Long> oldestOpenByLane) {
        Tuple parameters = Tuple.tuple()
                .addArrayOfInteger(oldestOpenByLane.keySet().toArray(Integer[]::new))
                .addArrayOfLong(oldestOpenByLane.values().toArray(Long[]::new));
        return pool.preparedQuery(SMALLEST_OWED).execute(parameters).map(rows -> {
            Map<Integer, Long> smallest = new HashMap<>();
            for (Row row : rows) {
                @Nullable Long seq = row.getLong(1);
                smallest.put(row.getInteger(0), seq == null ? Long.MAX_VALUE : seq);
            }
            return smallest;
        });
    }

    @Override
    public Future<Watermark.Look> look() {
        return pool.preparedQuery(LOOK).execute().map(rows -> {
            Row row = Rows.only(rows);
            return new Watermark.Look(row.getLong(0), Set.of(row.getArrayOfStrings(1)));
        });
    }

    @Override
    public Future<List<OwedDelivery>> renewed(Map<Integer, Long> oldestOpenByLane) {
        return pool.preparedQuery(RENEWED)
                .execute(Tuple.tuple()
                        .addArrayOfInteger(oldestOpenByLane.keySet().toArray(Integer[]::new))
                        .addArrayOfLong(oldestOpenByLane.values().toArray(Long[]::new)))
                .map(OwedQueue::deliveries);
    }

    @Override
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

    @Override
    public Future<List<OwedDelivery>> oldest(int lane, long after, int limit) {
        return pool.preparedQuery(OLDEST).execute(Tuple.of(lane, after, limit)).map(OwedQueue::deliveries);
    }

    @Override
    public Future<List<Integer>> lanesWithWork() {
        return pool.query(LANES_WITH_WORK).execute().map(rows -> {
            List<Integer> lanes = new ArrayList<>();
            rows.forEach(row -> lanes.add(row.getInteger(0)));
            return lanes;
        });
    }

    /** A key within a lane. */
    public record LaneKey(int lane, long key) {
        // written out for the native executable, as in event.EventType
        @Override
        public boolean equals(Object other) {
            return other instanceof LaneKey of && lane == of.lane && key == of.key;
        }

        @Override
        public int hashCode() {
            return 31 * lane + Long.hashCode(key);
        }
    }

    private static List<OwedDelivery> deliveries(RowSet<Row> rows) {
        List<OwedDelivery> deliveries = new ArrayList<>(rows.size());
        rows.forEach(row -> deliveries.add(delivery(row)));
        return deliveries;
    }

    private static OwedDelivery delivery(Row row) {
        return new OwedDelivery(
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
                new Place.OwnRow(row.getString(14)),
                row.getBoolean(15));
    }
}
