package nexus.delivery.event;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import nexus.delivery.state.DeliveryCounts;
import nexus.delivery.state.EventsOfType;
import nexus.event.EventBody;
import nexus.queue.lookup.OwedLookUp;
import nexus.store.IndexedRead;
import nexus.store.Rows;
import nexus.store.Store;

/** Reads events and counts their deliveries. An event holds the primary keys of its deliveries, and each is looked up. */
@Singleton
public class StoredEventRepository {
    /** The greatest number of events that one page reads, since most of them may not match. */
    private static final int SCANNED_ROWS = 2_000;
    /** The greatest number of deliveries that one page looks up by their keys, unless its first event alone has more. */
    private static final int LOOK_UPS = 1_000;

    private static final OffsetDateTime BEGINNING = OffsetDateTime.parse("0001-01-01T00:00:00Z");
    /** Later than every time that an event can have. */
    private static final OffsetDateTime END = OffsetDateTime.parse("+10000-01-01T00:00:00Z");

    /** Joins the counts of its deliveries to {@code hit}. */
    private static final String WITH_COUNTS = """
            LEFT JOIN LATERAL (
                SELECT count(*) FILTER (WHERE state.status = 'PENDING')::int AS pending,
                       count(*) FILTER (WHERE state.status = 'SENT')::int AS sent,
                       count(*) FILTER (WHERE state.status = 'FAILED')::int AS failed,
                       count(*) FILTER (WHERE state.status = 'DEAD')::int AS dead,
                       min(state.next_run_at) AS next_run_at
                FROM unnest(hit.lanes, hit.seqs) p(lane, seq)
                CROSS JOIN LATERAL (
                    SELECT CASE WHEN s.deleted_at IS NOT NULL THEN 'DEAD'
                                WHEN o.due IS NULL THEN 'PENDING' ELSE 'FAILED' END AS status,
                           CASE WHEN s.deleted_at IS NULL THEN coalesce(o.due, o.created_at) END AS next_run_at
                    FROM %s o JOIN subscription s ON s.lane = o.lane
                    UNION ALL
                    SELECT d.status, NULL FROM settled_delivery(hit.day, p.lane, p.seq) d) state) counts ON true
            """.formatted(OwedLookUp.of("p.lane", "p.seq"));

    /**
     * The statement of a list. Parameters: $1 seq at the end of the previous page, $2 greatest number of events to read, $3
     * since, $4 until, $5 rows of a page. A page ends early if its events have too many deliveries, because each delivery is
     * looked up to be counted.
     */
    private static String list(String walk, String matching, String horizon) {
        return """
               WITH %1$sscanned AS MATERIALIZED (
                   SELECT day, id, seq, type, created_at, erased_at, lanes, seqs FROM event e
                   WHERE e.seq < $1 AND %2$s ORDER BY e.seq DESC LIMIT $2),
               matching AS MATERIALIZED (
                   SELECT s.*, sum(cardinality(lanes)) OVER (ORDER BY seq DESC) AS look_ups
                   FROM (SELECT * FROM scanned WHERE created_at >= $3 AND created_at < $4
                         ORDER BY seq DESC LIMIT $5) s),
               hit AS MATERIALIZED (
                   SELECT * FROM matching WHERE look_ups <= %4$d OR look_ups = cardinality(lanes)),
               horizon AS (
                   SELECT CASE WHEN (SELECT count(*) FROM hit) < (SELECT count(*) FROM matching)
                                   THEN (SELECT min(seq) FROM hit)
                               WHEN count(*) >= $2 THEN min(seq) ELSE %3$s END AS horizon_seq
                   FROM scanned)
               SELECT horizon.horizon_seq, hit.*, counts.*
               FROM horizon LEFT JOIN hit ON true
               """.formatted(walk, matching, horizon, LOOK_UPS) + WITH_COUNTS + "ORDER BY hit.seq DESC";
    }

    private static final String LIST_ALL = list("", "true", "NULL");

    private static final String LIST_OF_TYPE =
            list(EventsOfType.walk("$1"), EventsOfType.matching("$6::text"), EventsOfType.horizon("true"));

    private static final String FIND = """
            SELECT hit.id, hit.seq, hit.type, hit.created_at, hit.erased_at, counts.*
            FROM (SELECT * FROM event WHERE id = $1 ORDER BY day DESC LIMIT 1) hit
            """ + WITH_COUNTS;

    private static final String FIND_BODY = "SELECT body FROM event WHERE id = $1 ORDER BY day DESC LIMIT 1";

    private final Store store;

    public StoredEventRepository(Store store) {
        this.store = store;
    }

    /**
     * Reads one page, newest first.
     *
     * @param before seq of the last event of the page before, or {@link Long#MAX_VALUE}
     */
    public Future<EventPage> list(EventFilter filter, long before, int limit) {
        return reading(filter, before, limit).on(store.api()).map(rows -> page(rows, limit));
    }

    public static IndexedRead reading(EventFilter filter, long before, int limit) {
        boolean matchesMost = filter.since().isEmpty() && filter.until().isEmpty();
        Tuple parameters = Tuple.of(
                before,
                matchesMost ? limit + 1 : SCANNED_ROWS,
                filter.since().map(Rows::utc).orElse(BEGINNING),
                filter.until().map(Rows::utc).orElse(END),
                limit + 1);
        filter.type().ifPresent(parameters::addValue);
        return new IndexedRead(filter.type().isPresent() ? LIST_OF_TYPE : LIST_ALL, parameters);
    }

    /** Empty if the event never existed or is no longer kept. */
    public Future<Optional<StoredEvent>> find(UUID id) {
        return new IndexedRead(FIND, Tuple.of(id)).on(store.api()).map(rows -> {
            for (Row row : rows) {
                return Optional.of(event(row));
            }
            return Optional.empty();
        });
    }

    /** The event's payload as JSON; empty when it is no longer kept. */
    public Future<Optional<String>> payload(UUID id) {
        return new IndexedRead(FIND_BODY, Tuple.of(id)).on(store.api()).map(rows -> {
            for (Row row : rows) {
                return Optional.ofNullable(row.getBuffer("body"))
                        .map(Buffer::getBytes)
                        .map(EventBody::payload);
            }
            return Optional.empty();
        });
    }

    private static EventPage page(RowSet<Row> rows, int limit) {
        List<StoredEvent> events = new ArrayList<>();
        for (Row row : rows) {
            if (row.getLong("seq") == null) {
                return new EventPage(List.of(), horizon(row));
            }
            if (events.size() == limit) {
                return new EventPage(events, OptionalLong.of(events.getLast().seq()));
            }
            events.add(event(row));
        }
        return new EventPage(events, horizon(Rows.only(rows)));
    }

    private static OptionalLong horizon(Row row) {
        Long seq = row.getLong("horizon_seq");
        return seq == null ? OptionalLong.empty() : OptionalLong.of(seq);
    }

    private static StoredEvent event(Row row) {
        return new StoredEvent(
                row.getUUID("id"),
                row.getLong("seq"),
                row.getString("type"),
                row.getOffsetDateTime("created_at").toInstant(),
                Optional.ofNullable(row.getOffsetDateTime("erased_at")).map(OffsetDateTime::toInstant),
                new DeliveryCounts(
                        row.getInteger("pending"),
                        row.getInteger("sent"),
                        row.getInteger("failed"),
                        row.getInteger("dead")),
                Optional.ofNullable(row.getOffsetDateTime("next_run_at")).map(OffsetDateTime::toInstant));
    }
}
