package nexus.queue.backlog;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import nexus.queue.body.Bodies;
import nexus.queue.lease.Holding;
import nexus.queue.lease.ShardHandover;
import nexus.queue.lease.Term;
import nexus.queue.notify.LiveLanes;
import nexus.queue.notify.OwedRows;
import nexus.queue.order.Waiting;
import nexus.queue.owed.OwedDelivery;
import nexus.queue.owed.OwedQueue.LaneKey;
import nexus.queue.owed.OwedReads;
import nexus.queue.owed.Ready;
import nexus.queue.owed.SliceCursor;
import nexus.queue.owed.Unpacker;
import nexus.queue.packed.PackedInMemory;
import nexus.queue.packed.Unpacking;
import nexus.queue.position.OldestOpenPositions;
import nexus.queue.position.OpenReads;
import nexus.queue.settle.Outcome;
import nexus.queue.settle.OutcomeWriter;
import nexus.queue.settle.Settling;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The backlog of one term, over the shards that this process owns. It runs on one event loop. A new term and a new shard start
 * without state and read the store.
 *
 * <p>A straight line: the reader sorts rows into memory, the deliverer takes them and returns outcomes, the writer stores
 * these, and stored outcomes free keys, whose next rows are read. Each part returns what it found, and none calls another one
 * that stands before it. Every result of the store arrives here, and is followed by {@link #proceed}.
 */
final class StoredBacklog implements Backlog {
    private static final Logger LOG = Logger.getLogger(StoredBacklog.class);

    private static final Duration DRAIN_CHECK = Duration.ofMillis(20);

    /** Its collaborators. */
    record Parts(
            Vertx vertx,
            OwedReads queue,
            Unpacker unpacker,
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
    private final ShardHandover shards = new ShardHandover();
    private final LaneBacklogs lanes;
    private final PackedInMemory packed;
    private final Unpacking unpacking;
    private final Successors successors;
    private final FreshRows fresh;
    private final LaneReader reader;
    private final OutcomeWriter writer;
    private final LaneClearing clearing;
    private final OldestOpenPositions oldestOpen;
    private boolean checking;
    private boolean closed;

    StoredBacklog(Parts parts, Term term, Tenancy tenancy, BacklogBounds bounds, Deliverer deliverer) {
        OpenReads reads = new OpenReads();
        this.vertx = parts.vertx();
        this.term = term;
        this.tenancy = tenancy;
        this.queue = parts.queue();
        this.clock = parts.clock();
        this.meters = parts.meters();
        this.bounds = bounds;
        this.deliverer = deliverer;
        this.bodies = new Bodies(vertx, queue, bounds.bodyMemory());
        this.lanes = new LaneBacklogs(bounds, shards, bodies);
        this.packed = new PackedInMemory(parts.live(), term.process());
        this.unpacking = new Unpacking(vertx, parts.unpacker(), packed);
        this.successors = new Successors(parts, lanes, bodies, reads);
        this.fresh = new FreshRows(parts, tenancy, lanes, packed, bodies, bounds.bodyMemory());
        this.reader = new LaneReader(parts, tenancy, lanes, packed, bodies, fresh, reads, successors);
        this.writer =
                new OutcomeWriter(vertx, parts.settlement(), term, tenancy::refused, meters::outcomes, this::stored);
        this.clearing = new LaneClearing(parts, term, deliverer::isDeleted, lanes);
        this.oldestOpen = new OldestOpenPositions(queue);
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
        boolean hasNew = shards.hold(holding);
        lanes.shardsChanged();
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
        for (Integer shard : shards.handOver(this::isInProgressIn)) {
            lanes.shardsChanged();
            tenancy.drained(shard);
        }
        if (shards.isAnyLeaving() && !checking) {
            checking = true;
            vertx.setTimer(DRAIN_CHECK.toMillis(), again -> {
                checking = false;
                handOver();
            });
        }
    }

    private boolean isInProgressIn(int shard) {
        return lanes.inProgress().isAnyOf(shard) || clearing.isInProgressIn(shard);
    }

    /** Ends it at once: nothing more is read, and no outcome of deliveries in progress is stored. */
    void close() {
        closed = true;
        clearing.stop();
        stopReading();
        unpacking.stop();
        packed.stop();
        bodies.stop();
        writer.close();
        meters.ahead(0);
        meters.bodies(0, 0);
    }

    private void stopReading() {
        fresh.stop();
        reader.stop();
        successors.stop();
    }

    /** Gives out nothing new. What waits in memory stays owed, as rows. */
    void drain() {
        stopReading();
        lanes.allAwake().forEach(lanes::readAgain);
        forgetDropped();
    }

    /** Whether no request is in flight, every outcome is stored, and no packed row remains. */
    boolean isDrained() {
        return lanes.inProgress().count() == 0 && !packed.isUnpacking();
    }

    @Override
    public void serve(Collection<LaneRules> rules) {
        adopt(lanes.serve(rules));
    }

    @Override
    public void change(Collection<LaneRules> changed, Collection<Integer> gone) {
        adopt(lanes.change(changed, gone));
    }

    private void adopt(LaneBacklogs.Served served) {
        served.gone().forEach(this::clear);
        unpacking.adopt(LaneBacklogs.oldestOpen(served.created())).onSuccess(read -> proceed());
        proceed();
    }

    @Override
    public boolean serves(int lane) {
        return lanes.has(lane);
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
        forgetDropped();
        if (!reader.isStopped()) {
            bodies.read().ifPresent(read -> read.onSuccess(this::loaded));
        }
        meters.bodies(bodies.waiting(), bodies.bytes());
        meters.ahead(lanes.readAhead().waiting());
        for (Future<Successors.LookUp> read : reader.readOn(now)) {
            read.onSuccess(this::sorted);
        }
    }

    @Override
    public @Nullable Instant nextDue(Instant now) {
        Instant earliest = null;
        for (LaneBacklog lane : lanes.awake()) {
            Instant due = lane.cursor.nextDue();
            if (due != null && due.isAfter(now) && lane.isOpen() && (earliest == null || due.isBefore(earliest))) {
                earliest = due;
            }
            Instant goesAt = lane.batchGoesAt();
            if (goesAt != null && goesAt.isAfter(now) && (earliest == null || goesAt.isBefore(earliest))) {
                earliest = goesAt;
            }
        }
        return earliest;
    }

    @Override
    public void settled(List<Outcome> outcomes) {
        if (closed) {
            return;
        }
        writer.add(outcomes);
        outcomes.forEach(this::answered);
        proceed();
    }

    private void answered(Outcome outcome) {
        OwedDelivery row = outcome.delivery();
        lanes.inProgress().answered(row);
        bodies.giveBack(row);
        LaneBacklog lane = lanes.of(row.lane());
        if (lane != null) {
            if (outcome instanceof Outcome.Sent && !reader.isStopped()) {
                lanes.delivered(lane, row, clock.instant());
            } else {
                lanes.failed(lane, row);
            }
        }
    }

    @Override
    public void released(Collection<Ready> unsent) {
        for (Ready ready : unsent) {
            bodies.giveBack(ready.delivery());
            lanes.released(ready.delivery());
        }
        proceed();
    }

    @Override
    public void lookAgain(int number) {
        LaneBacklog lane = lanes.of(number);
        if (lane != null) {
            lane.cursor.rewindAll();
            proceed();
        }
    }

    /** Takes newly owed deliveries into memory, or reads them: those of another process, with later ones of this process. */
    void owed(OwedRows rows) {
        fresh.accept(rows);
        if (rows.byHand()) {
            reader.lookForRenewed();
        }
        proceed();
    }

    /** Reads after all cursors, because another process may have stored deliveries, and advances the oldest open positions. */
    void poll() {
        List<SliceCursor> read = new ArrayList<>();
        for (LaneBacklog lane : lanes.all()) {
            if (lane.isOpen()) {
                read.addAll(lane.cursor.dryCursors());
            }
        }
        unpacking.poll(LaneBacklogs.oldestOpen(lanes.all())).onSuccess(found -> proceed());
        queue.withMore(read)
                .onFailure(failure -> LOG.warnf("polling lanes failed reason=%s", failure.getMessage()))
                .onSuccess(withMore -> {
                    withMore.stream().map(lanes::of).filter(Objects::nonNull).forEach(lane -> lane.cursor.poll());
                    reader.lookForRenewed();
                    proceed();
                });
        oldestOpen
                .raise(() -> lanes.all().stream().map(lane -> lane.cursor).toList())
                .onFailure(failure -> LOG.warnf("oldest open positions not raised reason=%s", failure.getMessage()));
    }

    /** Reads again after missed notifications, also rows that became visible before the cursors. */
    void missed() {
        lanes.allAwake().forEach(lane -> lane.cursor.rewind(oldestOpen.safe() + 1));
        proceed();
    }

    /** Reads all owed deliveries: those with a missed signal, expired ones, and those of deleted subscriptions. */
    void sweep() {
        unpacking.sweep(LaneBacklogs.oldestOpen(lanes.all())).onSuccess(found -> proceed());
        queue.lanesWithWork()
                .onFailure(failure -> LOG.warnf("reading lanes failed reason=%s", failure.getMessage()))
                .onSuccess(withWork -> {
                    Instant now = clock.instant();
                    for (Integer number : withWork) {
                        LaneBacklog lane = lanes.of(number);
                        if (lane != null) {
                            lane.cursor.sweep(now, bounds.sweep());
                        }
                        clear(number);
                    }
                    proceed();
                });
    }

    // results of the store

    private void loaded(List<Waiting> waiting) {
        boolean isTakeable = false;
        for (Waiting one : waiting) {
            isTakeable |= lanes.arrived(one);
        }
        if (isTakeable) {
            proceed();
        }
    }

    private void sorted(Successors.LookUp next) {
        lookUp(next);
        proceed();
    }

    private void unpacked(Map<Integer, Long> lowestSeqByLane) {
        lowestSeqByLane.forEach((number, lowestSeq) -> {
            LaneBacklog lane = lanes.of(number);
            if (lane == null) {
                clear(number);
            } else {
                lane.cursor.rewind(lowestSeq);
            }
        });
        proceed();
    }

    private void cleared(LaneClearing.Cleared part) {
        if (!part.ended().isEmpty()) {
            stored(part.ended(), part.stored());
        }
        if (!part.isLast()) {
            clearing.next(part.lane()).onSuccess(this::cleared);
        }
    }

    private void stored(List<Outcome> outcomes, Set<Long> stored) {
        List<OwedDelivery> rows = new ArrayList<>();
        Set<LaneKey> next = new HashSet<>();
        for (Outcome outcome : outcomes) {
            OwedDelivery row = outcome.delivery();
            rows.add(row);
            lanes.inProgress().end(row, true);
            packed.settled(row);
            LaneBacklog lane = lanes.of(row.lane());
            if (lane == null) {
                clear(row.lane()); // it was in progress when its subscription was deleted
            } else {
                boolean isStored = stored.contains(row.seq());
                next.addAll(lane.settled(row, !isStored || !(outcome instanceof Outcome.Again)));
                if (!isStored) {
                    lane.changedMeanwhile(row);
                } else if (outcome instanceof Outcome.Dead dead) {
                    deliverer.dead(dead);
                } else if (outcome instanceof Outcome.Again again) {
                    lane.cursor.dueAt(again.due());
                }
            }
        }
        reader.settled(rows);
        lookUp(successors.begin(next));
        proceed();
    }

    // what follows

    /** After every change: packed rows that must be rows become rows, and the deliverer takes what it can. */
    private void proceed() {
        unpack();
        deliverer.turnSoon();
    }

    private void unpack() {
        if (unpacking.isDue()) {
            unpacking.unpack().onSuccess(this::unpacked);
        }
    }

    /** Handles deliveries that were removed from memory. */
    private void forgetDropped() {
        List<OwedDelivery> dropped = lanes.takeDropped();
        if (!dropped.isEmpty()) {
            packed.forgotten(dropped);
            unpack();
        }
    }

    private void lookUp(Successors.LookUp next) {
        if (!next.isEmpty()) {
            successors.read(next).onSuccess(this::sorted);
        }
    }

    private void clear(int lane) {
        clearing.begin(lane).onSuccess(this::cleared);
    }
}
