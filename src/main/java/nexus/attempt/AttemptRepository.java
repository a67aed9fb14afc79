package nexus.attempt;

import static nexus.store.NamedSql.parameter;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import nexus.event.EventBody;
import nexus.queue.lookup.OwedLookUp;
import nexus.queue.owed.DeliveryKey;
import nexus.queue.settle.HistoryRows;
import nexus.store.IndexedRead;
import nexus.store.NamedSql;
import nexus.store.Rows;
import nexus.store.Store;
import org.jspecify.annotations.Nullable;

/** Reads attempts: those in {@code attempt}, and the last attempt of a settled delivery from the row of the delivery. */
@Singleton
public class AttemptRepository {
    /** Rows read in one place for one page of the log, when most of them may not match. */
    private static final int SCANNED_ROWS = 500;
    /** Listeners whose attempts are read for one page of the log: those with the newest attempts. */
    private static final int LISTENERS = 64;

    /** The number of days that are read first. By default no delivery is tried for longer. */
    private static final int RECENT_DAYS = 5;

    private static final LocalDate BEGINNING = LocalDate.of(1, 1, 1);

    /** Packed rows to read, so that their attempts are enough for a page, and a few more for those that do not match. */
    private static final String PACKED_ROWS = "least(l.n, 256) / " + HistoryRows.SHORTEST + " + 2";

    /** The greatest size of all payloads of a page together; a single payload may have 16 MiB. */
    private static final int PAGE_BYTES = 16 * 1024 * 1024;

    private static final NamedSql OF_DELIVERIES = NamedSql.of("""
            SELECT w.seq, a.*
            FROM unnest(:days::date[], :lanes::int[], :seqs::bigint[]) w(day, lane, seq)
            CROSS JOIN LATERAL (
                SELECT attempt, attempted_at, duration_ms, status_code, error, left(response, :characters) AS response,
                       next_run_at, batch
                FROM attempt WHERE day = w.day AND seq = w.seq
                UNION ALL
                SELECT attempts, attempted_at, duration_ms, status_code, error, left(response, :characters), NULL, batch
                FROM settled_delivery(w.day, w.lane, w.seq) WHERE attempted_at IS NOT NULL) a
            ORDER BY w.seq, a.attempt""", "days", "lanes", "seqs", "characters");

    /** The page that is requested, and the first day whose partitions are read. */
    private record Requested(LogFilter filter, LogPosition before, int limit, LocalDate firstDay) {
        private int scanned() {
            return filter.successful().isEmpty() ? limit + 1 : Math.max(limit + 1, SCANNED_ROWS);
        }
    }

