package nexus.dispatch;

import io.vertx.core.Future;
import java.time.Clock;
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
import nexus.queue.owed.OwedQueue;
import nexus.queue.owed.OwedRuns;
import nexus.queue.settle.Outcome;
import nexus.queue.settle.Settlement;
import nexus.subscription.catalog.SubscriptionCatalog;
import org.jboss.logging.Logger;

/**
 * Gives up what is too old in a lane, and everything in a lane whose subscription is deleted, a few hundred rows at a
 * time and apart from the outcomes of requests. Belongs to the dispatcher's event loop.
 */
final class LaneClearing {
    private static final Logger LOG = Logger.getLogger(LaneClearing.class);
    private static final int ROWS = 500;

    private final OwedQueue queue;
    private final OwedRuns runs;
    private final Settlement settlement;
    private final SubscriptionCatalog catalog;
    private final DeliveryConfig config;
    private final Clock clock;
    private final Term term;
    private final Lanes lanes;
    private final BiConsumer<List<Outcome>, Set<Long>> written;

    private final Set<Integer> underWay = new HashSet<>();
    private final Set<Integer> again = new HashSet<>(); // asked for meanwhile: a row may be free that was not
    private boolean stopped;

    LaneClearing(DispatchTools tools, Term term, Lanes lanes, BiConsumer<List<Outcome>, Set<Long>> written) {
        this.queue = tools.queue();
        this.runs = tools.runs();
        this.settlement = tools.settlement();
        this.catalog = tools.catalog();
        this.config = tools.config();
        this.clock = tools.clock();
        this.term = term;
        this.lanes = lanes;
        this.written = written;
    }

    void stop() {
        stopped = true;
    }

    /** Whether it is at work in a lane of this shard. */
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
            // One that is not known here may be new in another process: only the store can say that it is deleted.
            Future<Void> known = lanes.of(lane) == null
                    ? catalog.reload().compose(reloaded -> runs.unfoldLane(lane))
                    : Future.succeededFuture();
            known.compose(done -> clearFrom(lane, lowest(lane)))
                    .onFailure(failure -> LOG.warnf("lane not cleared lane=%d reason=%s", lane, failure.getMessage()))
                    .onComplete(done -> {
                        underWay.remove(lane);
                        if (again.remove(lane) && done.succeeded()) {
                            clear(lane);
                        }
                    });
        }
    }

    private long lowest(int number) {
        Lane lane = lanes.of(number);
        return lane == null ? 0 : lane.cursor.low() - 1;
    }

    private Future<Void> clearFrom(int lane, long after) {
        return queue.oldest(lane, after, ROWS).compose(rows -> {
            List<Outcome> dead = stopped || !lanes.owns(lane) ? List.of() : dead(lane, rows);
            if (dead.isEmpty()) {
                return Future.succeededFuture();
            }
            return settlement.settle(term, dead).compose(seqs -> {
                if (stopped || seqs.isEmpty()) {
                    return Future.succeededFuture();
                }
                written.accept(dead, seqs.get());
                return rows.size() == ROWS ? clearFrom(lane, rows.getLast().seq()) : Future.succeededFuture();
            });
        });
    }

    private List<Outcome> dead(int lane, List<OwedDelivery> rows) {
        Instant tooOld = clock.instant().minus(config.maxAge());
        boolean isDeleted = catalog.current().ofLane(lane).isEmpty();
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
