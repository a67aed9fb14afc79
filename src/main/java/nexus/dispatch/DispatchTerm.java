package nexus.dispatch;

import io.vertx.core.Future;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
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

    private final OwedQueue queue;
    private final SubscriptionCatalog catalog;
    private final DeliveryConfig config;
    private final Clock clock;
    private final Lanes lanes;
    private final LaneReader reader;
    private final DeliverySending sending;
    private final OutcomeWriter writer;
    private final LaneClearing clearing;
    private final DeadNotices notices;

    DispatchTerm(DispatchTools tools, DeliveryLease.Term term) {
        this.queue = tools.queue();
        this.catalog = tools.catalog();
        this.config = tools.config();
        this.clock = tools.clock();
        this.lanes = new Lanes(config);
        this.writer = new OutcomeWriter(tools, term, this::written);
        this.notices = new DeadNotices(tools);
        this.clearing = new LaneClearing(tools, term, lanes, this::written);
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
        clearing.stop();
        reader.stop();
        sending.stop();
        writer.close();
        notices.stop();
    }

    /** Starts nothing new. */
    void drain() {
        reader.stop();
    }

    /** Requests made, or outcomes not yet written. */
    int underWay() {
        return lanes.underWay();
    }

    /** Requests that have no answer yet, also after the end. */
    int openRequests() {
        return sending.openRequests();
    }

    void adopt(Subscriptions current) {
        lanes.adopt(current).forEach(clearing::clear);
        reader.turnSoon();
    }

    void owed(OwedRows rows) {
        rows.lowestSeqByLane().forEach((number, seq) -> {
            Lane lane = lanes.of(number);
            if (lane != null) {
                lane.cursor.rewind(seq);
            }
        });
        if (rows.byHand()) {
            reader.takeRenewed();
        }
        reader.turnSoon();
    }

    /** Looks behind all cursors: another process may have stored something. */
    void poll() {
        lanesWithWork().onSuccess(withWork -> {
            withWork.stream().map(lanes::of).filter(Objects::nonNull).forEach(lane -> lane.cursor.poll());
            reader.takeRenewed();
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
                    lane.cursor.sweep(now, config.sweep());
                }
                clearing.clear(number);
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
            if (lane == null) {
                clearing.clear(row.lane()); // it was under way when its subscription was deleted
            } else {
                boolean isWritten = seqs.contains(row.seq());
                next.addAll(lane.settled(row, !isWritten || !(outcome instanceof Outcome.Again)));
                if (!isWritten) {
                    lane.changedMeanwhile(row);
                } else if (outcome instanceof Outcome.Dead dead) {
                    notices.dead(lane.subscription(), dead);
                } else if (outcome instanceof Outcome.Again again) {
                    lane.cursor.dueAt(again.due());
                }
            }
        }
        reader.settled(rows, next);
    }
}
