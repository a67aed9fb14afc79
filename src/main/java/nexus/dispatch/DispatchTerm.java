package nexus.dispatch;

import io.vertx.core.Future;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import nexus.queue.DeliveryLease;
import nexus.queue.Outcome;
import nexus.queue.OwedDelivery;
import nexus.queue.OwedQueue;
import nexus.queue.OwedQueue.LaneKey;
import nexus.queue.OwedRows;
import nexus.subscription.SubscriptionCatalog;
import nexus.subscription.Subscriptions;
import org.jboss.logging.Logger;

/**
 * Delivering, from taking the lease to losing it. Everything here happens on one event loop; a new term starts with
 * nothing remembered and reads the store again.
 *
 * <p>The reader finds what may start, the sending turns it into outcomes, the writer writes them down; what is written
 * makes room and frees keys, which wakes the reader.
 */
final class DispatchTerm {
    private static final Logger LOG = Logger.getLogger(DispatchTerm.class);
    private static final int OLDEST_PER_READ = 500;

    private final OwedQueue queue;
    private final SubscriptionCatalog catalog;
    private final DeliveryConfig config;
    private final Clock clock;
    private final Lanes lanes;
    private final LaneReader reader;
    private final DeliverySending sending;
    private final OutcomeWriter writer;

    private final Set<Integer> clearing = new HashSet<>();
    private boolean closed;

    DispatchTerm(DispatchTools tools, DeliveryLease.Term term) {
        this.queue = tools.queue();
        this.catalog = tools.catalog();
        this.config = tools.config();
        this.clock = tools.clock();
        this.lanes = new Lanes(config.concurrency());
        this.writer = new OutcomeWriter(tools.vertx(), tools.settlement(), term, this::written);
        this.sending = new DeliverySending(tools, lanes, writer::add);
        this.reader = new LaneReader(tools, lanes, sending::add);
    }

    /** Reads what is owed, and goes on from there. */
    void start() {
        adopt(catalog.current());
        sweep();
    }

    /** Ends it at once: requests under way are finished by the sender, but nothing of them is written any more. */
    void close() {
        closed = true;
        reader.stop();
        sending.stop();
        writer.close();
    }

    /** Starts nothing new. */
    void drain() {
        reader.stop();
    }

    /** Requests made, or outcomes not yet written. */
    int underWay() {
        return lanes.underWay();
    }

    void adopt(Subscriptions current) {
        lanes.adopt(current).forEach(this::clear);
        reader.turnSoon();
    }

    void owed(OwedRows rows) {
        rows.lowestSeqByLane().forEach((number, seq) -> {
            Lane lane = lanes.of(number);
            if (lane != null) {
                lane.rewind(seq);
            }
        });
        reader.turnSoon();
    }

    /** Looks behind all cursors: another process may have stored something. */
    void poll() {
        lanesWithWork().onSuccess(withWork -> {
            withWork.stream().map(lanes::of).filter(Objects::nonNull).forEach(Lane::poll);
            reader.turnSoon();
        });
    }

    /** Looks at everything that is owed: what no signal told of, what is too old, what belongs to nobody any more. */
    void sweep() {
        lanesWithWork().onSuccess(withWork -> {
            Instant now = clock.instant();
            for (Integer number : withWork) {
                Lane lane = lanes.of(number);
                if (lane != null) {
                    lane.sweep(now, config.sweep());
                }
                clear(number);
            }
            reader.turnSoon();
        });
    }

    private Future<List<Integer>> lanesWithWork() {
        return queue.lanesWithWork()
                .onFailure(failure -> LOG.warnf("reading lanes failed reason=%s", failure.getMessage()));
    }

    private void written(List<Outcome> outcomes, Set<Long> seqs) {
        List<OwedDelivery> rows = new ArrayList<>();
        Set<LaneKey> next = new HashSet<>();
        for (Outcome outcome : outcomes) {
            OwedDelivery row = outcome.delivery();
            rows.add(row);
            lanes.ended(row);
            Lane lane = lanes.of(row.lane());
            if (lane != null) {
                boolean isCancelled = !seqs.contains(row.seq());
                boolean isFinal = isCancelled || !(outcome instanceof Outcome.Again);
                next.addAll(lane.settled(row, isFinal));
                if (!isFinal && outcome instanceof Outcome.Again again) {
                    lane.dueAt(again.due());
                }
            }
        }
        reader.settled(rows, next);
    }

    /** Gives up what is too old in a lane, and everything in one whose subscription is deleted. */
    private void clear(int number) {
        if (!closed && clearing.add(number)) {
            // A lane that is not known here may be new in another process: only the store can say that it is deleted.
            Future<?> known = lanes.of(number) == null ? catalog.reload() : Future.succeededFuture();
            known.compose(done -> clearFrom(number, 0))
                    .onFailure(failure ->
                            LOG.warnf("reading what is too old failed lane=%d reason=%s", number, failure.getMessage()))
                    .onComplete(done -> clearing.remove(number));
        }
    }

    private Future<Void> clearFrom(int number, long after) {
        return queue.oldest(number, after, OLDEST_PER_READ).compose(rows -> {
            Instant tooOld = clock.instant().minus(config.maxAge());
            boolean isDeleted = catalog.current().ofLane(number).isEmpty();
            boolean gaveUp = false;
            for (OwedDelivery row : rows) {
                boolean isExpired = row.owedSince().isBefore(tooOld);
                if (!closed && !lanes.isUnderWay(row) && (isDeleted || isExpired)) {
                    gaveUp = true;
                    writer.add(new Outcome.Dead(
                            row, Optional.empty(), isDeleted ? DeadReason.SUBSCRIPTION_DELETED : DeadReason.EXPIRED));
                }
            }
            boolean mayBeMore = !closed && gaveUp && rows.size() == OLDEST_PER_READ;
            return mayBeMore
                    ? writer.flushed()
                            .compose(done -> clearFrom(number, rows.getLast().seq()))
                    : Future.succeededFuture();
        });
    }
}
