package nexus.delivery.state;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import nexus.queue.owed.DeliveryKey;
import nexus.store.IndexedRead;
import nexus.store.Store;

/**
 * Reads deliveries, owed ({@code owed}, {@code owed_run}) and settled ({@code delivery}, {@code delivery_run}) alike, each
 * statement in one snapshot: a delivery that is being settled is in exactly one of them.
 *
 * <p>No list scans without bound. Each place that is looked at (a stripe of a lane, the history) gives at most so many
 * rows, newest first, before they are filtered. Where that bound was met, nothing is known about older rows; the newest
 * such point over all places is the <i>horizon</i>: a page ends there, and the next one starts there.
 */
@Singleton
public class DeliveryRepository {
    /** Rows looked at in one place for one page, when most of them may not match. */
    private static final int SCANNED_ROWS = 2_000;
    /** Seqs over which one page looks for what is owed to all lanes. */
    private static final int WINDOW = 512;
    /** Events looked at for one page of a type. */
    private static final int SCANNED_EVENTS = 500;
    /** Deliveries looked up by their keys for one page. */
    private static final int LOOK_UPS = 1_000;

    private static final OffsetDateTime BEGINNING = OffsetDateTime.parse("0001-01-01T00:00:00Z");
    /** After every time that an event can have. */
    private static final OffsetDateTime END = OffsetDateTime.parse("+10000-01-01T00:00:00Z");

    /** A row {@code o} of {@code owed}, {@code owed_of_run} or {@code owed_delivery}, in a lane of {@code subscription s}. */
    private static final String OWED_COLUMNS = """
            o.seq, o.lane, o.stripe, o.event_day AS day, o.event_id,
            CASE WHEN s.deleted_at IS NOT NULL THEN 'DEAD' WHEN o.due IS NULL THEN 'PENDING' ELSE 'FAILED' END AS status,
            CASE WHEN s.deleted_at IS NOT NULL THEN 'subscription-deleted' END AS dead_reason,
            o.due, o.attempts, o.created_at, greatest(o.created_at, o.renewed_at, s.deleted_at) AS changed_at,
            NULL::timestamptz AS attempted_at, NULL::smallint AS status_code, NULL::text AS error
            """;

    /** A row {@code d} of {@code delivery}, {@code delivery_of_run} or {@code settled_delivery}. */
    private static final String SETTLED_COLUMNS = """
            d.seq, d.lane, d.stripe, d.day, d.event_id, d.status, d.dead_reason,
            NULL::timestamptz AS due, d.attempts, d.created_at, d.settled_at AS changed_at,
            d.attempted_at, d.status_code, d.error
            """;

    /** What becomes of {@code page}: the last attempt of those that have not got it in their row. */
    private static final String PAGE_ROWS = """
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
                   SELECT CASE WHEN count(*) >= least($2::bigint, 256) / 32 + 8 THEN min(last_seq) END AS seq
                   FROM (SELECT d.last_seq FROM delivery_run d
                         WHERE %4$s AND d.last_seq < $1 AND 'SENT' = ANY($3::text[])
                           AND d.day BETWEEN ($4::timestamptz AT TIME ZONE 'UTC')::date
                                         AND ($5::timestamptz AT TIME ZONE 'UTC')::date
                         ORDER BY d.last_seq DESC LIMIT least($2::bigint, 256) / 32 + 8) newest),
               in_run AS MATERIALIZED (
                   SELECT %2$s
                   FROM delivery_of_run d
                   WHERE %4$s AND d.last_seq >= coalesce((SELECT seq FROM run_floor), 0)
                     AND d.last_seq <= least($1, 9223372036854771712) + 4095 AND d.first_seq < $1
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
               """.formatted(owed, SETTLED_COLUMNS, settled, runs) + PAGE_ROWS + "ORDER BY p.seq DESC";
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
                FROM sought s CROSS JOIN generate_series(0, 7) stripes(n)
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
            """.formatted(WINDOW, OWED_COLUMNS).strip();

    /** Of one lane ($7), the newest of each stripe and of the runs. */
    private static final String OWED_OF_SUBSCRIPTION = """
            owed_place AS MATERIALIZED (
                SELECT stripes.n AS place, %1$s
                FROM subscription s CROSS JOIN generate_series(0, 7) stripes(n)
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
            OWED_COLUMNS,
            "seq, lane, stripe, day, event_id, status, dead_reason, due, attempts, created_at, changed_at,"
                    + " attempted_at, status_code, error").strip();

