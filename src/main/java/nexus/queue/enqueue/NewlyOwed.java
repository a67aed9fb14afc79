package nexus.queue.enqueue;

import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import nexus.event.IncomingEvent;
import nexus.event.Ordering;
import nexus.queue.notify.LiveLanes;
import nexus.queue.notify.OwedRows;
import nexus.queue.owed.KeySlices;
import nexus.queue.owed.OwedBody;
import nexus.queue.owed.OwedDelivery;
import nexus.queue.owed.PackedRow;
import nexus.queue.owed.Place;
import nexus.queue.owed.Ready;
import org.jspecify.annotations.Nullable;

/**
 * Deliveries that are about to become owed, as the columns of the statement that stores them. The statement answers with
 * {@code seqs}, of all of them in the order of the columns, and {@code places}, of those that are rows.
 */
public final class NewlyOwed {
    final List<Integer> lanes = new ArrayList<>();
    final List<@Nullable Long> otherKeys = new ArrayList<>();
    final List<Boolean> barriers = new ArrayList<>();
    final List<Boolean> own = new ArrayList<>();
    final List<@Nullable UUID> jobs = new ArrayList<>();
    private final List<Integer> keySlices = new ArrayList<>();
    private final List<@Nullable Long> keys = new ArrayList<>();
    private final List<Integer> events = new ArrayList<>(); // of which event, from 1
    private final List<Integer> bytes = new ArrayList<>();
    private final List<UUID> eventIds = new ArrayList<>();
    private final List<OwedBody> bodies = new ArrayList<>();
    private PackingPlan packing = new PackingPlan(this, LiveLanes.NONE);

    public int size() {
        return lanes.size();
    }

    /** @param number of the event among those that are stored, from 1 */
    public void add(int lane, int number, IncomingEvent event, OwedBody body, int bodyBytes) {
        jobs.add(event.recipient().map(IncomingEvent.Recipient::job).orElse(null));
        lanes.add(lane);
        events.add(number);
        bytes.add(bodyBytes);
        own.add(event.type().isOwn());
        eventIds.add(event.id().value());
        bodies.add(body);
        switch (event.ordering()) {
            case Ordering.None none -> addOrdering(event.id().value().hashCode(), null, null, false);
            case Ordering.Key key -> addOrdering(key.hash(), key.hash(), null, false);
            case Ordering.TwoKeys two -> addOrdering(two.hash(), two.hash(), two.otherHash(), false);
            case Ordering.Barrier barrier -> addOrdering(barrier.hash(), barrier.hash(), null, true);
        }
    }

    private void addOrdering(long spread, @Nullable Long key, @Nullable Long otherKey, boolean barrier) {
        keySlices.add(KeySlices.of(spread));
        keys.add(key);
        otherKeys.add(otherKey);
        barriers.add(barrier);
    }

    /** Decides which of them are stored together, once all are added. */
    public void plan(LiveLanes.Live live) {
        packing = new PackingPlan(this, live);
    }

    Integer[] lanes() {
        return lanes.toArray(Integer[]::new);
    }

    Integer[] keySlices() {
        return keySlices.toArray(Integer[]::new);
    }

    @Nullable
    Long[] keys() {
        return keys.toArray(Long[]::new);
    }

    @Nullable
    Long[] otherKeys() {
        return otherKeys.toArray(Long[]::new);
    }

    Boolean[] barriers() {
        return barriers.toArray(Boolean[]::new);
    }

    /** The number of the event of each, from 1. */
    Integer[] events() {
        return events.toArray(Integer[]::new);
    }

    Integer[] bodyBytes() {
        return bytes.toArray(Integer[]::new);
    }

    @Nullable
    UUID[] jobs() {
        return jobs.toArray(UUID[]::new);
    }

    Boolean[] own() {
        return own.toArray(Boolean[]::new);
    }

    /** The number of the packed row of each, from 1; 0: it is a row. */
    Integer[] packedRows() {
        return packing.numbers();
    }

    /** The process that has to own the lanes of packed rows; empty: there are none. */
    public Optional<Integer> owner() {
        return packing.owner();
    }

    /** The shards that it has to own. */
    Short[] shards() {
        return packing.shards();
    }

    /** How many of those owed to each lane count: not Nexus's own. */
    public Map<Integer, Long> counted() {
        Map<Integer, Long> counts = new TreeMap<>();
        for (int i = 0; i < size(); i++) {
            if (!own.get(i)) {
                counts.merge(lanes.get(i), 1L, Long::sum);
            }
        }
        return counts;
    }

    /**
     * The deliveries, once they are stored.
     *
     * @param answer of the statement
     * @param day of their events
     */
    public OwedRows stored(Row answer, LocalDate day, Instant at) {
        Long @Nullable [] drawn = answer.getArrayOfLongs("seqs");
        Long[] seqs = drawn == null ? new Long[0] : drawn; // SQL knows no empty aggregate
        String[] places = answer.getArrayOfStrings("places");
        Map<Integer, Long> lowestSeqByLane = new HashMap<>();
        Map<Integer, List<Ready>> freshByLane = new HashMap<>();
        PackingPlan.Packed packed = packing.stored(seqs);
        int row = 0;
        for (int i = 0; i < seqs.length; i++) {
            Optional<PackedRow> packedRow = packed.of(i);
            OwedDelivery delivery = new OwedDelivery(
                    lanes.get(i),
                    keySlices.get(i),
                    seqs[i],
                    keys.get(i),
                    otherKeys.get(i),
                    barriers.get(i),
                    null,
                    0,
                    0,
                    at,
                    day,
                    eventIds.get(i),
                    bytes.get(i),
                    own.get(i),
                    packedRow.isPresent() ? packedRow.get() : new Place.OwnRow(places[row++]),
                    false,
                    false,
                    jobs.get(i));
            lowestSeqByLane.putIfAbsent(delivery.lane(), delivery.seq());
            freshByLane
                    .computeIfAbsent(delivery.lane(), lane -> new ArrayList<>())
                    .add(new Ready(delivery, bodies.get(i)));
        }
        return new OwedRows(lowestSeqByLane, false, freshByLane);
    }
}
