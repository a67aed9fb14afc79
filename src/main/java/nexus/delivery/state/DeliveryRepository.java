package nexus.delivery.state;

import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.util.Optional;
import nexus.queue.lookup.OwedLookUp;
import nexus.queue.owed.DeliveryKey;
import nexus.store.IndexedRead;
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
    /** $1 day, $2 lane, $3 key slice, $4 seq, $5 epoch. */
    private static final String FIND = """
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
            """.formatted(
                    DeliveryRows.OWED_COLUMNS, DeliveryRows.SETTLED_COLUMNS, OwedLookUp.of("$2::int", "$4::bigint"))
            + DeliveryRows.PAGE_ROWS;

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
        return reading(filter, before, limit).on(store.api()).map(rows -> DeliveryRows.page(rows, limit));
    }

    public static IndexedRead reading(DeliveryFilter filter, DeliveryPosition before, int limit) {
        return filter.eventId()
                .map(id -> DeliveriesByEvent.ofEvent(id, filter, before, limit))
                .or(() -> filter.type().map(type -> DeliveriesByEvent.ofType(type, filter, before, limit)))
                .orElseGet(() -> DeliveriesBySeq.reading(filter, before, limit));
    }

    /** Empty when there is none, or no more. */
    public Future<Optional<Delivery>> find(DeliveryId id) {
        DeliveryKey key = id.key();
        return new IndexedRead(FIND, Tuple.of(key.day(), key.lane(), key.keySlice(), key.seq(), id.epoch()))
                .on(store.api())
                .map(rows -> DeliveryRows.deliveries(rows).stream().findFirst());
    }
}
