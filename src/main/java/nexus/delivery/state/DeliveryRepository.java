package nexus.delivery.state;

import io.vertx.core.Future;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import nexus.event.EventKey;
import nexus.queue.lookup.OwedLookUp;
import nexus.queue.owed.DeliveryKey;
import nexus.store.IndexedRead;
import nexus.store.NamedSql;
import nexus.store.Store;

/**
 * Reads deliveries, owed ({@code owed}, {@code owed_run}) and settled ({@code delivery}, {@code delivery_run}) alike, each
 * statement in one snapshot: a delivery that is being settled is in exactly one of them.
 *
 * <p>No list scans without bound. Each place that is read (a key slice of a lane, the history) gives at most a fixed number
 * of rows, newest first, before they are filtered. Where a place reaches that number, nothing is known about its older
 * rows; the newest such point over all places is the <i>horizon</i>: a page ends there, and the next one starts there.
 */
@Singleton
public class DeliveryRepository {
    private static final NamedSql FIND = NamedSql.of(
            """
            WITH horizon AS (SELECT NULL::bigint AS horizon_event_seq, NULL::bigint AS horizon_seq),
            page AS (
                SELECT 0::bigint AS event_seq, %1$s
                FROM %3$s o JOIN subscription s ON s.lane = o.lane
                WHERE o.stripe = :stripe AND o.event_day = :day
                  AND EXISTS (SELECT FROM store WHERE epoch = :epoch)
                UNION ALL
                SELECT 0::bigint, %2$s
                FROM settled_delivery(:day, :lane, :seq) d
                WHERE d.stripe = :stripe AND EXISTS (SELECT FROM store WHERE epoch = :epoch))
            """.formatted(
                                    DeliveryRows.OWED_COLUMNS,
                                    DeliveryRows.SETTLED_COLUMNS,
                                    OwedLookUp.of(":lane::int", ":seq::bigint"))
                    + DeliveryRows.PAGE_ROWS,
            "day",
            "lane",
            "stripe",
            "seq",
            "epoch");

    /** A lane has one delivery of an event at most. */
    private static final NamedSql OF_EVENT_IN_LANES = NamedSql.of(
            """
            WITH horizon AS (SELECT NULL::bigint AS horizon_event_seq, NULL::bigint AS horizon_seq),
            pair AS MATERIALIZED (
                SELECT e.day, s.lane, s.deleted_at, (
                    SELECT every.seq FROM unnest(e.lanes, e.seqs) WITH ORDINALITY every(lane, seq, place)
                    WHERE every.lane = s.lane ORDER BY every.place DESC LIMIT 1) AS seq
                FROM (SELECT day, lanes, seqs FROM event WHERE id = :event ORDER BY day DESC LIMIT 1) e
                JOIN subscription s ON s.lane = ANY (:lanes::int[]) AND s.lane = ANY (e.lanes)),
            page AS (
                SELECT 0::bigint AS event_seq, %1$s
                FROM pair s CROSS JOIN LATERAL %3$s o
                UNION ALL
                SELECT 0::bigint, %2$s
                FROM pair s CROSS JOIN LATERAL settled_delivery(s.day, s.lane, s.seq) d)
            """.formatted(DeliveryRows.OWED_COLUMNS, DeliveryRows.SETTLED_COLUMNS, OwedLookUp.of("s.lane", "s.seq"))
                    + DeliveryRows.PAGE_ROWS,
            "event",
            "lanes");

    /** The greatest number of events of a key that one page reads. */
    private static final int SCANNED_EVENTS = 500;

    private final Store store;
    private final KeySearch search;

    public DeliveryRepository(Store store) {
        this.store = store;
        this.search = new KeySearch(store);
    }

    /**
     * One page, newest first.
     *
     * @param before the end of the page before, or {@link DeliveryPosition#NEWEST}
     */
    public Future<DeliveryPage> list(DeliveryFilter filter, DeliveryPosition before, int limit) {
        Optional<EventKey> key = filter.eventId().isPresent() ? Optional.empty() : filter.key();
        return key.map(sought -> ofKey(
                                new KeySearch.Sought(sought, filter.type(), Optional.empty(), Optional.empty()), before)
                        .map(events -> DeliveriesByEvent.ofKey(new RequestedPage(filter, before, limit, events))))
                .orElseGet(() -> Future.succeededFuture(reading(filter, before, limit)))
                .compose(read -> read.on(store.api()))
                .map(rows -> DeliveryRows.page(rows, limit));
    }

    /** The page before may have ended within the deliveries of an event. */
    private Future<KeyMatches> ofKey(KeySearch.Sought sought, DeliveryPosition before) {
        long end = before.eventSeq() == Long.MAX_VALUE ? Long.MAX_VALUE : before.eventSeq() + 1;
        return search.find(sought, end, SCANNED_EVENTS);
    }

    public static IndexedRead reading(DeliveryFilter filter, DeliveryPosition before, int limit) {
        RequestedPage page = new RequestedPage(filter, before, limit);
        if (filter.eventId().isPresent()) {
            return DeliveriesByEvent.ofEvent(page);
        }
        return filter.type().isPresent() ? DeliveriesByEvent.ofType(page) : DeliveriesBySeq.reading(page);
    }

    /** The last delivery of one event in each of these lanes, as far as they are kept. */
    public Future<List<Delivery>> ofEvent(UUID event, Collection<Integer> lanes) {
        return IndexedRead.of(OF_EVENT_IN_LANES, event, lanes.toArray(Integer[]::new))
                .on(store.api())
                .map(DeliveryRows::deliveries);
    }

    /** Empty when there is none, or no more. */
    public Future<Optional<Delivery>> find(DeliveryId id) {
        DeliveryKey key = id.key();
        return IndexedRead.of(FIND, key.day(), key.lane(), key.keySlice(), key.seq(), id.epoch())
                .on(store.api())
                .map(rows -> DeliveryRows.deliveries(rows).stream().findFirst());
    }
}