    /**
     * {@code :before}, {@code :before_seq} and {@code :before_attempt} are the end of the page before. {@code :scanned}
     * limits the rows that are read in each place, {@code :bytes} the payloads of a page. A null {@code :listener} stands for
     * all listeners, a null {@code :successful} for both results. The attempts of a listener in each table are read by
     * index, the newest first. Only a fixed number of listeners is read, those with the newest attempts, and the later in
     * that order the fewer of their attempts: a listener whose newest attempt is the nth newest has n - 1 attempts of others
     * before it. The edge is the newest attempt of the listeners that are not read. The horizon is the newest of the edge and
     * of the points at which a place had more rows than its limit: a page ends there.
     *
     * <p>Two sets of packed rows of a listener are read: the newest of those that end before {@code :before}, and all that
     * end after it and begin before it. When the first set has as many rows as its limit, the packed rows that are not read
     * end before the lowest end in the set, the floor.
     *
     * <p>{@code :first_day} and {@code :last_day} limit the partitions that are read. No attempt is made on a day before its
     * event's, so the last day excludes nothing. Attempts of days before the first are known to be older than the third
     * day after it, except for the late ones, which have indexes of their own: the horizon is at that day, or at the newest
     * late attempt, if there are events of earlier days. A delivery that has a row in {@code attempt} is never in a packed
     * row.
     */
    private static final NamedSql.From<Requested> LOG = NamedSql.from(
            """
            WITH newest AS MATERIALIZED (
                SELECT l.lane, l.id, l.at, row_number() OVER (ORDER BY l.at DESC) AS rank
                FROM (SELECT s.lane, s.id, greatest(
                          (SELECT attempted_at FROM attempt
                           WHERE lane = s.lane AND attempted_at <= :before::timestamptz
                             AND day BETWEEN :first_day::date AND :last_day::date
                           ORDER BY attempted_at DESC LIMIT 1),
                          (SELECT attempted_at FROM delivery
                           WHERE lane = s.lane AND attempted_at <= :before::timestamptz
                             AND day BETWEEN :first_day::date AND :last_day::date
                           ORDER BY attempted_at DESC LIMIT 1),
                          (SELECT least(last_attempted_at, :before::timestamptz) FROM delivery_run
                           WHERE lane = s.lane AND last_attempted_at <= :before::timestamptz + interval '1 minute'
                             AND first_attempted_at <= :before::timestamptz
                             AND :successful::boolean IS DISTINCT FROM false
                             AND day BETWEEN :first_day::date AND :last_day::date
                           ORDER BY last_attempted_at DESC LIMIT 1)) AS at
                      FROM subscription s
                      WHERE s.kind = 'listener' AND (:listener::uuid IS NULL OR s.id = :listener::uuid) OFFSET 0) l
                WHERE l.at IS NOT NULL),
            edge AS MATERIALIZED (
                SELECT coalesce(max(at), '-infinity') AS attempted_at FROM newest
                WHERE rank > %1$d AND at < :before::timestamptz),
            listener AS MATERIALIZED (
                SELECT lane, id, least(:scanned::bigint, greatest(32, 2 * :scanned::bigint / rank)) AS n FROM newest
                WHERE rank <= %1$d OR at >= :before::timestamptz),
            run_floor AS MATERIALIZED (
                SELECT l.lane, l.id, runs.attempted_at
                FROM listener l CROSS JOIN LATERAL (
                    SELECT CASE WHEN count(*) >= %2$s THEN min(last_attempted_at) ELSE '-infinity' END AS attempted_at
                    FROM (SELECT last_attempted_at FROM delivery_run
                          WHERE lane = l.lane AND last_attempted_at < :before::timestamptz
                            AND :successful::boolean IS DISTINCT FROM false
                            AND last_attempted_at > (SELECT attempted_at FROM edge)
                            AND day BETWEEN :first_day::date AND :last_day::date
                          ORDER BY last_attempted_at DESC LIMIT %2$s) newest) runs),
            scanned AS MATERIALIZED (
                SELECT l.lane * 2 AS place, l.id AS listener_id, l.n AS most, a.*
                FROM listener l CROSS JOIN LATERAL (
                    SELECT day, lane, seq, attempt, attempted_at, status_code, error, response,
                           NULL::uuid AS event_id
                    FROM attempt
                    WHERE lane = l.lane AND attempted_at <= :before::timestamptz
                      AND attempted_at > (SELECT attempted_at FROM edge)
                      AND day BETWEEN :first_day::date AND :last_day::date
                      AND (attempted_at, seq, attempt)
                          < (:before::timestamptz, :before_seq::bigint, :before_attempt::smallint)
                    ORDER BY attempted_at DESC, seq DESC, attempt DESC LIMIT l.n) a
                UNION ALL
                SELECT l.lane * 2 + 1, l.id, l.n, d.*
                FROM listener l CROSS JOIN LATERAL (
                    SELECT day, lane, seq, attempts AS attempt, attempted_at, status_code, error, response, event_id
                    FROM delivery
                    WHERE lane = l.lane AND attempted_at <= :before::timestamptz
                      AND attempted_at > (SELECT attempted_at FROM edge)
                      AND day BETWEEN :first_day::date AND :last_day::date
                      AND (attempted_at, seq, attempts)
                          < (:before::timestamptz, :before_seq::bigint, :before_attempt::smallint)
                    ORDER BY attempted_at DESC, seq DESC, attempts DESC LIMIT l.n) d),
            in_run AS MATERIALIZED (
                SELECT -1 AS place, f.id AS listener_id, 0::bigint AS most, d.*
                FROM run_floor f CROSS JOIN LATERAL (
                    SELECT day, lane, seq, attempts AS attempt, attempted_at, status_code, error, response, event_id
                    FROM delivery_of_run
                    WHERE lane = f.lane AND last_attempted_at >= f.attempted_at AND attempted_at > f.attempted_at
                      AND last_attempted_at > (SELECT attempted_at FROM edge)
                      AND last_attempted_at <= :before::timestamptz + interval '1 minute'
                      AND first_attempted_at <= :before::timestamptz
                      AND day BETWEEN :first_day::date AND :last_day::date
                      AND (attempted_at, seq, attempts)
                          < (:before::timestamptz, :before_seq::bigint, :before_attempt::smallint)
                      AND :successful::boolean IS DISTINCT FROM false OFFSET 0) d),
            late AS MATERIALIZED (
                SELECT (:first_day::date + 3)::timestamp AT TIME ZONE 'UTC' AS days_end, coalesce(greatest(
                    (SELECT attempted_at FROM attempt
                     WHERE day < :first_day::date AND attempted_at >= (day + 4)::timestamp AT TIME ZONE 'UTC'
                       AND attempted_at <= :before::timestamptz
                     ORDER BY attempted_at DESC LIMIT 1),
                    (SELECT attempted_at FROM delivery
                     WHERE day < :first_day::date AND attempted_at >= (day + 4)::timestamp AT TIME ZONE 'UTC'
                       AND attempted_at <= :before::timestamptz
                     ORDER BY attempted_at DESC LIMIT 1),
                    (SELECT least(last_attempted_at, :before::timestamptz) FROM delivery_run
                     WHERE day < :first_day::date AND last_attempted_at >= (day + 4)::timestamp AT TIME ZONE 'UTC'
                       AND last_attempted_at <= :before::timestamptz + interval '1 minute'
                     ORDER BY last_attempted_at DESC LIMIT 1)), '-infinity') AS attempted_at),
            horizon AS (
                SELECT attempted_at, seq, attempt, NULL::boolean AS is_late
                FROM (SELECT *, row_number() OVER (
                                    PARTITION BY place ORDER BY attempted_at DESC, seq DESC, attempt DESC) AS n
                      FROM scanned) numbered
                WHERE numbered.n = numbered.most
                UNION ALL
                SELECT attempted_at, 9223372036854775807, 32767, NULL FROM run_floor WHERE attempted_at > '-infinity'
                UNION ALL
                SELECT attempted_at, 9223372036854775807, 32767, NULL FROM edge WHERE attempted_at > '-infinity'
                UNION ALL
                SELECT greatest(attempted_at, days_end), 9223372036854775807, 32767, attempted_at >= days_end
                FROM late WHERE EXISTS (SELECT FROM event WHERE day < :first_day::date)
                ORDER BY attempted_at DESC, seq DESC, attempt DESC LIMIT 1),
            hit AS MATERIALIZED (
                SELECT * FROM (SELECT * FROM scanned UNION ALL SELECT * FROM in_run) known
                WHERE (:successful::boolean IS NULL OR coalesce(status_code BETWEEN 200 AND 299, false)
                    = :successful::boolean)
                  AND NOT EXISTS (SELECT FROM horizon h
                                  WHERE (known.attempted_at, known.seq, known.attempt)
                                      < (h.attempted_at, h.seq, h.attempt))
                ORDER BY attempted_at DESC, seq DESC, attempt DESC LIMIT :rows),
            sized AS (
                SELECT hit.*, e.body, count(*) OVER () AS hits,
                       sum(coalesce(octet_length(e.body), 0)) OVER (
                           ORDER BY hit.attempted_at DESC, hit.seq DESC, hit.attempt DESC)
                           - coalesce(octet_length(e.body), 0) AS bytes_before
                FROM hit
                LEFT JOIN LATERAL (
                    SELECT coalesce(
                        hit.event_id,
                        (SELECT event_id FROM delivery d
                         WHERE d.day = hit.day AND d.day BETWEEN :first_day::date AND :last_day::date AND d.seq = hit.seq),
                        %3$s) AS id) owner ON true
                LEFT JOIN event e ON e.id = owner.id AND e.day = hit.day
                  AND e.day BETWEEN :first_day::date AND :last_day::date)
            SELECT h.attempted_at AS horizon_at, h.seq AS horizon_seq, h.attempt AS horizon_attempt,
                   h.is_late AS horizon_is_late, s.*
            FROM (SELECT 1) one LEFT JOIN horizon h ON true LEFT JOIN sized s ON s.bytes_before < :bytes
            ORDER BY s.attempted_at DESC, s.seq DESC, s.attempt DESC""".formatted(LISTENERS, PACKED_ROWS, OwedLookUp.ofTried("hit.lane", "hit.seq")),
            parameter("before", page -> utc(page.before().attemptedAt())),
            parameter("before_seq", page -> page.before().seq()),
            parameter("before_attempt", page -> page.before().attempt()),
            parameter("scanned", Requested::scanned),
            parameter("listener", page -> page.filter().listenerId().orElse(null)),
            parameter("successful", page -> page.filter().successful().orElse(null)),
            parameter("rows", page -> page.limit() + 1),
            parameter("bytes", page -> PAGE_BYTES),
            parameter("first_day", Requested::firstDay),
            parameter("last_day", page -> lastDay(page.before())));

