package nexus.replay;

import static nexus.store.NamedSql.array;
import static nexus.store.NamedSql.parameter;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import nexus.event.EventType;
import nexus.store.NamedSql;
import nexus.store.Rows;
import nexus.store.Store;
import org.jspecify.annotations.Nullable;

/** Reads stored events in the order in which they were stored. */
final class StoredEvents {
    private static final String COLUMNS = """
            SELECT e.seq, e.day, e.id, e.type, e.created_at, e.accepted_at, e.key, e.other_key,
                   octet_length(e.body) AS body_bytes, :lane::int = ANY (e.lanes) AS has_delivery, %s AS dead_seq
            FROM event e
            WHERE e.day >= :first_day AND e.seq > :after AND e.seq <= :until
            ORDER BY e.seq LIMIT :limit""";

    private static final NamedSql SCAN =
            NamedSql.of(COLUMNS.formatted("NULL::bigint"), "lane", "first_day", "after", "until", "limit");

    private static final NamedSql SCAN_DEAD =
            NamedSql.of(COLUMNS.formatted("""
                    CASE WHEN :lane::int = ANY (e.lanes) THEN (
                        SELECT max(d.seq) FROM unnest(e.lanes, e.seqs) every(lane, seq)
                        CROSS JOIN LATERAL (
                            SELECT d.seq FROM delivery d
                            WHERE d.seq = every.seq AND d.day = e.day AND d.lane = every.lane AND d.status = 'DEAD'
                            LIMIT 1) d
                        WHERE every.lane = :lane::int) END"""), "lane", "first_day", "after", "until", "limit");

    private static final NamedSql.From<Collection<ScannedEvent>> BODIES = NamedSql.from(
            """
            SELECT e.id, e.body
            FROM unnest(:days::date[], :ids::uuid[]) w(day, id)
            CROSS JOIN LATERAL (SELECT id, body FROM event e WHERE e.id = w.id AND e.day = w.day LIMIT 1) e""",
            parameter("days", events -> array(events, LocalDate[]::new, ScannedEvent::day)),
            parameter("ids", events -> array(events, UUID[]::new, ScannedEvent::id)));

    private static final NamedSql STORED_AT = NamedSql.of(
            "SELECT seq, accepted_at FROM event WHERE day >= :first_day AND seq >= :seq ORDER BY seq LIMIT 1",
            "first_day",
            "seq");

    private final Store store;

    StoredEvents(Store store) {
        this.store = store;
    }

    /** Events after one, by ascending seq. */
    Future<List<ScannedEvent>> after(long seq, ReplayCursor cursor, int lane, Wanted wanted, int limit) {
        NamedSql scan = wanted == Wanted.DEAD ? SCAN_DEAD : SCAN;
        return scan.on(store.queue(), lane, cursor.firstDay(), seq, cursor.until(), limit)
                .map(rows -> Rows.all(rows, StoredEvents::event));
    }

    /** The bodies of these events by id; one that was erased meanwhile is missing. */
    Future<Map<UUID, Buffer>> bodies(Collection<ScannedEvent> events) {
        return events.isEmpty()
                ? Future.succeededFuture(Map.of())
                : BODIES.on(store.queue(), events).map(rows -> {
                    Map<UUID, Buffer> bodies = new HashMap<>();
                    for (Row row : rows) {
                        @Nullable Buffer body = row.getBuffer("body");
                        if (body != null) {
                            bodies.put(row.getUUID("id"), body);
                        }
                    }
                    return bodies;
                });
    }

    /**
     * A seq before which every event was stored earlier than a time. Found by halving, because no index has the time: seqs are
     * drawn in about the order of the times.
     */
    Future<Long> seqBefore(Instant time, ReplayCursor cursor) {
        return halved(time, cursor, 0, cursor.until());
    }

    /** @param high seq that is known to be late enough */
    private Future<Long> halved(Instant time, ReplayCursor cursor, long low, long high) {
        if (high - low <= 1) {
            return Future.succeededFuture(low);
        }
        long middle = low + (high - low) / 2;
        return STORED_AT.on(store.queue(), cursor.firstDay(), middle).compose(rows -> {
            boolean isEarlier = Rows.first(
                            rows, row -> Rows.instant(row, "accepted_at").isBefore(time))
                    .orElse(false);
            return isEarlier ? halved(time, cursor, middle, high) : halved(time, cursor, low, middle);
        });
    }

    private static ScannedEvent event(Row row) {
        return new ScannedEvent(
                row.getLong("seq"),
                row.getLocalDate("day"),
                row.getUUID("id"),
                new EventType(row.getString("type")),
                Rows.instant(row, "created_at"),
                Rows.instant(row, "accepted_at"),
                row.getLong("key"),
                row.getLong("other_key"),
                number(row, "body_bytes"),
                row.getBoolean("has_delivery"),
                number(row, "dead_seq"));
    }

    private static OptionalLong number(Row row, String column) {
        @Nullable Number number = (Number) row.getValue(column);
        return number == null ? OptionalLong.empty() : OptionalLong.of(number.longValue());
    }
}
