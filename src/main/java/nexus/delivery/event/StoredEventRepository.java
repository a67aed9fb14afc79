package nexus.delivery.event;

import static nexus.store.NamedSql.parameter;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import nexus.delivery.state.DeliveryCounts;
import nexus.delivery.state.EventsOfType;
import nexus.delivery.state.KeyMatches;
import nexus.delivery.state.KeySearch;
import nexus.delivery.state.TimeBounds;
import nexus.event.EventBody;
import nexus.event.EventType;
import nexus.queue.lookup.OwedLookUp;
import nexus.store.IndexedRead;
import nexus.store.NamedSql;
import nexus.store.NamedSql.Parameter;
import nexus.store.Rows;
import nexus.store.Store;

/** Reads events and counts their deliveries. An event holds the primary keys of its deliveries, and each is looked up. */
@Singleton
public class StoredEventRepository {
    /** Events read for one page, when most of them may not match. */
    private static final int SCANNED_ROWS = 2_000;
    /** The greatest number of deliveries that one page looks up by their keys, unless its first event alone has more. */
    private static final int LOOK_UPS = 1_000;

    /** Joins {@code hit}, a row of {@code event}, with the counts of its deliveries. */
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
     * {@code :scanned} limits the events that are read. A page also ends before its events have too many deliveries, each of
     * which is looked up to be counted.
     *
     * @param walk the common table expressions before the others, each with a comma at its end
     * @param matching a condition on {@code event e}
     * @param horizon SQL: the seq down to which all events have been read, when fewer than {@code :scanned} were found
     */
    private static String list(String walk, String matching, String horizon) {
        return """
               WITH %1$sscanned AS MATERIALIZED (
                   SELECT day, id, seq, type, created_at, erased_at, lanes, seqs FROM event e
                   WHERE e.seq < :before AND %2$s ORDER BY e.seq DESC LIMIT :scanned),
               matching AS MATERIALIZED (
                   SELECT s.*, sum(cardinality(lanes)) OVER (ORDER BY seq DESC) AS look_ups
                   FROM (SELECT * FROM scanned WHERE created_at >= :since AND created_at < :until
                         ORDER BY seq DESC LIMIT :rows) s),
               hit AS MATERIALIZED (
                   SELECT * FROM matching WHERE look_ups <= %4$d OR look_ups = cardinality(lanes)),
               horizon AS (
                   SELECT CASE WHEN (SELECT count(*) FROM hit) < (SELECT count(*) FROM matching)
                                   THEN (SELECT min(seq) FROM hit)
                               WHEN count(*) >= :scanned THEN min(seq) ELSE %3$s END AS horizon_seq
                   FROM scanned)
               SELECT horizon.horizon_seq, hit.*, counts.*
               FROM horizon LEFT JOIN hit ON true
               """.formatted(walk, matching, horizon, LOOK_UPS) + WITH_COUNTS + "ORDER BY hit.seq DESC";
    }

    /** The page that is requested. */
    private record Requested(EventFilter filter, long before, int limit, KeyMatches matches) {
        private static final Parameter<Requested> BEFORE = parameter("before", Requested::before);
        private static final Parameter<Requested> SCANNED = parameter("scanned", Requested::scanned);
        private static final Parameter<Requested> SINCE = parameter(
                "since", page -> TimeBounds.sinceOrBeginning(page.filter().since()));
        private static final Parameter<Requested> UNTIL =
                parameter("until", page -> TimeBounds.untilOrEnd(page.filter().until()));
        /** One row more than the page has shows that another page follows. */
        private static final Parameter<Requested> ROWS = parameter("rows", page -> page.limit() + 1);

        private int scanned() {
            boolean matchesMost = filter.since().isEmpty() && filter.until().isEmpty();
            return matchesMost ? limit + 1 : SCANNED_ROWS;
        }
    }

    private static final NamedSql.From<Requested> LIST_ALL = NamedSql.from(
            list("", "true", "NULL"),
            Requested.BEFORE,
            Requested.SCANNED,
            Requested.SINCE,
            Requested.UNTIL,
            Requested.ROWS);

    private static final NamedSql.From<Requested> LIST_OF_TYPE = NamedSql.from(
            list(EventsOfType.walk(":before"), EventsOfType.matching(":type::text"), EventsOfType.horizon("true")),
            Requested.BEFORE,
            Requested.SCANNED,
            Requested.SINCE,
            Requested.UNTIL,
            Requested.ROWS,
            parameter("type", page -> page.filter().type().orElseThrow()));

