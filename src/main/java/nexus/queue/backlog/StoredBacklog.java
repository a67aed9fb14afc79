package nexus.queue.backlog;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import nexus.queue.lease.Holding;
import nexus.queue.lease.Term;
import nexus.queue.notify.LiveLanes;
import nexus.queue.notify.OwedRows;
import nexus.queue.owed.OwedDelivery;
import nexus.queue.owed.OwedQueue.LaneKey;
import nexus.queue.owed.OwedReads;
import nexus.queue.owed.Ready;
import nexus.queue.owed.SliceCursor;
import nexus.queue.owed.Unpacker;
import nexus.queue.owed.Watermark;
import nexus.queue.position.OwnSeqs;
import nexus.queue.settle.Outcome;
import nexus.queue.settle.OutcomeWriter;
import nexus.queue.settle.Settling;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The backlog of one term, over the shards that this process owns. It runs on one event loop. A new term and a new shard start
 * without state and read the store.
 *
 * <p>The reader finds deliveries that may start, the deliverer takes them and returns outcomes, and the writer stores these.
 * Stored outcomes free keys, and the reader continues.
 */
final class StoredBacklog implements Backlog {
    private static final Logger LOG = Logger.getLogger(StoredBacklog.class);

    private static final Duration DRAIN_CHECK = Duration.ofMillis(20);

    /** Its collaborators. */
    record Parts(
            Vertx vertx,
            OwedReads queue,
            Unpacker runs,
            Settling settlement,
            LiveLanes live,
            BacklogMeters meters,
            Clock clock) {}

    private final Vertx vertx;
    private final Term term;
    private final Tenancy tenancy;
    private final OwedReads queue;
    private final Clock clock;
    private final BacklogMeters meters;
    private final BacklogBounds bounds;
    private final Deliverer deliverer;
    private final Bodies bodies;
    private final LaneBacklogs lanes;
    private final PackedInMemory packed;
    private final LaneReader reader;
    private final OutcomeWriter writer;
    private final LaneClearing clearing;
    private final Watermark watermark = new Watermark();
    private final OwnSeqs seqs = new OwnSeqs();
    private Set<Integer> owned = Set.of();
    private Set<Integer> leaving = Set.of();
    private final Set<Integer> handedOver = new HashSet<>(); // reported to the lease, which has not responded yet
    private boolean checking;
    private boolean closed;

    StoredBacklog(Parts parts, Term term, Tenancy tenancy, BacklogBounds bounds, Deliverer deliverer) {
        this.vertx = parts.vertx();
        this.term = term;
        this.tenancy = tenancy;
        this.queue = parts.queue();
        this.clock = parts.clock();
        this.meters = parts.meters();
        this.bounds = bounds;
        this.deliverer = deliverer;
        this.bodies = new Bodies(vertx, queue, meters, bounds.bodyMemory());
        this.lanes = new LaneBacklogs(bounds, bodies);
        this.writer =
                new OutcomeWriter(vertx, parts.settlement(), term, tenancy::refused, meters::outcomes, this::written);
        this.clearing = new LaneClearing(parts, term, deliverer, bounds.maxAge(), lanes, this::written);
        this.packed = new PackedInMemory(vertx, parts.runs(), parts.live(), term.process(), this::unpacked);
        this.reader = new LaneReader(parts, tenancy, lanes, packed, bodies, bounds.bodyMemory(), deliverer);
    }

    boolean isOf(Term asked) {
        return term.equals(asked);
    }

    @Override
    public boolean isHeld() {
        return tenancy.isHeld();
    }

    /** Applies the shards of the lease: reads the deliveries of new ones, and releases those that leave. */
    void hold(Holding holding) {
        handedOver.removeIf(shard -> !holding.leaving().contains(shard));
        Set<Integer> shards = new HashSet<>(holding.shards());
        shards.removeAll(handedOver);
        boolean hasNew = !owned.containsAll(shards);
        owned = shards;
        leaving = new HashSet<>(holding.leaving());
        leaving.removeAll(handedOver);
        lanes.own(owned, leaving);
        deliverer.shardsChanged();
        if (hasNew) {
            sweep();
        }
        handOver();
    }

