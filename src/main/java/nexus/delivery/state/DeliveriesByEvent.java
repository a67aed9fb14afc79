package nexus.delivery.state;

import static nexus.store.NamedSql.parameter;

import io.vertx.sqlclient.data.NullValue;
import nexus.queue.lookup.OwedLookUp;
import nexus.store.IndexedRead;
import nexus.store.NamedSql;
import nexus.store.NamedSql.Parameter;

/**
 * Reads a page of deliveries in the order of their events: of the events of one type, or of one event. An event names its
 * deliveries, so each of them is found by its key.
 */
final class DeliveriesByEvent {
    /** The greatest number of events that one page of a type reads. */
    private static final int SCANNED_EVENTS = 500;
    /** The greatest number of deliveries that one page looks up by their keys. */
    private static final int LOOK_UPS = 1_000;

    /**
     * The parameter {@code :subscription} is null for the deliveries of all subscriptions.
     *
     * @param walk the common table expressions before the others, each with a comma at its end
     * @param events a condition on {@code event e}: the events whose deliveries are read, the newest first
     * @param horizon a query whose column {@code horizon_event_seq} is the seq below which other events may follow
     */
    private static String listByEvent(String walk, String events, String horizon) {
        return """
               WITH %1$ssought AS MATERIALIZED (SELECT lane FROM subscription WHERE id = :subscription::uuid),
               looked_at AS MATERIALIZED (
                   SELECT e.seq, e.id, e.day, e.lanes, e.seqs FROM event e WHERE %2$s),
               few AS MATERIALIZED (
                   SELECT * FROM (
                       SELECT e.*, sum(CASE WHEN :subscription::uuid IS NULL THEN cardinality(lanes) ELSE 1 END)
                                       OVER (ORDER BY seq DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
                       FROM looked_at e) e
                   WHERE before IS NULL OR before < %6$d),
               pair AS MATERIALIZED (
                   SELECT e.seq AS event_seq, e.day, s.lane, s.deleted_at, p.seq
                   FROM few e CROSS JOIN LATERAL (
                       SELECT * FROM unnest(e.lanes, e.seqs) every(lane, seq) WHERE :subscription::uuid IS NULL
                       UNION ALL
                       SELECT s.lane, every.seq
                       FROM sought s CROSS JOIN LATERAL unnest(e.lanes, e.seqs) every(lane, seq)
                       WHERE s.lane = ANY (e.lanes) AND every.lane = s.lane) p
                   JOIN subscription s ON s.lane = p.lane
                   WHERE (e.seq, p.seq) < (:before_event::bigint, :before::bigint)
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
                   FROM (SELECT count(*) >= %6$d AND bool_or(day >= %8$s) AS cut
                         FROM pair) pairs, (%5$s) events),
               page AS (
                   SELECT * FROM found known
                   WHERE %9$s
                   ORDER BY event_seq DESC, seq DESC LIMIT :rows)
               """.formatted(
                                walk,
                                events,
                                DeliveryRows.OWED_COLUMNS,
                                DeliveryRows.SETTLED_COLUMNS,
                                horizon,
                                LOOK_UPS,
                                OwedLookUp.of("s.lane", "s.seq"),
                                RequestedPage.FIRST_DAY,
                                RequestedPage.MATCHES)
                + DeliveryRows.PAGE_ROWS + "ORDER BY p.event_seq DESC, p.seq DESC";
    }

    private static final Parameter<RequestedPage> BEFORE_EVENT =
            parameter("before_event", page -> page.before().eventSeq());

    private static final NamedSql.From<RequestedPage> LIST_OF_TYPE = NamedSql.from(
            listByEvent(
                    EventsOfType.walk(":before_event::bigint"),
                    EventsOfType.matching(":type::text")
                            + " AND e.seq <= :before_event::bigint ORDER BY e.seq DESC LIMIT :scanned",
                    """
                    SELECT CASE WHEN count(*) < :scanned AND count(*) = (SELECT count(*) FROM looked_at) THEN %s
                                WHEN bool_or(day >= %s) THEN min(seq)
                                END AS horizon_event_seq
                    FROM few""".formatted(
                            EventsOfType.horizon("older.day >= " + RequestedPage.FIRST_DAY), RequestedPage.FIRST_DAY)),
            BEFORE_EVENT,
            RequestedPage.BEFORE,
            RequestedPage.STATUSES,
            RequestedPage.SINCE,
            RequestedPage.UNTIL,
            RequestedPage.ROWS,
            RequestedPage.DEAD_REASON,
            RequestedPage.STATUS_CODE,
            RequestedPage.SUBSCRIPTION,
            parameter("type", page -> page.filter().type().orElseThrow()),
            parameter("scanned", page -> SCANNED_EVENTS));

    private static final NamedSql.From<RequestedPage> LIST_OF_EVENT = NamedSql.from(
            listByEvent("", """
                    e.id = :event::uuid AND (:type::text IS NULL OR e.type = :type::text)
                      AND (:keys::bigint[] IS NULL OR e.key = ANY (:keys::bigint[]) OR e.other_key = ANY (:keys::bigint[])
                           OR e.row_key = ANY (:keys::bigint[]))
                    """, "SELECT NULL::bigint AS horizon_event_seq"),
            BEFORE_EVENT,
            RequestedPage.BEFORE,
            RequestedPage.STATUSES,
            RequestedPage.SINCE,
            RequestedPage.UNTIL,
            RequestedPage.ROWS,
            RequestedPage.DEAD_REASON,
            RequestedPage.STATUS_CODE,
            RequestedPage.SUBSCRIPTION,
            parameter("event", page -> page.filter().eventId().orElseThrow()),
            parameter(
                    "keys",
                    page -> page.filter().key().isEmpty()
                            ? NullValue.ArrayOfLong
                            : page.filter().key().get().hashes().toArray(Long[]::new)),
            parameter("type", page -> page.filter().type().orElse(null)));

    private static final NamedSql.From<RequestedPage> LIST_OF_KEY = NamedSql.from(
            listByEvent("", "e.seq = ANY (:event_seqs::bigint[]) ORDER BY e.seq DESC", """
                    SELECT CASE WHEN count(*) = (SELECT count(*) FROM looked_at) THEN :event_horizon::bigint ELSE min(seq)
                           END AS horizon_event_seq
                    FROM few"""),
            BEFORE_EVENT,
            RequestedPage.BEFORE,
            RequestedPage.STATUSES,
            RequestedPage.SINCE,
            RequestedPage.UNTIL,
            RequestedPage.ROWS,
            RequestedPage.DEAD_REASON,
            RequestedPage.STATUS_CODE,
            RequestedPage.SUBSCRIPTION,
            parameter("event_seqs", page -> page.events().seqArray()),
            parameter(
                    "event_horizon",
                    page -> page.events().horizon().isPresent()
                            ? page.events().horizon().getAsLong()
                            : null));

    private DeliveriesByEvent() {}

    /** @param page of a filter with a key, whose events were found */
    static IndexedRead ofKey(RequestedPage page) {
        return IndexedRead.of(LIST_OF_KEY, page);
    }

    /** @param page of a filter that names an event */
    static IndexedRead ofEvent(RequestedPage page) {
        return IndexedRead.of(LIST_OF_EVENT, page);
    }

    /** @param page of a filter that names a type */
    static IndexedRead ofType(RequestedPage page) {
        return IndexedRead.of(LIST_OF_TYPE, page);
    }
}