    private static final NamedSql.From<Requested> LIST_OF_KEY = NamedSql.from(
            list("", "e.seq = ANY (:matches::bigint[])", ":horizon::bigint"),
            Requested.BEFORE,
            Requested.SCANNED,
            Requested.SINCE,
            Requested.UNTIL,
            Requested.ROWS,
            parameter("matches", page -> page.matches().seqArray()),
            parameter(
                    "horizon",
                    page -> page.matches().horizon().isPresent()
                            ? page.matches().horizon().getAsLong()
                            : null));

    private static final NamedSql FIND = NamedSql.of("""
            SELECT hit.id, hit.seq, hit.type, hit.created_at, hit.erased_at, counts.*
            FROM (SELECT * FROM event WHERE id = :id ORDER BY day DESC LIMIT 1) hit
            """ + WITH_COUNTS, "id");

    private static final NamedSql FIND_BODY =
            NamedSql.of("SELECT body FROM event WHERE id = :id ORDER BY day DESC LIMIT 1", "id");

    private static final NamedSql FIND_WHOLE = NamedSql.of(
            "SELECT id, type, created_at, accepted_at, body FROM event WHERE id = :id ORDER BY day DESC LIMIT 1", "id");

    private static final NamedSql NEWEST =
            NamedSql.of("SELECT id, type FROM event ORDER BY seq DESC LIMIT :limit", "limit");

    private final Store store;
    private final KeySearch search;

    public StoredEventRepository(Store store) {
        this.store = store;
        this.search = new KeySearch(store);
    }

    /**
     * Reads one page, newest first.
     *
     * @param before seq of the last event of the page before, or {@link Long#MAX_VALUE}
     */
    public Future<EventPage> list(EventFilter filter, long before, int limit) {
        return filter.key()
                .map(key -> search.find(
                                new KeySearch.Sought(key, filter.type(), filter.since(), filter.until()),
                                before,
                                limit + 1)
                        .map(matches -> IndexedRead.of(LIST_OF_KEY, new Requested(filter, before, limit, matches))))
                .orElseGet(() -> Future.succeededFuture(reading(filter, before, limit)))
                .compose(read -> read.on(store.api()))
                .map(rows -> page(rows, limit));
    }

    public static IndexedRead reading(EventFilter filter, long before, int limit) {
        return IndexedRead.of(
                filter.type().isPresent() ? LIST_OF_TYPE : LIST_ALL,
                new Requested(filter, before, limit, KeyMatches.NONE));
    }

    /** Empty if the event never existed or is no longer kept. */
    public Future<Optional<StoredEvent>> find(UUID id) {
        return IndexedRead.of(FIND, id).on(store.api()).map(rows -> Rows.first(rows, StoredEventRepository::event));
    }

    /** The event's payload as JSON; empty when it is no longer kept. */
    public Future<Optional<String>> payload(UUID id) {
        return IndexedRead.of(FIND_BODY, id).on(store.api()).map(rows -> Rows.first(
                        rows, row -> Optional.ofNullable(row.getBuffer("body")))
                .flatMap(body -> body)
                .map(Buffer::getBytes)
                .map(EventBody::payload));
    }

    /** An event with its body; empty if it never existed or is no longer kept. */
    public Future<Optional<WholeEvent>> whole(UUID id) {
        return IndexedRead.of(FIND_WHOLE, id)
                .on(store.api())
                .map(rows -> Rows.first(
                        rows,
                        row -> new WholeEvent(
                                row.getUUID("id"),
                                new EventType(row.getString("type")),
                                Rows.instant(row, "created_at"),
                                Rows.instant(row, "accepted_at"),
                                Optional.ofNullable(row.getBuffer("body")))));
    }

    /** The last events that were stored, newest first. */
    public Future<List<TypedEvent>> newest(int limit) {
        return IndexedRead.of(NEWEST, limit)
                .on(store.api())
                .map(rows ->
                        Rows.all(rows, row -> new TypedEvent(row.getUUID("id"), new EventType(row.getString("type")))));
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
                Rows.instant(row, "created_at"),
                Rows.time(row, "erased_at"),
                new DeliveryCounts(
                        row.getInteger("pending"),
                        row.getInteger("sent"),
                        row.getInteger("failed"),
                        row.getInteger("dead")),
                Rows.time(row, "next_run_at"));
    }
}
