package nexus.queue.packed;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nexus.queue.notify.LiveLanes;
import nexus.queue.owed.OwedDelivery;
import nexus.queue.owed.PackedRow;
import nexus.queue.owed.Ready;

/**
 * The packed rows of this process's lanes whose owed deliveries are all in memory: in progress, waiting for room, or after one
 * of their key. If a delivery of a packed row is not in memory, or a packed row is not known here, it must be unpacked, and its
 * deliveries are read like others. Until then the lane takes nothing into memory, because a row that it reads may be in the
 * packed row. Belongs to the backlog's event loop.
 */
public final class PackedInMemory {
    private final LiveLanes live;
    private final int process;

    private final Map<PackedRow.Key, PackedRow> known = new HashMap<>();
    private final Map<PackedRow.Key, Optional<PackedRow>> waiting = new HashMap<>(); // to be unpacked
    private Map<PackedRow.Key, Optional<PackedRow>> unpacking = Map.of(); // by the statement in progress
    private final Map<Integer, Integer> searches = new HashMap<>(); // by lane, reads of its packed rows in progress
    private final Set<Integer> used = new HashSet<>(); // lanes that took a packed row into memory since the last poll
    private final Set<Integer> wasLive = new HashSet<>(); // lanes that may have packed rows that are not known here

    public PackedInMemory(LiveLanes live, int process) {
        this.live = live;
        this.process = process;
    }

    /** Ends the term. The next owner of the lanes finds the packed rows. */
    public void stop() {
        live.clear();
    }

    /** Whether a delivery of this lane may be in a packed row that is not in memory. */
    public boolean isUncertain(int lane) {
        return searches.containsKey(lane)
                || waiting.keySet().stream().anyMatch(row -> row.lane() == lane)
                || unpacking.keySet().stream().anyMatch(row -> row.lane() == lane);
    }

    /** Whether a packed row is to be unpacked, or is being unpacked. */
    public boolean isUnpacking() {
        return !waiting.isEmpty() || !unpacking.isEmpty();
    }

    /** Adds the packed rows of newly owed deliveries. */
    public void stored(List<Ready> rows) {
        for (Ready row : rows) {
            if (row.delivery().place() instanceof PackedRow packed) {
                known.putIfAbsent(packed.key(), packed);
            }
        }
    }

    /** Records that a lane took all newly owed deliveries into memory. */
    public void taken(int lane, int count) {
        if (count >= PackedRow.SHORTEST) {
            used.add(lane);
            wasLive.add(lane);
            live.add(process, lane);
        }
    }

    /** Records that a lane left newly owed deliveries to the store. */
    public void refused(int lane) {
        live.remove(lane);
    }

    /** Makes the packed rows of these deliveries be unpacked: they are not in memory any more, and still owed. */
    public void forgotten(Collection<OwedDelivery> rows) {
        for (OwedDelivery row : rows) {
            if (row.place() instanceof PackedRow packed && packed.isPacked() && known.remove(packed.key()) != null) {
                waiting.put(packed.key(), Optional.of(packed));
            }
        }
    }

    /** Forgets the packed row of a settled delivery, unless others are in it. */
    public void settled(OwedDelivery row) {
        if (row.place() instanceof PackedRow packed && !packed.isPacked()) {
            known.remove(packed.key());
        }
    }

    /** Begins a search for the packed rows of these lanes, which take nothing into memory before its end. */
    void beginSearch(Collection<Integer> lanes) {
        lanes.forEach(lane -> searches.merge(lane, 1, Integer::sum));
    }

    void endSearch(Collection<Integer> lanes) {
        lanes.forEach(lane -> searches.computeIfPresent(lane, (of, count) -> count == 1 ? null : count - 1));
    }

    /** Makes those of the stored packed rows be unpacked that are not known. */
    void found(Set<PackedRow.Key> stored) {
        stored.stream()
                .filter(row -> !known.containsKey(row) && !unpacking.containsKey(row))
                .forEach(row -> waiting.putIfAbsent(row, Optional.empty()));
    }

    /** The lanes whose packed rows may have been stored without a notification. */
    Set<Integer> wasLive() {
        return Set.copyOf(wasLive);
    }

    /** Ends the packing of lanes that took no packed row since the last call. */
    void retireUnused(Collection<Integer> lanes) {
        lanes.stream().filter(lane -> !used.contains(lane)).forEach(live::remove);
        used.clear();
        wasLive.removeIf(lane -> !live.now().lanes().contains(lane));
    }

    /** Whether packed rows are to be unpacked and none is being unpacked. */
    boolean isUnpackDue() {
        return !waiting.isEmpty() && unpacking.isEmpty();
    }

    /** Begins to unpack all packed rows that are to be unpacked. */
    Set<PackedRow.Key> beginUnpacking() {
        unpacking = Map.copyOf(waiting);
        waiting.clear();
        return unpacking.keySet();
    }

    /** @return by lane, the lowest seq that became a row */
    Map<Integer, Long> endUnpacking() {
        Map<Integer, Long> lowest = new HashMap<>();
        unpacking.forEach((row, inMemory) -> {
            inMemory.ifPresent(PackedRow::unpacked);
            lowest.merge(row.lane(), row.firstSeq(), Math::min);
        });
        unpacking = Map.of();
        return lowest;
    }

    void failUnpacking() {
        waiting.putAll(unpacking);
        unpacking = Map.of();
    }
}