    private final Store store;

    public AttemptRepository(Store store) {
        this.store = store;
    }

    /**
     * Reads all attempts of these deliveries, the oldest first.
     *
     * @param responseCharacters the number of characters that are read of each answer
     * @return the attempts by the seq of their delivery
     */
    public Future<Map<Long, List<Attempt>>> ofDeliveries(List<DeliveryKey> deliveries, int responseCharacters) {
        if (deliveries.isEmpty()) {
            return Future.succeededFuture(Map.of());
        }
        LocalDate[] days = deliveries.stream().map(DeliveryKey::day).toArray(LocalDate[]::new);
        Integer[] lanes = deliveries.stream().map(DeliveryKey::lane).toArray(Integer[]::new);
        Long[] seqs = deliveries.stream().map(DeliveryKey::seq).toArray(Long[]::new);
        return IndexedRead.of(OF_DELIVERIES, days, lanes, seqs, responseCharacters)
                .on(store.api())
                .map(rows -> {
                    Map<Long, List<Attempt>> bySeq = new HashMap<>();
                    rows.forEach(row -> bySeq.computeIfAbsent(row.getLong("seq"), seq -> new ArrayList<>())
                            .add(attempt(row)));
                    return bySeq;
                });
    }

    /**
     * Reads one page of the attempts made for listeners, newest first, including deleted listeners. It reads the partitions of
     * all days only for a single listener, or if those of the recent days do not fill the page.
     */
    Future<LogPage> log(LogFilter filter, LogPosition before, int limit) {
        if (filter.listenerId().isPresent()) {
            return readingAllDays(filter, before, limit).on(store.api()).map(rows -> logPage(rows, limit));
        }
        return reading(filter, before, limit).on(store.api()).compose(rows -> {
            LogPage page = logPage(rows, limit);
            return isCutByDays(rows, page)
                    ? readingAllDays(filter, before, limit).on(store.api()).map(all -> logPage(all, limit))
                    : Future.succeededFuture(page);
        });
    }

