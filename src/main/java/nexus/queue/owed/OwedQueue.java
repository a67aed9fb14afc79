package nexus.queue.owed;

import static nexus.store.NamedSql.array;
import static nexus.store.NamedSql.parameter;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
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
import java.util.Set;
import java.util.UUID;
import nexus.event.EventType;
import nexus.store.NamedSql;
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
            o.job, o.tid::text AS place,
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
    private static final String HELD = """
            WITH held AS MATERIALIZED (
                SELECT lane, min(seq) AS lowest, array_agg(key ORDER BY key) FILTER (WHERE key IS NOT NULL) AS keys,
                       array_agg(seq ORDER BY key) FILTER (WHERE key IS NOT NULL) AS seqs
                FROM (SELECT r.lane, r.key, min(r.seq) AS seq
                      FROM (SELECT lane, min(low) AS low FROM unnest(:lanes::int[], :oldest_open::bigint[]) w(lane, low)
                            GROUP BY lane) w
                      CROSS JOIN LATERAL (
                          SELECT lane, key, seq FROM owed_of_run WHERE lane = w.lane AND first_seq >= w.low
                          OFFSET 0) r
                      GROUP BY r.lane, r.key) first_of_key
                GROUP BY lane)
            """;

    private static final String BEHIND_RUN = """
            coalesce((
                SELECT h.keys[width_bucket(o.key, h.keys)] = o.key AND h.seqs[width_bucket(o.key, h.keys)] < o.seq
                    OR h.keys[width_bucket(o.other_key, h.keys)] = o.other_key
                       AND h.seqs[width_bucket(o.other_key, h.keys)] < o.seq
                    OR o.barrier AND h.lowest < o.seq
                FROM held h WHERE h.lane = o.lane), false)
            """;

    /**
     * Whether nothing but earlier rows of its own key in {@code owed} precedes it. A lane reads those before it, because they
     * are in the same key slice.
     */
    private static final String FOLLOWS = """
            CASE WHEN w.batched AND o.key IS NOT NULL AND o.other_key IS NULL AND NOT o.barrier THEN NOT (
                EXISTS (SELECT FROM owed e
                        WHERE e.lane = o.lane AND e.other_key = o.key AND e.seq < o.seq AND e.seq >= w.low)
                OR %s OR %s) ELSE false END AS follows
            """.formatted(BEHIND_BARRIER, BEHIND_RUN);

    private static final String BEHIND = BEHIND_KEY + " OR " + BEHIND_BARRIER + " OR " + BEHIND_RUN;

    static final NamedSql.From<Collection<SliceCursor>> TAKE = NamedSql.from(
            HELD + "SELECT " + ROW + BEHIND + " AS behind, " + FOLLOWS + """
            FROM unnest(:lanes::int[], :key_slices::int[], :after_seqs::bigint[], :limits::int[], :oldest_open::bigint[],
                        :batched::boolean[])
                 w(lane, stripe, after, room, low, batched)
            CROSS JOIN LATERAL (
                SELECT *, ctid AS tid FROM owed o
                WHERE o.lane = w.lane AND o.stripe = w.stripe AND o.due IS NULL AND o.seq > w.after
                ORDER BY o.seq LIMIT w.room) o
            ORDER BY o.seq""",
            parameter("lanes", cursors -> array(cursors, Integer[]::new, SliceCursor::lane)),
            parameter("key_slices", cursors -> array(cursors, Integer[]::new, SliceCursor::keySlice)),
            parameter("after_seqs", cursors -> array(cursors, Long[]::new, SliceCursor::after)),
            parameter("limits", cursors -> array(cursors, Integer[]::new, SliceCursor::limit)),
            parameter("oldest_open", cursors -> array(cursors, Long[]::new, SliceCursor::oldestOpen)),
            parameter("batched", cursors -> array(cursors, Boolean[]::new, SliceCursor::isBatched)));

    /** Rows with the same due time are read together, because they are a batch. */
    static final NamedSql.From<DueRead> TAKE_DUE = NamedSql.from(
            HELD + "SELECT * FROM (SELECT " + ROW + BEHIND + """
            AS behind
            FROM unnest(:lanes::int[], :after_dues::timestamptz[], :after_seqs::bigint[], :limits::int[],
                        :oldest_open::bigint[])
                 w(lane, after_due, after_seq, room, low)
            CROSS JOIN LATERAL (
                SELECT *, ctid AS tid FROM owed o
                WHERE o.lane = w.lane AND o.due <= :now AND (o.due, o.seq) > (w.after_due, w.after_seq)
                ORDER BY o.due FETCH FIRST (w.room) ROWS WITH TIES) o
            ) taken ORDER BY due, seq""",
            parameter("lanes", read -> array(read.cursors(), Integer[]::new, DueCursor::lane)),
            parameter(
                    "after_dues",
                    read -> array(read.cursors(), OffsetDateTime[]::new, cursor -> Rows.utc(cursor.afterDue()))),
            parameter("after_seqs", read -> array(read.cursors(), Long[]::new, DueCursor::afterSeq)),
            parameter("limits", read -> array(read.cursors(), Integer[]::new, DueCursor::limit)),
            parameter("now", read -> Rows.utc(read.now())),
            parameter("oldest_open", read -> array(read.cursors(), Long[]::new, DueCursor::oldestOpen)));

    private record DueRead(Collection<DueCursor> cursors, Instant now) {}

    static final NamedSql NEXT_DUE = NamedSql.of("""
            SELECT c.lane, (SELECT min(o.due) FROM owed o WHERE o.lane = c.lane AND o.due > :now) AS due
            FROM unnest(:lanes::int[]) c(lane)""", "lanes", "now");

    /** Rows after the first of a key are held by that one; the query returns whether anything else holds them. */
    static final NamedSql.From<Collection<KeyCursor>> SUCCESSORS = NamedSql.from(
            HELD + "SELECT " + ROW + "CASE WHEN o.place = 1 THEN " + BEHIND
                    + " ELSE o.other_key IS NOT NULL OR o.barrier OR " + BEHIND_BARRIER + " OR " + BEHIND_RUN
                    + """
            END AS behind, w.key AS of_key
            FROM unnest(:lanes::int[], :keys::bigint[], :limits::int[], :oldest_open::bigint[]) w(lane, key, room, low)
            CROSS JOIN LATERAL (
                SELECT *, row_number() OVER (ORDER BY seq) AS place FROM (
                    SELECT * FROM (
                        (SELECT *, ctid AS tid FROM owed o WHERE o.lane = w.lane AND o.key = w.key AND o.seq >= w.low
                         ORDER BY o.seq LIMIT w.room)
                        UNION ALL
                        (SELECT *, ctid AS tid FROM owed o WHERE o.lane = w.lane AND o.other_key = w.key AND o.seq >= w.low
                         ORDER BY o.seq LIMIT w.room)) both_keys
                    ORDER BY seq LIMIT w.room) first_rows) o
            ORDER BY o.lane, w.key, o.seq""",
            parameter("lanes", keys -> array(keys, Integer[]::new, KeyCursor::lane)),
            parameter("keys", keys -> array(keys, Long[]::new, KeyCursor::key)),
            parameter("limits", keys -> array(keys, Integer[]::new, KeyCursor::limit)),
            parameter("oldest_open", keys -> array(keys, Long[]::new, KeyCursor::oldestOpen)));

    /** Reads a few of each lane, because the first may have to wait for others of its key. */
    static final NamedSql RENEWED = NamedSql.of(HELD + "SELECT " + ROW + BEHIND + """
            AS behind
            FROM unnest(:lanes::int[], :oldest_open::bigint[]) w(lane, low)
            CROSS JOIN LATERAL (
                SELECT *, ctid AS tid FROM owed o
                WHERE o.lane = w.lane AND o.renewed_at IS NOT NULL AND o.due IS NULL AND o.job IS NULL
                ORDER BY o.seq LIMIT 10) o
            ORDER BY o.seq""", "lanes", "oldest_open");

    static final NamedSql BODIES = NamedSql.of("""
            SELECT e.id, e.type, e.body
            FROM unnest(:days::date[], :ids::uuid[]) w(day, id)
            CROSS JOIN LATERAL (
                SELECT id, type, body FROM event e WHERE e.id = w.id AND e.day = w.day LIMIT 1) e""", "days", "ids");

    static final NamedSql OLDEST =
            NamedSql.of("SELECT " + ROW + """
            false AS behind
            FROM %s s
            CROSS JOIN LATERAL (
                SELECT *, ctid AS tid FROM owed o
                WHERE o.lane = :lane AND o.stripe = s AND o.seq > :after_seq ORDER BY o.seq LIMIT :limit) o
            ORDER BY o.seq LIMIT :limit""".formatted(KeySlices.SERIES), "lane", "after_seq", "limit");

    static final String LANES_WITH_WORK = """
            WITH RECURSIVE lanes(lane) AS (
                (SELECT lane FROM owed ORDER BY lane LIMIT 1)
                UNION ALL
                SELECT (SELECT o.lane FROM owed o WHERE o.lane > lanes.lane ORDER BY o.lane LIMIT 1)
                FROM lanes WHERE lanes.lane IS NOT NULL)
            SELECT lane FROM lanes WHERE lane IS NOT NULL
            UNION
            SELECT lane FROM owed_run""";

    static final NamedSql.From<Collection<SliceCursor>> WITH_MORE = NamedSql.from(
            """
            SELECT DISTINCT w.lane
            FROM unnest(:lanes::int[], :key_slices::int[], :after_seqs::bigint[]) w(lane, stripe, after)
            CROSS JOIN LATERAL (
                SELECT FROM owed o
                WHERE o.lane = w.lane AND o.stripe = w.stripe AND o.due IS NULL AND o.seq > w.after
                ORDER BY o.seq LIMIT 1) o""",
            parameter("lanes", cursors -> array(cursors, Integer[]::new, SliceCursor::lane)),
            parameter("key_slices", cursors -> array(cursors, Integer[]::new, SliceCursor::keySlice)),
            parameter("after_seqs", cursors -> array(cursors, Long[]::new, SliceCursor::after)));

    static final NamedSql SMALLEST_OWED = NamedSql.of("""
            SELECT w.lane, least(
                (SELECT min(o.seq) FROM %s s
                 CROSS JOIN LATERAL (
                     SELECT o.seq FROM owed o WHERE o.lane = w.lane AND o.stripe = s AND o.seq >= w.low
                     ORDER BY o.seq LIMIT 1) o),
                (SELECT r.first_seq FROM owed_run r WHERE r.lane = w.lane AND r.first_seq >= w.low
                 ORDER BY r.first_seq LIMIT 1)) AS smallest_seq
            FROM unnest(:lanes::int[], :oldest_open::bigint[]) w(lane, low)""".formatted(KeySlices.SERIES), "lanes", "oldest_open");

    /** Intake takes the lock of the catalog before it draws a seq, so the sequence is read first. */
    private static final String LOOK = """
            WITH drawn AS MATERIALIZED (SELECT last_value FROM owed_seq_seq)
            SELECT drawn.last_value AS drawn, ARRAY(
                SELECT l.virtualtransaction FROM pg_locks l
                WHERE l.locktype = 'relation' AND l.relation = 'nexus.catalog_lock'::regclass
                  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
                  AND drawn.last_value IS NOT NULL) AS writers
            FROM drawn""";

    private final Pool pool;

    public OwedQueue(Store store) {
        this.pool = store.queue();
    }

    @Override
    public Future<List<OwedDelivery>> take(Collection<SliceCursor> cursors) {
        return TAKE.on(pool, cursors).map(OwedColumns::deliveries);
    }

    @Override
    public Future<List<OwedDelivery>> takeDue(Collection<DueCursor> cursors, Instant now) {
        return TAKE_DUE.on(pool, new DueRead(cursors, now)).map(OwedColumns::deliveries);
    }

    @Override
    public Future<Map<Integer, Instant>> nextDue(Collection<Integer> lanes, Instant now) {
        return NEXT_DUE.on(pool, lanes.toArray(Integer[]::new), Rows.utc(now)).map(rows -> {
            Map<Integer, Instant> next = new HashMap<>();
            for (Row row : rows) {
                Rows.time(row, "due").ifPresent(due -> next.put(row.getInteger("lane"), due));
            }
            return next;
        });
    }

    @Override
    public Future<List<KeyQueue>> successors(Collection<KeyCursor> keys) {
        return SUCCESSORS.on(pool, keys).map(rows -> {
            OwedColumns columns = new OwedColumns(rows);
            int ofKey = Rows.column(rows, "of_key");
            Map<LaneKey, List<OwedDelivery>> byKey = new LinkedHashMap<>();
            for (Row row : rows) {
                OwedDelivery delivery = columns.delivery(row);
                byKey.computeIfAbsent(new LaneKey(delivery.lane(), row.getLong(ofKey)), key -> new ArrayList<>())
                        .add(delivery);
            }
            List<KeyQueue> found = new ArrayList<>();
            byKey.forEach((key, deliveries) -> found.add(new KeyQueue(key.lane(), key.key(), deliveries)));
            return found;
        });
    }

    @Override
    public Future<Set<Integer>> withMore(Collection<SliceCursor> cursors) {
        return WITH_MORE.on(pool, cursors).map(rows -> new HashSet<>(lanes(rows)));
    }

    @Override
    public Future<Map<Integer, Long>> smallestOwed(Map<Integer, Long> oldestOpenByLane) {
        return onLanes(SMALLEST_OWED, oldestOpenByLane).map(rows -> {
            Map<Integer, Long> smallest = new HashMap<>();
            for (Row row : rows) {
                @Nullable Long seq = row.getLong("smallest_seq");
                smallest.put(row.getInteger("lane"), seq == null ? Long.MAX_VALUE : seq);
            }
            return smallest;
        });
    }

    @Override
    public Future<Watermark.Look> look() {
        return pool.preparedQuery(LOOK).execute().map(rows -> {
            Row row = Rows.only(rows);
            return new Watermark.Look(row.getLong("drawn"), Set.of(row.getArrayOfStrings("writers")));
        });
    }

    @Override
    public Future<List<OwedDelivery>> renewed(Map<Integer, Long> oldestOpenByLane) {
        return onLanes(RENEWED, oldestOpenByLane).map(OwedColumns::deliveries);
    }

    @Override
    public Future<Map<UUID, OwedBody>> bodies(Collection<OwedDelivery> deliveries) {
        return BODIES.on(
                        pool,
                        array(deliveries, LocalDate[]::new, OwedDelivery::eventDay),
                        array(deliveries, UUID[]::new, OwedDelivery::eventId))
                .map(OwedQueue::bodies);
    }

    @Override
    public Future<List<OwedDelivery>> oldest(int lane, long after, int limit) {
        return OLDEST.on(pool, lane, after, limit).map(OwedColumns::deliveries);
    }

    @Override
    public Future<List<Integer>> lanesWithWork() {
        return pool.query(LANES_WITH_WORK).execute().map(OwedQueue::lanes);
    }

    /** Runs a statement that reads each lane from its oldest open position. */
    private Future<RowSet<Row>> onLanes(NamedSql statement, Map<Integer, Long> oldestOpenByLane) {
        return statement.on(
                pool,
                oldestOpenByLane.keySet().toArray(Integer[]::new),
                oldestOpenByLane.values().toArray(Long[]::new));
    }

    private static List<Integer> lanes(RowSet<Row> rows) {
        return Rows.all(rows, row -> row.getInteger("lane"));
    }

    private static Map<UUID, OwedBody> bodies(RowSet<Row> rows) {
        int id = Rows.column(rows, "id");
        int type = Rows.column(rows, "type");
        int body = Rows.column(rows, "body");
        Map<UUID, OwedBody> bodies = new HashMap<>();
        for (Row row : rows) {
            bodies.put(row.getUUID(id), new OwedBody(new EventType(row.getString(type)), row.getBuffer(body)));
        }
        return bodies;
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
}