    private static final String LIST_ALL = listBySeq(OWED_OF_ALL, "true", "true");

    private static final String LIST_DEAD = listBySeq(OWED_OF_ALL, "d.status = 'DEAD'", "false");

    private static final String OF_SUBSCRIPTION = "d.lane = (SELECT lane FROM subscription WHERE id = $7::uuid)";

    private static final String LIST_OF_SUBSCRIPTION =
            listBySeq(OWED_OF_SUBSCRIPTION, OF_SUBSCRIPTION, OF_SUBSCRIPTION);

    /**
     * Parameters of the lists by event: $1 and $2 end of the last page, $3 statuses, $4 since, $5 until, $6 rows of a
     * page, $7 subscription or null, $8 type or event. An event names its deliveries, so each is a look-up by key.
     */
    private static String listByEvent(String walk, String events, String horizon) {
        return """
               WITH %1$ssought AS MATERIALIZED (SELECT lane FROM subscription WHERE id = $7::uuid),
               looked_at AS MATERIALIZED (
                   SELECT e.seq, e.id, e.day, e.lanes, e.seqs FROM event e WHERE %2$s),
               few AS MATERIALIZED (
                   SELECT * FROM (
                       SELECT e.*, sum(CASE WHEN $7::uuid IS NULL THEN cardinality(lanes) ELSE 1 END)
                                       OVER (ORDER BY seq DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
                       FROM looked_at e) e
                   WHERE before IS NULL OR before < %6$d),
               pair AS MATERIALIZED (
                   SELECT e.seq AS event_seq, e.day, s.lane, s.deleted_at, p.seq
                   FROM few e CROSS JOIN LATERAL (
                       SELECT * FROM unnest(e.lanes, e.seqs) every(lane, seq) WHERE $7::uuid IS NULL
                       UNION ALL
                       SELECT s.lane, e.seqs[array_position(e.lanes, s.lane)] FROM sought s WHERE s.lane = ANY (e.lanes)) p
                   JOIN subscription s ON s.lane = p.lane
                   WHERE (e.seq, p.seq) < ($1::bigint, $2::bigint)
                   ORDER BY e.seq DESC, p.seq DESC LIMIT %6$d),
               found AS (
                   SELECT s.event_seq, %3$s
                   FROM pair s CROSS JOIN LATERAL %7$s o
                   UNION ALL
                   SELECT s.event_seq, %4$s
                   FROM pair s CROSS JOIN LATERAL settled_delivery(s.day, s.lane, s.seq) d),
               last_pair AS (SELECT event_seq, seq FROM pair ORDER BY event_seq, seq LIMIT 1),
               horizon AS (
                   SELECT CASE WHEN pairs.cut THEN (SELECT event_seq FROM last_pair) ELSE events.horizon_event_seq END
                              AS horizon_event_seq,
                          CASE WHEN pairs.cut THEN (SELECT seq FROM last_pair) ELSE 0 END AS horizon_seq
                   FROM (SELECT count(*) >= %6$d AND bool_or(day >= ($4::timestamptz AT TIME ZONE 'UTC')::date) AS cut
                         FROM pair) pairs, (%5$s) events),
               page AS (
                   SELECT * FROM found
                   WHERE status = ANY($3::text[]) AND created_at >= $4::timestamptz AND created_at < $5::timestamptz
                   ORDER BY event_seq DESC, seq DESC LIMIT $6)
               """.formatted(
                                walk,
                                events,
                                OWED_COLUMNS,
                                SETTLED_COLUMNS,
                                horizon,
                                LOOK_UPS,
                                OwedLookUp.of("s.lane", "s.seq"))
                + PAGE_ROWS + "ORDER BY p.event_seq DESC, p.seq DESC";
    }

    private static final String LIST_OF_TYPE = listByEvent(
            EventsOfType.walk("$1::bigint"),
            EventsOfType.matching("$8::text") + " AND e.seq <= $1::bigint ORDER BY e.seq DESC LIMIT $9",
            """
            SELECT CASE WHEN count(*) < $9 AND count(*) = (SELECT count(*) FROM looked_at) THEN %s
                        WHEN bool_or(day >= ($4::timestamptz AT TIME ZONE 'UTC')::date) THEN min(seq)
                        END AS horizon_event_seq
            FROM few""".formatted(EventsOfType.horizon("older.day >= ($4::timestamptz AT TIME ZONE 'UTC')::date")));

    private static final String LIST_OF_EVENT = listByEvent(
            "",
            "e.id = $8::uuid AND ($9::text IS NULL OR e.type = $9::text)",
            "SELECT NULL::bigint AS horizon_event_seq");