    /** Reports every shard without deliveries in progress to the lease. */
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
                tenancy.drained(shard);
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

    /** Ends it at once: nothing more is read, and no outcome of deliveries in progress is stored. */
    void close() {
        closed = true;
        clearing.stop();
        reader.stop();
        packed.stop();
        bodies.stop();
        writer.close();
        meters.ahead(0);
    }

    /** Gives out nothing new. What waits in memory stays owed, as rows. */
    void drain() {
        reader.stop();
        lanes.all().forEach(lanes::readAgain);
        forgetDropped();
    }

    /** Whether no request is in flight, every outcome is stored, and no packed row remains. */
    boolean isDrained() {
        return lanes.underWay() == 0 && !packed.isUnpacking();
    }

    @Override
    public void serve(Collection<LaneRules> rules) {
        LaneBacklogs.Served served = lanes.serve(rules);
        served.gone().forEach(clearing::clear);
        packed.adopt(served.created());
        deliverer.turnSoon();
    }

    @Override
    public boolean serves(int lane) {
        return lanes.of(lane) != null;
    }

    @Override
    public List<Integer> lanesWithWork(Instant now) {
        return reader.isStopped() ? List.of() : lanes.withWork(reader.wantsRenewed(), now);
    }

    @Override
    public List<Ready> take(int number, Room room, Instant now) {
        LaneBacklog lane = lanes.of(number);
        if (lane == null || reader.isStopped() || !isHeld()) {
            return List.of();
        }
        lane.told(room);
        return lanes.take(lane, now);
    }

    @Override
    public void readOn(Instant now) {
        if (!reader.isStopped()) {
            bodies.read(lanes::arrived, deliverer::turnSoon);
        }
        forgetDropped();
        meters.ahead(lanes.ahead());
        reader.readOn(now);
    }

    @Override
    public @Nullable Instant nextDue() {
        Instant earliest = null;
        for (LaneBacklog lane : lanes.all()) {
            Instant due = lane.cursor.nextDue();
            if (due != null && lane.isOpen() && (earliest == null || due.isBefore(earliest))) {
                earliest = due;
            }
        }
        return earliest;
    }

    @Override
    public void settled(Outcome outcome) {
        if (closed) {
            return;
        }
        OwedDelivery row = outcome.delivery();
        lanes.answered(row);
        bodies.giveBack(row);
        writer.add(outcome);
        LaneBacklog lane = lanes.of(row.lane());
        if (lane != null) {
            if (outcome instanceof Outcome.Sent && !reader.isStopped()) {
                lanes.delivered(lane, row, clock.instant());
            } else {
                lane.forgetBehind(row);
            }
        }
        deliverer.turnSoon();
    }

    @Override
    public void released(Collection<Ready> unsent) {
        for (Ready ready : unsent) {
            bodies.giveBack(ready.delivery());
            lanes.released(ready.delivery());
        }
        deliverer.turnSoon();
    }

    @Override
    public void lookAgain(int number) {
        LaneBacklog lane = lanes.of(number);
        if (lane != null) {
            lane.cursor.rewindAll();
            deliverer.turnSoon();
        }
    }

    /** Handles deliveries that were removed from memory. */
    private void forgetDropped() {
        List<OwedDelivery> dropped = lanes.takeDropped();
        if (!dropped.isEmpty()) {
            packed.forgotten(dropped);
        }
    }

