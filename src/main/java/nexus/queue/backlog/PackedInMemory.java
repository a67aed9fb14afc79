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
import nexus.queue.owed.OwedRun;
import nexus.queue.owed.Ready;
import nexus.queue.owed.RunReads;
import org.jboss.logging.Logger;

/**
 * The runs of this process's lanes, as long as all that is owed of them is in memory: under way, waiting for room, or
 * behind one of their key. As soon as something of a run is not, and when there is one that is not known here at all, its
 * deliveries become rows, which are read like any other. Until they are there, the lane takes nothing in memory: what it
 * looks up may be in the run. Belongs to the dispatcher's event loop.
 */
final class PackedInMemory {
    private static final Logger LOG = Logger.getLogger(PackedInMemory.class);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

    private final Vertx vertx;
    private final RunReads runs;
    private final LiveLanes live;
    private final int process;
    private final Unfolded unfolded;

    private final Map<OwedRun.Key, OwedRun> known = new HashMap<>();
    private final Map<OwedRun.Key, Optional<OwedRun>> waiting = new HashMap<>(); // to be unfolded
    private Map<OwedRun.Key, Optional<OwedRun>> unfolding = Map.of(); // by the statement that is under way
    private final Map<Integer, Integer> asked = new HashMap<>(); // lanes of which it is not known which runs there are
    private final Set<Integer> used = new HashSet<>(); // lanes that took a run's worth in memory since the last look
    private final Set<Integer> wasLive = new HashSet<>(); // and may have runs that are not known here
    private boolean stopped;

    /** Told that deliveries of a lane are rows now. */
    interface Unfolded {
        void from(int lane, long lowestSeq);
    }

    PackedInMemory(Vertx vertx, RunReads runs, LiveLanes live, int process, Unfolded unfolded) {
        this.vertx = vertx;
        this.runs = runs;
        this.live = live;
        this.process = process;
        this.unfolded = unfolded;
    }

    /** The term is over: who owns the lanes next finds the runs. */
    void stop() {
        stopped = true;
        live.clear();
    }

    /** Whether something of this lane may be in a run that is not in memory. */
    boolean isUncertain(int lane) {
        return asked.containsKey(lane)
                || waiting.keySet().stream().anyMatch(run -> run.lane() == lane)
                || unfolding.keySet().stream().anyMatch(run -> run.lane() == lane);
    }

    /** Whether something is on its way to be rows. */
    boolean isUnfolding() {
        return !waiting.isEmpty() || !unfolding.isEmpty();
    }

    /** These have just become owed here. */
    void stored(List<Ready> rows) {
        for (Ready row : rows) {
            if (row.delivery().place() instanceof OwedRun run) {
                known.putIfAbsent(run.key(), run);
            }
        }
    }

    /** A lane took all of it in memory. */
    void taken(int lane, int count) {
        if (count >= OwedRun.SHORTEST && !stopped) {
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
            if (row.place() instanceof OwedRun run && run.isFolded() && known.remove(run.key()) != null) {
                waiting.put(run.key(), Optional.of(run));
            }
        }
        unfoldNext();
    }

    /** It is settled, and out of its run. */
    void settled(OwedDelivery row) {
        if (row.place() instanceof OwedRun run && !run.isFolded()) {
            known.remove(run.key());
        }
    }

    /**
     * Looks for runs of lanes that are new here: they take nothing in memory before it is known that there is none.
     */
    void adopt(Collection<LaneBacklog> lanes) {
        lanes.forEach(lane -> asked.merge(lane.number, 1, Integer::sum));
        lookFor(
                lows(lanes),
                () -> lanes.forEach(
                        lane -> asked.computeIfPresent(lane.number, (of, count) -> count == 1 ? null : count - 1)));
    }

    /** Looks for runs that were stored without this process having been told, where that may be. */
    void poll(Collection<LaneBacklog> lanes) {
        lookFor(
                lows(lanes.stream()
                        .filter(lane -> wasLive.contains(lane.number))
                        .toList()),
                () -> {});
        lanes.stream().filter(lane -> !used.contains(lane.number)).forEach(lane -> live.remove(lane.number));
        used.clear();
        wasLive.removeIf(lane -> !live.now().lanes().contains(lane));
    }

    /** As {@link #poll}, everywhere. */
    void sweep(Collection<LaneBacklog> lanes) {
        lookFor(lows(lanes), () -> {});
    }

    private static Map<Integer, Long> lows(Collection<LaneBacklog> lanes) {
        Map<Integer, Long> lows = new HashMap<>();
        lanes.forEach(lane -> lows.put(lane.number, lane.cursor.low()));
        return lows;
    }

    private void lookFor(Map<Integer, Long> lows, Runnable found) {
        if (lows.isEmpty() || stopped) {
            return;
        }
        runs.of(lows).onComplete(read -> {
            if (stopped) {
                return;
            }
            if (read.failed()) {
                LOG.warnf("reading runs failed reason=%s", read.cause().getMessage());
                vertx.setTimer(AFTER_FAILURE.toMillis(), later -> lookFor(lows, found));
                return;
            }
            read.result().stream()
                    .filter(run -> !known.containsKey(run) && !unfolding.containsKey(run))
                    .forEach(run -> waiting.putIfAbsent(run, Optional.empty()));
            unfoldNext();
            found.run();
        });
    }

    private void unfoldNext() {
        if (waiting.isEmpty() || !unfolding.isEmpty() || stopped) {
            return;
        }
        Map<OwedRun.Key, Optional<OwedRun>> next = Map.copyOf(waiting);
        unfolding = next;
        waiting.clear();
        runs.unfold(next.keySet()).onComplete(done -> {
            unfolding = Map.of();
            if (stopped) {
                return;
            }
            if (done.failed()) {
                LOG.warnf(
                        "runs not unfolded, will try again reason=%s",
                        done.cause().getMessage());
                waiting.putAll(next);
                vertx.setTimer(AFTER_FAILURE.toMillis(), later -> unfoldNext());
                return;
            }
            Map<Integer, Long> lowest = new HashMap<>();
            next.forEach((run, inMemory) -> {
                inMemory.ifPresent(OwedRun::unfolded);
                lowest.merge(run.lane(), run.firstSeq(), Math::min);
            });
            lowest.forEach(unfolded::from);
            unfoldNext();
        });
    }
}
