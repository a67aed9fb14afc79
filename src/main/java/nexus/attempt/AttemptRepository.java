package nexus.attempt;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
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
import nexus.event.EventBody;
import nexus.queue.owed.DeliveryKey;
import nexus.store.IndexedRead;
import nexus.store.Store;
import org.jspecify.annotations.Nullable;

/** Reads attempts: those in {@code attempt}, and the last one of a settled delivery, which is where that is. */
@Singleton
public class AttemptRepository {
    /** Rows looked at in one place for one page of the log, when most of them may not match. */
    private static final int SCANNED_ROWS = 2_000;

    /** A page ends before its payloads exceed this together: one payload alone may have 16 MiB. */
    private static final int PAGE_BYTES = 16 * 1024 * 1024;

    private static final String OF_DELIVERIES = """
            SELECT w.seq, a.*
            FROM unnest($1::date[], $2::int[], $3::bigint[]) w(day, lane, seq)
            CROSS JOIN LATERAL (
                SELECT attempt, attempted_at, duration_ms, status_code, error, left(response, $4) AS response, next_run_at
                FROM attempt WHERE day = w.day AND seq = w.seq
                UNION ALL
                SELECT attempts, attempted_at, duration_ms, status_code, error, left(response, $4), NULL
                FROM settled_delivery(w.day, w.lane, w.seq) WHERE attempted_at IS NOT NULL) a
            ORDER BY w.seq, a.attempt""";

    /**
     * $1 to $3: where the last page ended, $4 rows to look at in each place at most, $5 listener or null, $6 whether only
     * successes, only failures (null: both), $7 rows of a page, $8 bytes of a page. Each place (a listener's attempts in
     * one of the tables) gives its newest rows by index; the horizon is the newest point at which one of them had more to
     * give, and a page ends there. Of its runs, those are looked at that end before $1, the newest first, and those that
     * end behind it and begin before it; when there are more, they end before the lowest of these ends, the floor.
     */
    private static final String LOG = """
            WITH listener AS MATERIALIZED (
                SELECT lane, id FROM subscription WHERE door = 'listener' AND ($5::uuid IS NULL OR id = $5::uuid)),
            share AS MATERIALIZED (
                SELECT CASE WHEN $4::bigint <= $7::bigint THEN $4::bigint ELSE greatest(8, least($4::bigint, 16000 / (2 * count(*) + 1))) END AS n
                FROM listener),
            run_floor AS MATERIALIZED (
                SELECT l.lane, l.id, runs.attempted_at
                FROM listener l CROSS JOIN LATERAL (
                    SELECT CASE WHEN count(*) >= (SELECT least(n, 256) / 32 + 8 FROM share) THEN min(last_attempted_at) ELSE '-infinity' END AS attempted_at
                    FROM (SELECT last_attempted_at FROM delivery_run
                          WHERE lane = l.lane AND last_attempted_at < $1::timestamptz AND $6::boolean IS DISTINCT FROM false
                          ORDER BY last_attempted_at DESC LIMIT (SELECT least(n, 256) / 32 + 8 FROM share)) newest) runs),
            scanned AS MATERIALIZED (
                SELECT l.lane * 2 AS place, l.id AS listener_id, a.*
                FROM listener l CROSS JOIN LATERAL (
                    SELECT day, lane, seq, attempt, attempted_at, status_code, error, response
                    FROM attempt
                    WHERE lane = l.lane AND attempted_at <= $1::timestamptz
                      AND (attempted_at, seq, attempt) < ($1::timestamptz, $2::bigint, $3::smallint)
                    ORDER BY attempted_at DESC, seq DESC, attempt DESC LIMIT (SELECT n FROM share)) a
                UNION ALL
                SELECT l.lane * 2 + 1, l.id, d.*
                FROM listener l CROSS JOIN LATERAL (
                    SELECT day, lane, seq, attempts AS attempt, attempted_at, status_code, error, response
                    FROM delivery
                    WHERE lane = l.lane AND attempted_at <= $1::timestamptz
                      AND (attempted_at, seq, attempts) < ($1::timestamptz, $2::bigint, $3::smallint)
                    ORDER BY attempted_at DESC, seq DESC, attempts DESC LIMIT (SELECT n FROM share)) d),
            in_run AS MATERIALIZED (
                SELECT -1 AS place, f.id AS listener_id, d.*
                FROM run_floor f CROSS JOIN LATERAL (
                    SELECT day, lane, seq, attempts AS attempt, attempted_at, status_code, error, response
                    FROM delivery_of_run
                    WHERE lane = f.lane AND last_attempted_at >= f.attempted_at AND attempted_at > f.attempted_at
                      AND last_attempted_at <= $1::timestamptz + interval '1 minute'
                      AND first_attempted_at <= $1::timestamptz
                      AND (attempted_at, seq, attempts) < ($1::timestamptz, $2::bigint, $3::smallint)
                      AND $6::boolean IS DISTINCT FROM false) d),
            horizon AS (
                SELECT attempted_at, seq, attempt
                FROM (SELECT *, row_number() OVER (
                                    PARTITION BY place ORDER BY attempted_at DESC, seq DESC, attempt DESC) AS n
                      FROM scanned) numbered
                WHERE numbered.n = (SELECT n FROM share)
                UNION ALL
                SELECT attempted_at, 9223372036854775807, 32767 FROM run_floor WHERE attempted_at > '-infinity'
                ORDER BY attempted_at DESC, seq DESC, attempt DESC LIMIT 1),
            hit AS MATERIALIZED (
                SELECT * FROM (SELECT * FROM scanned UNION ALL SELECT * FROM in_run) known
                WHERE ($6::boolean IS NULL OR coalesce(status_code BETWEEN 200 AND 299, false) = $6::boolean)
                  AND NOT EXISTS (SELECT FROM horizon h
                                  WHERE (known.attempted_at, known.seq, known.attempt)
                                      < (h.attempted_at, h.seq, h.attempt))
                ORDER BY attempted_at DESC, seq DESC, attempt DESC LIMIT $7),
            sized AS (
                SELECT hit.*, e.body, count(*) OVER () AS hits,
                       sum(coalesce(octet_length(e.body), 0)) OVER (
                           ORDER BY hit.attempted_at DESC, hit.seq DESC, hit.attempt DESC)
                           - coalesce(octet_length(e.body), 0) AS bytes_before
                FROM hit
                LEFT JOIN LATERAL (
                    SELECT coalesce(
                        (SELECT event_id FROM settled_delivery(hit.day, hit.lane, hit.seq)),
                        (SELECT event_id FROM owed o
                         WHERE o.lane = hit.lane AND o.stripe = ANY('{0,1,2,3,4,5,6,7}'::smallint[])
                           AND o.seq = hit.seq)) AS id) owner ON true
                LEFT JOIN event e ON e.id = owner.id AND e.day = hit.day)
            SELECT h.attempted_at AS horizon_at, h.seq AS horizon_seq, h.attempt AS horizon_attempt, s.*
            FROM (SELECT 1) one LEFT JOIN horizon h ON true LEFT JOIN sized s ON s.bytes_before < $8
            ORDER BY s.attempted_at DESC, s.seq DESC, s.attempt DESC""";

