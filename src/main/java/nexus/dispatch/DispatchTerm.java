package nexus.dispatch;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import nexus.queue.lease.DeliveryLease;
import nexus.queue.lease.Holding;
import nexus.queue.lease.Term;
import nexus.queue.notify.FreshDelivery;
import nexus.queue.notify.LiveLanes;
import nexus.queue.notify.OwedRows;
import nexus.queue.owed.OwedDelivery;
import nexus.queue.owed.OwedQueue;
import nexus.queue.owed.OwedQueue.LaneKey;
import nexus.queue.owed.StripeCursor;
import nexus.queue.owed.Watermark;
import nexus.queue.settle.Outcome;
import nexus.subscription.Subscriptions;
import nexus.subscription.catalog.SubscriptionCatalog;
import org.jboss.logging.Logger;

/**
 * Delivering, from taking the lease to losing it, the shards that this process owns meanwhile. Everything here happens on
 * one event loop; a new term, and a new shard, starts with nothing remembered and reads the store again.
 *
 * <p>The reader finds what may start, the sending turns it into outcomes, the writer writes them down; what is written
 * makes room and frees keys, which wakes the reader.
 */
final class DispatchTerm {
    private static final Logger LOG = Logger.getLogger(DispatchTerm.class);

    private static final Duration DRAIN_CHECK = Duration.ofMillis(20);

    private final Vertx vertx;
    private final DeliveryLease lease;
    private final Term term;
    private final OwedQueue queue;
    private final SubscriptionCatalog catalog;
    private final DeliveryConfig config;
    private final Clock clock;
    private final Lanes lanes;
    private final FoldedRuns folded;
    private final LaneReader reader;
    private final DeliverySending sending;
    private final OutcomeWriter writer;
    private final LaneClearing clearing;
    private final DeadNotices notices;
    private final Watermark watermark = new Watermark();
    private final SeqRun seqs = new SeqRun();
    private Set<Integer> owned = Set.of();
    private Set<Integer> leaving = Set.of();
    private final Set<Integer> handedOver = new HashSet<>(); // told to the lease, which has not answered yet
    private boolean checking;
    private boolean closed;

    /** @param live told the lanes that take what becomes owed in memory */
    DispatchTerm(DispatchTools tools, Term term, LiveLanes live) {
        this.vertx = tools.vertx();
        this.lease = tools.lease();
        this.term = term;
        this.queue = tools.queue();
        this.catalog = tools.catalog();
        this.config = tools.config();
        this.clock = tools.clock();
        this.lanes = new Lanes(config);
        this.writer = new OutcomeWriter(tools, term, this::written);
        this.notices = new DeadNotices(tools);
        this.clearing = new LaneClearing(tools, term, lanes, this::written);
        this.sending = new DeliverySending(tools, term, lanes, this::ended);
        this.folded = new FoldedRuns(tools, live, term.process(), this::unfolded);
        this.reader = new LaneReader(tools, lanes, folded, sending);
    }

    boolean isOf(Term asked) {
        return term.equals(asked);
    }

    /** Takes over what the lease says: reads what is owed in new shards, and gives those up that are leaving. */
    void hold(Holding holding) {
        handedOver.removeIf(shard -> !holding.leaving().contains(shard));
        Set<Integer> shards = new HashSet<>(holding.shards());
        shards.removeAll(handedOver);
        boolean hasNew = !owned.containsAll(shards);
        owned = shards;
        leaving = new HashSet<>(holding.leaving());
        leaving.removeAll(handedOver);
        lanes.own(owned, leaving);
        adopt(catalog.current());
        if (hasNew) {
            sweep();
        }
        handOver();
    }

    /** Tells the lease of every shard in which nothing is under way any more. */
    private void handOver() {
        if (closed) {
            return;
        }
        for (Integer shard : List.copyOf(leaving)) {
            if (!lanes.isUnderWayIn(shard) && !clearing.isUnderWayIn(shard)) {
                leaving.remove(shard);
                owned.remove(shard);
                handedOver.add(shard);
                lanes.own(owned, leaving);
                lease.drained(term, shard);
            }
        }
        if (!leaving.isEmpty() && !checking) {
            checking = true;
            vertx.setTimer(DRAIN_CHECK.toMillis(), again -> {
                checking = false;
                handOver();
            });
        }
    }

    /** Ends it at once: requests under way are finished by the sender, but nothing of them is written any more. */
    void close() {
        closed = true;
        clearing.stop();
        reader.stop();
        folded.stop();
        sending.stop();
        writer.close();
        notices.stop();
    }

    /** Starts nothing new. What waits for room stays owed, as rows. */
    void drain() {
        reader.stop();
        lanes.all().forEach(lanes::readAgain);
        reader.forgetDropped();
    }

