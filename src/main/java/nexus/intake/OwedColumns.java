package nexus.intake;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import nexus.event.IncomingEvent;
import nexus.event.Ordering;
import nexus.queue.owed.KeySlices;
import org.jspecify.annotations.Nullable;

/** The new deliveries of some events, as the columns of the statement that stores them. */
final class OwedColumns {
    final List<Integer> lanes = new ArrayList<>();
    final List<Integer> keySlices = new ArrayList<>();
    final List<@Nullable Long> keys = new ArrayList<>();
    final List<@Nullable Long> otherKeys = new ArrayList<>();
    final List<Boolean> barriers = new ArrayList<>();
    final List<Integer> events = new ArrayList<>(); // number of the event, from 1
    final List<Integer> bytes = new ArrayList<>();
    final List<Boolean> own = new ArrayList<>();

    int size() {
        return lanes.size();
    }

    /** @param number number of the event among those that are stored, from 1 */
    void add(int lane, int number, int bodyBytes, IncomingEvent event) {
        lanes.add(lane);
        events.add(number);
        bytes.add(bodyBytes);
        own.add(event.type().isOwn());
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

    /** The number of deliveries for each lane, without Nexus's own events. */
    Map<Integer, Long> counted() {
        Map<Integer, Long> counts = new TreeMap<>();
        for (int i = 0; i < size(); i++) {
            if (!own.get(i)) {
                counts.merge(lanes.get(i), 1L, Long::sum);
            }
        }
        return counts;
    }
}