    /** Reads only the partitions of the recent days, which contain nearly all attempts of the one to two days before the position. */
    static IndexedRead reading(LogFilter filter, LogPosition before, int limit) {
        return reading(filter, before, limit, lastDay(before).minusDays(RECENT_DAYS));
    }

    static IndexedRead readingAllDays(LogFilter filter, LogPosition before, int limit) {
        return reading(filter, before, limit, BEGINNING);
    }

    /** The day after that of the position, because the clocks of processes differ. */
    private static LocalDate lastDay(LogPosition before) {
        Instant now = Instant.now();
        Instant last = before.attemptedAt().isBefore(now) ? before.attemptedAt() : now;
        return LocalDate.ofInstant(last, ZoneOffset.UTC).plusDays(1);
    }

    private static IndexedRead reading(LogFilter filter, LogPosition before, int limit, LocalDate firstDay) {
        return IndexedRead.of(LOG, new Requested(filter, before, limit, firstDay));
    }

    private static boolean isCutByDays(RowSet<Row> rows, LogPage page) {
        Row any = Rows.only(rows);
        Boolean isLate = any.getBoolean("horizon_is_late");
        return isLate != null
                && page.next().equals(horizon(any))
                && (isLate || page.entries().isEmpty());
    }

    private static LogPage logPage(RowSet<Row> rows, int limit) {
        List<LogEntry> entries = new ArrayList<>();
        Optional<LogPosition> last = Optional.empty();
        for (Row row : rows) {
            if (row.getLong("seq") == null) {
                return new LogPage(List.of(), horizon(row));
            }
            if (entries.size() == limit) {
                return new LogPage(entries, last);
            }
            entries.add(logEntry(row));
            last = Optional.of(
                    new LogPosition(Rows.instant(row, "attempted_at"), row.getLong("seq"), row.getShort("attempt")));
        }
        Row any = Rows.only(rows);
        boolean hasMore = any.getLong("hits") > entries.size();
        return new LogPage(entries, hasMore ? last : horizon(any));
    }

    private static Optional<LogPosition> horizon(Row row) {
        return row.getLong("horizon_seq") == null
                ? Optional.empty()
                : Optional.of(new LogPosition(
                        Rows.instant(row, "horizon_at"), row.getLong("horizon_seq"), row.getShort("horizon_attempt")));
    }

    private static LogEntry logEntry(Row row) {
        Integer statusCode = row.getInteger("status_code");
        Buffer body = row.getBuffer("body");
        String response = row.getString("response");
        return new LogEntry(
                "att_" + row.getLocalDate("day").toString().replace("-", "") + "_" + row.getLong("seq") + "_"
                        + row.getInteger("attempt"),
                row.getUUID("listener_id").toString(),
                statusCode != null && statusCode / 100 == 2 ? LogEntry.SUCCESS : LogEntry.FAILED,
                body == null ? null : body.toString(StandardCharsets.UTF_8),
                response == null ? row.getString("error") : response,
                EventBody.timestamp(Rows.instant(row, "attempted_at")));
    }

    private static Attempt attempt(Row row) {
        @Nullable UUID batch = row.getUUID("batch");
        return new Attempt(
                row.getInteger("attempt"),
                EventBody.timestamp(Rows.instant(row, "attempted_at")),
                row.getInteger("status_code"),
                row.getString("error"),
                row.getInteger("duration_ms"),
                row.getString("response"),
                Rows.time(row, "next_run_at").map(EventBody::timestamp).orElse(null),
                batch == null ? null : batch.toString());
    }

    private static OffsetDateTime utc(Instant instant) {
        return Rows.utc(instant.truncatedTo(ChronoUnit.MICROS));
    }
}
