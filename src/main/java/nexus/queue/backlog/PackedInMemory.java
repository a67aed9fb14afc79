package nexus.queue.backlog;

import io.vertx.core.Vertx;
import java.time.Duration;
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
import nexus.queue.owed.Unpacker;
import org.jboss.logging.Logger;

/**
 * The packed rows of this process's lanes whose owed deliveries are all in memory: in progress, waiting for room, or after one
 * of their key. If a delivery of a packed row is not in memory, or a packed row is not known here, it is unpacked, and its
 * deliveries are read like others. Until then the lane takes nothing into memory, because a row that it reads may be in the
 * packed row. Belongs to the backlog's event loop.
 */
final class PackedInMemory {
    private static final Logger LOG = Logger.getLogger(PackedInMemory.class);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

    private final Vertx vertx;
    private final Unpacker runs;
    private final LiveLanes live;
    private final int process;
    private final Unpacked unpacked;

    private final Map<PackedRow.Key, PackedRow> known = new HashMap<>();
    private final Map<PackedRow.Key, Optional<PackedRow>> waiting = new HashMap<>(); // to be unpacked
    private Map<PackedRow.Key, Optional<PackedRow>> unpacking = Map.of(); // by the statement in progress
    private final Map<Integer, Integer> asked =
            new HashMap<>(); // lanes of which it is not known which packed rows there are
    private final Set<Integer> used =
            new HashSet<>(); // lanes that took a packed row's worth in memory since the last look
    private final Set<Integer> wasLive = new HashSet<>(); // and may have packed rows that are not known here
    private boolean stopped;

    /** Called when deliveries of a lane were unpacked. */
    interface Unpacked {
        void from(int lane, long lowestSeq);
    }

    PackedInMemory(Vertx vertx, Unpacker runs, LiveLanes live, int process, Unpacked unpacked) {
        this.vertx = vertx;
        this.runs = runs;
        this.live = live;
        this.process = process;
        this.unpacked = unpacked;
    }

    /** Ends the term. The next owner of the lanes finds the packed rows. */
    void stop() {
        stopped = true;
        live.clear();
    }

    /** Whether something of this lane may be in a packed row that is not in memory. */
    boolean isUncertain(int lane) {
        return asked.containsKey(lane)
                || waiting.keySet().stream().anyMatch(run -> run.lane() == lane)
                || unpacking.keySet().stream().anyMatch(run -> run.lane() == lane);
    }

    /** Whether something is on its way to be rows. */
    boolean isUnpacking() {
        return !waiting.isEmpty() || !unpacking.isEmpty();
    }

    /** These have just become owed here. */
    void stored(List<Ready> rows) {
        for (Ready row : rows) {
            if (row.delivery().place() instanceof PackedRow run) {
                known.putIfAbsent(run.key(), run);
            }
        }
    }

    /** A lane took all of it in memory. */
    void taken(int lane, int count) {
        if (count >= PackedRow.SHORTEST && !stopped) {
            used.add(lane);
            wasLive.add(lane);
            live.add(process, lane);
        }
    }

    /** A lane did not. */
    void refused(int lane) {
        live.remove(lane);
    }

    /** These are not in memory any more, and still owed. */
    void forgotten(Collection<OwedDelivery> rows) {
        for (OwedDelivery row : rows) {
            if (row.place() instanceof PackedRow run && run.isPacked() && known.remove(run.key()) != null) {
                waiting.put(run.key(), Optional.of(run));
            }
        }
        unpackNext();
    }

    /** It is settled, and out of its packed row. */
    void settled(OwedDelivery row) {
        if (row.place() instanceof PackedRow run && !run.isPacked()) {
            known.remove(run.key());
        }
    }

    /**
     * Reads the packed rows of new lanes, which take nothing into memory before the result is known.
     */
    void adopt(Collection<LaneBacklog> lanes) {
        lanes.forEach(lane -> asked.merge(lane.number, 1, Integer::sum));
        lookFor(
                oldestOpenByLane(lanes),
                () -> lanes.forEach(
                        lane -> asked.computeIfPresent(lane.number, (of, count) -> count == 1 ? null : count - 1)));
    }

    /** Reads packed rows that may have been stored without a notification. */
    void poll(Collection<LaneBacklog> lanes) {
        lookFor(
                oldestOpenByLane(lanes.stream()
                        .filter(lane -> wasLive.contains(lane.number))
                        .toList()),
                () -> {});
        lanes.stream().filter(lane -> !used.contains(lane.number)).forEach(lane -> live.remove(lane.number));
        used.clear();
        wasLive.removeIf(lane -> !live.now().lanes().contains(lane));
    }

    /** As {@link #poll}, everywhere. */
    void sweep(Collection<LaneBacklog> lanes) {
        lookFor(oldestOpenByLane(lanes), () -> {});
    }

    private static Map<Integer, Long> oldestOpenByLane(Collection<LaneBacklog> lanes) {
        Map<Integer, Long> oldestOpenByLane = new HashMap<>();
        lanes.forEach(lane -> oldestOpenByLane.put(lane.number, lane.cursor.oldestOpen()));
        return oldestOpenByLane;
    }

    private void lookFor(Map<Integer, Long> oldestOpenByLane, Runnable found) {
        if (oldestOpenByLane.isEmpty() || stopped) {
            return;
        }
        runs.of(oldestOpenByLane).onComplete(read -> {
            if (stopped) {
                return;
            }
            if (read.failed()) {
                LOG.warnf("reading packed rows failed reason=%s", read.cause().getMessage());
                vertx.setTimer(AFTER_FAILURE.toMillis(), later -> lookFor(oldestOpenByLane, found));
                return;
            }
            read.result().stream()
                    .filter(run -> !known.containsKey(run) && !unpacking.containsKey(run))
                    .forEach(run -> waiting.putIfAbsent(run, Optional.empty()));
            unpackNext();
            found.run();
        });
    }

    private void unpackNext() {
        if (waiting.isEmpty() || !unpacking.isEmpty() || stopped) {
            return;
        }
        Map<PackedRow.Key, Optional<PackedRow>> next = Map.copyOf(waiting);
        unpacking = next;
        waiting.clear();
        runs.unpack(next.keySet()).onComplete(done -> {
            unpacking = Map.of();
            if (stopped) {
                return;
            }
            if (done.failed()) {
                LOG.warnf(
                        "packed rows not unpacked, will try again reason=%s",
                        done.cause().getMessage());
                waiting.putAll(next);
                vertx.setTimer(AFTER_FAILURE.toMillis(), later -> unpackNext());
                return;
            }
            Map<Integer, Long> lowest = new HashMap<>();
            next.forEach((run, inMemory) -> {
                inMemory.ifPresent(PackedRow::unpacked);
                lowest.merge(run.lane(), run.firstSeq(), Math::min);
            });
            lowest.forEach(unpacked::from);
            unpackNext();
        });
    }
}
