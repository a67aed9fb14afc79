package nexus.queue.backlog;

import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
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
 * and separately from outcomes of requests. Belongs to the dispatcher's event loop.
 */
final class LaneClearing {
    private static final Logger LOG = Logger.getLogger(LaneClearing.class);
    private static final int ROWS = 500;

    private final OwedReads queue;
    private final Unpacker runs;
    private final Settling settlement;
    private final Deliverer deliverer;
    private final Duration maxAge;
    private final Clock clock;
    private final Term term;
    private final LaneBacklogs lanes;
    private final BiConsumer<List<Outcome>, Set<Long>> written;

    private final Set<Integer> underWay = new HashSet<>();
    private final Set<Integer> again = new HashSet<>(); // requested meanwhile, because a row may be free now
    private boolean stopped;

    /** @param written receives the outcomes to store, and the seqs of the stored ones */
    LaneClearing(
            StoredBacklog.Parts parts,
            Term term,
            Deliverer deliverer,
            Duration maxAge,
            LaneBacklogs lanes,
            BiConsumer<List<Outcome>, Set<Long>> written) {
        this.queue = parts.queue();
        this.runs = parts.runs();
        this.settlement = parts.settlement();
        this.clock = parts.clock();
        this.deliverer = deliverer;
        this.maxAge = maxAge;
        this.term = term;
        this.lanes = lanes;
        this.written = written;
    }

    void stop() {
        stopped = true;
    }

    /** Whether it is clearing a lane of this shard. */
    boolean isUnderWayIn(int shard) {
        return underWay.stream().anyMatch(lane -> Shards.of(lane) == shard);
    }

    void clear(int lane) {
        if (stopped || !lanes.owns(lane)) {
            return;
        }
        if (!underWay.add(lane)) {
            again.add(lane);
        } else {
            isDeleted(lane)
                    .compose(isDeleted -> clearFrom(lane, isDeleted, lowest(lane)))
                    .onFailure(failure -> LOG.warnf("lane not cleared lane=%d reason=%s", lane, failure.getMessage()))
                    .onComplete(done -> {
                        underWay.remove(lane);
                        if (again.remove(lane) && done.succeeded()) {
                            clear(lane);
                        }
                    });
        }
    }

    /** An unknown lane may have been created by another process, so only the store knows whether it is deleted. */
    private Future<Boolean> isDeleted(int lane) {
        return lanes.of(lane) == null
                ? deliverer.isDeleted(lane).compose(isDeleted -> runs.unpackLane(lane)
                        .map(isDeleted))
                : Future.succeededFuture(false);
    }

    private long lowest(int number) {
        LaneBacklog lane = lanes.of(number);
        return lane == null ? 0 : lane.cursor.oldestOpen() - 1;
    }

    private Future<Void> clearFrom(int lane, boolean isDeleted, long after) {
        return queue.oldest(lane, after, ROWS).compose(rows -> {
            List<Outcome> dead = stopped || !lanes.owns(lane) ? List.of() : dead(isDeleted, rows);
            if (dead.isEmpty()) {
                return Future.succeededFuture();
            }
            return settlement.settle(term, dead).compose(seqs -> {
                if (stopped || seqs.isEmpty()) {
                    return Future.succeededFuture();
                }
                written.accept(dead, seqs.get());
                return rows.size() == ROWS
                        ? clearFrom(lane, isDeleted, rows.getLast().seq())
                        : Future.succeededFuture();
            });
        });
    }

    private List<Outcome> dead(boolean isDeleted, List<OwedDelivery> rows) {
        Instant tooOld = clock.instant().minus(maxAge);
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
