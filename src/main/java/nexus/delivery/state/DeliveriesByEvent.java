package nexus.delivery.state;

import io.vertx.sqlclient.Tuple;
import java.util.UUID;
import nexus.queue.lookup.OwedLookUp;
import nexus.store.IndexedRead;

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
     * The statement of a list by event. Parameters: $1 and $2 end of the previous page, $3 statuses, $4 since, $5 until, $6
     * rows of a page, $7 subscription or null, $8 type or event.
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
                                DeliveryRows.OWED_COLUMNS,
                                DeliveryRows.SETTLED_COLUMNS,
                                horizon,
                                LOOK_UPS,
                                OwedLookUp.of("s.lane", "s.seq"))
                + DeliveryRows.PAGE_ROWS + "ORDER BY p.event_seq DESC, p.seq DESC";
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

    private DeliveriesByEvent() {}

    static IndexedRead ofEvent(UUID eventId, DeliveryFilter filter, DeliveryPosition before, int limit) {
        return new IndexedRead(
                LIST_OF_EVENT,
                common(filter, before, limit)
                        .addValue(eventId)
                        .addValue(filter.type().orElse(null)));
    }

    static IndexedRead ofType(String type, DeliveryFilter filter, DeliveryPosition before, int limit) {
        return new IndexedRead(
                LIST_OF_TYPE, common(filter, before, limit).addValue(type).addValue(SCANNED_EVENTS));
    }

    private static Tuple common(DeliveryFilter filter, DeliveryPosition before, int limit) {
        return Tuple.of(
                        before.eventSeq(),
                        before.seq(),
                        filter.statuses(),
                        filter.sinceOrBeginning(),
                        filter.untilOrEnd(),
                        limit + 1)
                .addValue(filter.subscriptionId().orElse(null));
    }
}