    /** No request is under way, every outcome is written, and nothing is left in a run. */
    boolean isDrained() {
        return lanes.underWay() == 0 && !folded.isUnfolding();
    }

    /** Requests that have no answer yet, also after the end. */
    int openRequests() {
        return sending.openRequests();
    }

    void adopt(Subscriptions current) {
        lanes.adopt(current).forEach(clearing::clear);
        folded.adopt(lanes.takeCreated());
        reader.turnSoon();
    }

    /** What another process has stored meanwhile is read, and with it what this one has stored behind that. */
    void owed(OwedRows rows) {
        boolean isAlone = seqs.follows(rows);
        rows.lowestSeqByLane().forEach((number, seq) -> {
            Lane lane = lanes.of(number);
            List<FreshDelivery> fresh = rows.freshByLane().getOrDefault(number, List.of());
            folded.stored(fresh);
            if (lane == null || !isAlone) {
                reader.leave(number, fresh);
            }
            if (lane != null) {
                if (rows.byHand()) {
                    lanes.readAgain(lane);
                }
                long toRead = fresh.isEmpty() || !isAlone ? seq : Math.max(seq, reader.handOver(lane, fresh));
                if (fresh.isEmpty()) {
                    lane.cursor.rewind(toRead);
                } else if (toRead < Long.MAX_VALUE) {
                    lane.cursor.rewindToNew(toRead);
                }
            }
        });
        if (rows.byHand()) {
            reader.takeRenewed();
        }
        reader.turnSoon();
    }

    /** Looks behind all cursors, as another process may have stored something, and raises the low-water seqs. */
    void poll() {
        List<StripeCursor> read = new ArrayList<>();
        Instant now = clock.instant();
        for (Lane lane : lanes.all()) {
            if (!lane.isParked(now)) {
                read.addAll(lane.cursor.dryCursors());
            }
        }
        folded.poll(lanes.all());
        queue.withMore(read)
                .onFailure(failure -> LOG.warnf("polling lanes failed reason=%s", failure.getMessage()))
                .onSuccess(withMore -> {
                    withMore.stream().map(lanes::of).filter(Objects::nonNull).forEach(lane -> lane.cursor.poll());
                    reader.takeRenewed();
                    reader.turnSoon();
                });
        queue.look()
                .compose(look -> {
                    watermark.look(look);
                    return raiseLows();
                })
                .onFailure(failure -> LOG.warnf("low-water seqs not raised reason=%s", failure.getMessage()));
    }

    private Future<Void> raiseLows() {
        Map<Integer, Lane> asked = new HashMap<>();
        Map<Integer, Long> lows = new HashMap<>();
        for (Lane lane : lanes.all()) {
            if (lane.cursor.mayRiseLow()) {
                lane.cursor.askLow();
                asked.put(lane.number, lane);
                lows.put(lane.number, lane.cursor.low());
            }
        }
        if (asked.isEmpty()) {
            return Future.succeededFuture();
        }
        long safe = watermark.safe();
        return queue.smallestOwed(lows).map(smallest -> {
            smallest.forEach((number, seq) -> {
                Lane lane = asked.get(number);
                if (lane != null) {
                    lane.cursor.foundLow(seq, safe);
                }
            });
            return null;
        });
    }

    /** Notifications may have been missed: also what became visible behind the cursors. */
    void missed() {
        lanes.all().forEach(lane -> lane.cursor.rewind(watermark.safe() + 1));
        reader.turnSoon();
    }

    /** Looks at everything that is owed: what no signal told of, what is too old, what belongs to nobody any more. */
    void sweep() {
        folded.sweep(lanes.all());
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

    private void unfolded(int number, long lowestSeq) {
        Lane lane = lanes.of(number);
        if (lane == null) {
            clearing.clear(number);
        } else {
            lane.cursor.rewind(lowestSeq);
            reader.turnSoon();
        }
    }

    private void ended(Outcome outcome) {
        writer.add(outcome);
        if (outcome instanceof Outcome.Sent sent) {
            reader.delivered(sent.delivery());
        } else {
            Lane lane = lanes.of(outcome.delivery().lane());
            if (lane != null) {
                lane.forgetBehind(outcome.delivery());
            }
        }
        reader.turnSoon();
    }

    private void written(List<Outcome> outcomes, Set<Long> seqs) {
        List<OwedDelivery> rows = new ArrayList<>();
        Set<LaneKey> next = new HashSet<>();
        for (Outcome outcome : outcomes) {
            OwedDelivery row = outcome.delivery();
            rows.add(row);
            lanes.ended(row);
            folded.settled(row);
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
