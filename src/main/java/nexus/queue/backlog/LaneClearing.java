package nexus.queue.backlog;

import io.vertx.core.Future;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import nexus.queue.lease.Shards;
import nexus.queue.lease.Term;
import nexus.queue.owed.OwedDelivery;
import nexus.queue.owed.OwedReads;
import nexus.queue.owed.Unpacker;
import nexus.queue.settle.DeadReason;
import nexus.queue.settle.Outcome;
import nexus.queue.settle.Settling;
import org.jboss.logging.Logger;

/**
 * Ends expired deliveries of a lane, and all deliveries of a lane whose subscription is deleted, a few hundred rows at a time
 * and separately from outcomes of requests. Belongs to the backlog's event loop.
 */
final class LaneClearing {
    private static final Logger LOG = Logger.getLogger(LaneClearing.class);
    private static final int ROWS = 500;

    private final OwedReads queue;
    private final Unpacker unpacker;
    private final Settling settlement;
    private final IntFunction<Future<Boolean>> deleted;
    private final Clock clock;
    private final Term term;
    private final LaneBacklogs lanes;

    private final Map<Integer, Progress> inProgress = new HashMap<>(); // by lane
    private final Set<Integer> again = new HashSet<>(); // requested meanwhile, because a row may be free now
    private boolean stopped;

    /** @param after the seq of the last row that was looked at */
    private record Progress(boolean isDeleted, long after) {
        static final Progress AT_START = new Progress(false, 0);
    }

    /**
     * One part of a lane.
     *
     * @param ended the outcomes of its deliveries
     * @param stored the seqs of those that are stored
     * @param isLast whether the lane is finished; otherwise {@link #next} must be called
     */
    record Cleared(int lane, List<Outcome> ended, Set<Long> stored, boolean isLast) {}

    /** @param deleted whether a lane is deleted in the store */
    LaneClearing(StoredBacklog.Parts parts, Term term, IntFunction<Future<Boolean>> deleted, LaneBacklogs lanes) {
        this.queue = parts.queue();
        this.unpacker = parts.unpacker();
        this.settlement = parts.settlement();
        this.clock = parts.clock();
        this.deleted = deleted;
        this.term = term;
        this.lanes = lanes;
    }

    void stop() {
        stopped = true;
    }

    /** Whether it is clearing a lane of this shard. */
    boolean isInProgressIn(int shard) {
        return inProgress.keySet().stream().anyMatch(lane -> Shards.of(lane) == shard);
    }

    /** Begins to clear a lane. A lane that is being cleared is cleared once more afterwards. */
    Future<Cleared> begin(int lane) {
        if (stopped || !lanes.owns(lane)) {
            return Future.succeededFuture(nothing(lane));
        }
        if (inProgress.containsKey(lane)) {
            again.add(lane);
            return Future.succeededFuture(nothing(lane));
        }
        return start(lane);
    }

    /** Goes on with a lane of which a part was cleared. */
    Future<Cleared> next(int lane) {
        Progress progress = inProgress.getOrDefault(lane, Progress.AT_START);
        return progress.equals(Progress.AT_START) ? start(lane) : ended(lane, clearPart(lane, progress));
    }

    private Future<Cleared> start(int lane) {
        inProgress.put(lane, Progress.AT_START);
        return ended(
                lane, isDeleted(lane).compose(isDeleted -> clearPart(lane, new Progress(isDeleted, lowest(lane)))));
    }

    private Future<Cleared> ended(int lane, Future<Cleared> part) {
        return part.recover(failure -> {
            LOG.warnf("lane not cleared lane=%d reason=%s", lane, failure.getMessage());
            inProgress.remove(lane);
            again.remove(lane);
            return Future.succeededFuture(nothing(lane));
        });
    }

    private static Cleared nothing(int lane) {
        return new Cleared(lane, List.of(), Set.of(), true);
    }

    /** An unknown lane may have been created by another process, so only the store knows whether it is deleted. */
    private Future<Boolean> isDeleted(int lane) {
        return !lanes.has(lane)
                ? deleted.apply(lane)
                        .compose(isDeleted -> unpacker.unpackLane(lane).map(isDeleted))
                : Future.succeededFuture(false);
    }

    private long lowest(int number) {
        LaneBacklog lane = lanes.of(number);
        return lane == null ? 0 : lane.cursor.oldestOpen() - 1;
    }

    private Future<Cleared> clearPart(int lane, Progress progress) {
        return queue.oldest(lane, progress.after(), ROWS).compose(rows -> {
            List<Outcome> dead = stopped || !lanes.owns(lane) ? List.of() : dead(lane, progress.isDeleted(), rows);
            if (dead.isEmpty()) {
                return Future.succeededFuture(end(lane, List.of(), Set.of()));
            }
            return settlement.settle(term, dead).map(seqs -> {
                if (stopped || seqs.isEmpty()) {
                    return end(lane, List.of(), Set.of());
                }
                if (rows.size() < ROWS) {
                    return end(lane, dead, seqs.get());
                }
                inProgress.put(
                        lane, new Progress(progress.isDeleted(), rows.getLast().seq()));
                return new Cleared(lane, dead, seqs.get(), false);
            });
        });
    }

    private Cleared end(int lane, List<Outcome> ended, Set<Long> stored) {
        boolean isAgain = again.remove(lane) && !stopped && lanes.owns(lane);
        if (isAgain) {
            inProgress.put(lane, Progress.AT_START);
        } else {
            inProgress.remove(lane);
        }
        return new Cleared(lane, ended, stored, !isAgain);
    }

    /** Nothing expires in a lane whose subscription this process does not know yet: it may have been paused. */
    private List<Outcome> dead(int number, boolean isDeleted, List<OwedDelivery> rows) {
        LaneBacklog lane = lanes.of(number);
        Instant tooOld = lane == null ? Instant.MIN : lane.owedBefore(clock.instant());
        List<Outcome> dead = new ArrayList<>();
        for (OwedDelivery row : rows) {
            if (!lanes.isTaken(row) && (isDeleted || row.owedSince().isBefore(tooOld))) {
                dead.add(new Outcome.Dead(
                        row, Optional.empty(), isDeleted ? DeadReason.SUBSCRIPTION_DELETED : DeadReason.EXPIRED));
            }
        }
        return dead;
    }
}