    /** $1 day, $2 lane, $3 stripe, $4 seq, $5 epoch. */
    private static final String FIND =
            """
            WITH horizon AS (SELECT NULL::bigint AS horizon_event_seq, NULL::bigint AS horizon_seq),
            page AS (
                SELECT 0::bigint AS event_seq, %1$s
                FROM %3$s o JOIN subscription s ON s.lane = o.lane
                WHERE o.stripe = $3 AND o.event_day = $1
                  AND EXISTS (SELECT FROM store WHERE epoch = $5)
                UNION ALL
                SELECT 0::bigint, %2$s
                FROM settled_delivery($1, $2, $4) d
                WHERE d.stripe = $3 AND EXISTS (SELECT FROM store WHERE epoch = $5))
            """.formatted(OWED_COLUMNS, SETTLED_COLUMNS, OwedLookUp.of("$2::int", "$4::bigint")) + PAGE_ROWS;

    private final Store store;

    public DeliveryRepository(Store store) {
        this.store = store;
    }

    /**
     * One page, newest first.
     *
     * @param before the end of the page before, or {@link DeliveryPosition#NEWEST}
     */
    public Future<DeliveryPage> list(DeliveryFilter filter, DeliveryPosition before, int limit) {
        return reading(filter, before, limit).on(store.api()).map(rows -> pageOf(rows, limit));
    }

    public static IndexedRead reading(DeliveryFilter filter, DeliveryPosition before, int limit) {
        String[] statuses = filter.status()
                .map(status -> new String[] {status.name()})
                .orElseGet(() -> Arrays.stream(DeliveryStatus.values())
                        .map(DeliveryStatus::name)
                        .toArray(String[]::new));
        OffsetDateTime since = filter.since().map(DeliveryRepository::utc).orElse(BEGINNING);
        OffsetDateTime until = filter.until().map(DeliveryRepository::utc).orElse(END);
        if (filter.eventId().isPresent() || filter.type().isPresent()) {
            Tuple common = Tuple.of(before.eventSeq(), before.seq(), statuses, since, until, limit + 1)
                    .addValue(filter.subscriptionId().orElse(null));
            return filter.eventId()
                    .map(id -> new IndexedRead(
                            LIST_OF_EVENT,
                            common.addValue(id).addValue(filter.type().orElse(null))))
                    .orElseGet(() -> new IndexedRead(
                            LIST_OF_TYPE,
                            common.addValue(filter.type().orElseThrow()).addValue(SCANNED_EVENTS)));
        }
        boolean matchesMost = filter.status().isEmpty() && filter.until().isEmpty();
        int scanned = matchesMost ? limit + 1 : Math.max(limit + 1, SCANNED_ROWS);
        Tuple parameters = Tuple.of(before.seq(), scanned, statuses, since, until, limit + 1);
        if (filter.subscriptionId().isPresent()) {
            return new IndexedRead(
                    LIST_OF_SUBSCRIPTION,
                    parameters.addValue(filter.subscriptionId().get()));
        }
        boolean onlyDead = filter.status().equals(Optional.of(DeliveryStatus.DEAD));
        return new IndexedRead(onlyDead ? LIST_DEAD : LIST_ALL, parameters);
    }

    /** Empty when there is none, or no more. */
    public Future<Optional<Delivery>> find(DeliveryId id) {
        DeliveryKey key = id.key();
        return new IndexedRead(FIND, Tuple.of(key.day(), key.lane(), key.stripe(), key.seq(), id.epoch()))
                .on(store.api())
                .map(rows -> deliveries(rows).stream().findFirst());
    }

    private static DeliveryPage pageOf(RowSet<Row> rows, int limit) {
        List<Delivery> found = deliveries(rows);
        if (found.size() <= limit) {
            Row any = rows.iterator().next();
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

    private static List<Delivery> deliveries(RowSet<Row> rows) {
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
        Instant createdAt = instant(row, "created_at").orElseThrow();
        Optional<Instant> due = instant(row, "due");
        boolean inRow = row.getOffsetDateTime("attempted_at") != null;
        Optional<Instant> attemptedAt = instant(row, inRow ? "attempted_at" : "log_attempted_at");
        Optional<Instant> changedAt = instant(row, "changed_at");
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

    private static Optional<Instant> instant(Row row, String column) {
        return Optional.ofNullable(row.getOffsetDateTime(column)).map(OffsetDateTime::toInstant);
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