    private final Store store;

    public AttemptRepository(Store store) {
        this.store = store;
    }

    /**
     * All attempts of some deliveries, the oldest first, by the deliveries' seq.
     *
     * @param responseCharacters how much of each answer
     */
    public Future<Map<Long, List<Attempt>>> ofDeliveries(List<DeliveryKey> deliveries, int responseCharacters) {
        if (deliveries.isEmpty()) {
            return Future.succeededFuture(Map.of());
        }
        LocalDate[] days = deliveries.stream().map(DeliveryKey::day).toArray(LocalDate[]::new);
        Integer[] lanes = deliveries.stream().map(DeliveryKey::lane).toArray(Integer[]::new);
        Long[] seqs = deliveries.stream().map(DeliveryKey::seq).toArray(Long[]::new);
        return IndexedRead.query(store.api(), OF_DELIVERIES, Tuple.of(days, lanes, seqs, responseCharacters))
                .map(rows -> {
                    Map<Long, List<Attempt>> bySeq = new HashMap<>();
                    rows.forEach(row -> bySeq.computeIfAbsent(row.getLong("seq"), seq -> new ArrayList<>())
                            .add(attempt(row)));
                    return bySeq;
                });
    }

    /** One page of the attempts made for listeners, deleted ones included, newest first. */
    Future<LogPage> log(LogFilter filter, LogPosition before, int limit) {
        int scanned = filter.successful().isEmpty() ? limit + 1 : Math.max(limit + 1, SCANNED_ROWS);
        Tuple parameters = Tuple.of(utc(before.attemptedAt()), before.seq(), before.attempt(), scanned)
                .addValue(filter.listenerId().orElse(null))
                .addValue(filter.successful().orElse(null))
                .addValue(limit + 1)
                .addValue(PAGE_BYTES);
        return IndexedRead.query(store.api(), LOG, parameters).map(rows -> logPage(rows, limit));
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
                    new LogPosition(instant(row, "attempted_at"), row.getLong("seq"), row.getShort("attempt")));
        }
        Row any = rows.iterator().next();
        boolean hasMore = any.getLong("hits") > entries.size();
        return new LogPage(entries, hasMore ? last : horizon(any));
    }

    private static Optional<LogPosition> horizon(Row row) {
        return row.getLong("horizon_seq") == null
                ? Optional.empty()
                : Optional.of(new LogPosition(
                        instant(row, "horizon_at"), row.getLong("horizon_seq"), row.getShort("horizon_attempt")));
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
                EventBody.timestamp(instant(row, "attempted_at")));
    }

    private static Attempt attempt(Row row) {
        OffsetDateTime nextRunAt = row.getOffsetDateTime("next_run_at");
        return new Attempt(
                row.getInteger("attempt"),
                EventBody.timestamp(instant(row, "attempted_at")),
                row.getInteger("status_code"),
                row.getString("error"),
                row.getInteger("duration_ms"),
                row.getString("response"),
                timestamp(nextRunAt));
    }

    private static @Nullable String timestamp(@Nullable OffsetDateTime time) {
        return time == null ? null : EventBody.timestamp(time.toInstant());
    }

    private static Instant instant(Row row, String column) {
        return row.getOffsetDateTime(column).toInstant();
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
    }
}