    /** Reads deliveries that another process stored meanwhile, with later ones of this process. */
    void owed(OwedRows rows) {
        boolean follows = seqs.follows(rows);
        rows.lowestSeqByLane().forEach((number, seq) -> {
            LaneBacklog lane = lanes.of(number);
            List<Ready> fresh = rows.freshByLane().getOrDefault(number, List.of());
            packed.stored(fresh);
            boolean isAlone = follows && lane != null && lane.knowsGaps(seqs.gaps());
            if (!isAlone) {
                reader.leave(number, fresh);
            }
            if (lane != null) {
                lane.readsGaps(seqs.gaps());
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
            reader.lookForRenewed();
        }
        deliverer.turnSoon();
    }

    /** Reads after all cursors, because another process may have stored deliveries, and advances the oldest open positions. */
    void poll() {
        List<SliceCursor> read = new ArrayList<>();
        for (LaneBacklog lane : lanes.all()) {
            if (lane.isOpen()) {
                read.addAll(lane.cursor.dryCursors());
            }
        }
        packed.poll(lanes.all());
        queue.withMore(read)
                .onFailure(failure -> LOG.warnf("polling lanes failed reason=%s", failure.getMessage()))
                .onSuccess(withMore -> {
                    withMore.stream().map(lanes::of).filter(Objects::nonNull).forEach(lane -> lane.cursor.poll());
                    reader.lookForRenewed();
                    deliverer.turnSoon();
                });
        queue.look()
                .compose(look -> {
                    watermark.look(look);
                    return raiseOldestOpen();
                })
                .onFailure(failure -> LOG.warnf("oldest open positions not raised reason=%s", failure.getMessage()));
    }

    private Future<Void> raiseOldestOpen() {
        Map<Integer, LaneBacklog> asked = new HashMap<>();
        Map<Integer, Long> oldestOpenByLane = new HashMap<>();
        for (LaneBacklog lane : lanes.all()) {
            if (lane.cursor.mayRaiseOldestOpen()) {
                lane.cursor.askOldestOpen();
                asked.put(lane.number, lane);
                oldestOpenByLane.put(lane.number, lane.cursor.oldestOpen());
            }
        }
        if (asked.isEmpty()) {
            return Future.succeededFuture();
        }
        long safe = watermark.safe();
        return queue.smallestOwed(oldestOpenByLane).map(smallest -> {
            smallest.forEach((number, seq) -> {
                LaneBacklog lane = asked.get(number);
                if (lane != null) {
                    lane.cursor.foundOldestOpen(seq, safe);
                }
            });
            return null;
        });
    }

    /** Reads again after missed notifications, also rows that became visible before the cursors. */
    void missed() {
        lanes.all().forEach(lane -> lane.cursor.rewind(watermark.safe() + 1));
        deliverer.turnSoon();
    }

    /** Reads all owed deliveries: those with a missed signal, expired ones, and those of deleted subscriptions. */
    void sweep() {
        packed.sweep(lanes.all());
        queue.lanesWithWork()
                .onFailure(failure -> LOG.warnf("reading lanes failed reason=%s", failure.getMessage()))
                .onSuccess(withWork -> {
                    Instant now = clock.instant();
                    for (Integer number : withWork) {
                        LaneBacklog lane = lanes.of(number);
                        if (lane != null) {
                            lane.cursor.sweep(now, bounds.sweep());
                        }
                        clearing.clear(number);
                    }
                    deliverer.turnSoon();
                });
    }

    private void unpacked(int number, long lowestSeq) {
        LaneBacklog lane = lanes.of(number);
        if (lane == null) {
            clearing.clear(number);
        } else {
            lane.cursor.rewind(lowestSeq);
            deliverer.turnSoon();
        }
    }

    private void written(List<Outcome> outcomes, Set<Long> written) {
        List<OwedDelivery> rows = new ArrayList<>();
        Set<LaneKey> next = new HashSet<>();
        for (Outcome outcome : outcomes) {
            OwedDelivery row = outcome.delivery();
            rows.add(row);
            lanes.ended(row, true);
            packed.settled(row);
            LaneBacklog lane = lanes.of(row.lane());
            if (lane == null) {
                clearing.clear(row.lane()); // it was in progress when its subscription was deleted
            } else {
                boolean isWritten = written.contains(row.seq());
                next.addAll(lane.settled(row, !isWritten || !(outcome instanceof Outcome.Again)));
                if (!isWritten) {
                    lane.changedMeanwhile(row);
                } else if (outcome instanceof Outcome.Dead dead) {
                    deliverer.dead(dead);
                } else if (outcome instanceof Outcome.Again again) {
                    lane.cursor.dueAt(again.due());
                }
            }
        }
        reader.settled(rows, next);
        deliverer.turnSoon();
    }
}
