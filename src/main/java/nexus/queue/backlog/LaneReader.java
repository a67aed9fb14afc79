package nexus.queue.backlog;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import nexus.queue.order.Waiting;
import nexus.queue.owed.DueCursor;
import nexus.queue.owed.OwedDelivery;
import nexus.queue.owed.OwedQueue.LaneKey;
import nexus.queue.owed.OwedReads;
import nexus.queue.owed.Ready;
import nexus.queue.owed.SliceCursor;
import nexus.queue.position.FreshDuringRead;
import nexus.queue.position.LaneCursor;
import nexus.queue.position.OpenReads;
import org.jboss.logging.Logger;

/**
 * Reads rows for lanes with room, in turns over the lanes, and accepts newly owed rows of lanes that need no read. Belongs to the backlog's event loop.
 */
final class LaneReader {
    private static final Logger LOG = Logger.getLogger(LaneReader.class);
    private static final int LANES_PER_READ = 64;
    private static final int FRESH_SHARE = 8; // share of the memory for bodies, for newly owed rows during a read
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

    private final Vertx vertx;
    private final OwedReads queue;
    private final Tenancy tenancy;
    private final Clock clock;
    private final LaneBacklogs lanes;
    private final PackedInMemory packed;
    private final Bodies bodies;
    private final Deliverer deliverer;
    private final OpenReads reads = new OpenReads();
    private final Successors successors;
    private final FreshDuringRead freshDuringRead;

    private boolean reading;
    private Set<Integer> lanesRead = Set.of(); // by the read in progress
    private boolean wantsRenewed;
    private boolean readingRenewed;
    private boolean stopped;

    LaneReader(
            StoredBacklog.Parts parts,
            Tenancy tenancy,
            LaneBacklogs lanes,
            PackedInMemory packed,
            Bodies bodies,
            long bodyMemory,
            Deliverer deliverer) {
        this.vertx = parts.vertx();
        this.queue = parts.queue();
        this.tenancy = tenancy;
        this.clock = parts.clock();
        this.lanes = lanes;
        this.packed = packed;
        this.bodies = bodies;
        this.deliverer = deliverer;
        this.freshDuringRead = new FreshDuringRead(bodyMemory / FRESH_SHARE);
        this.successors = new Successors(parts, lanes, bodies, reads, deliverer);
    }

    /** Reads nothing more. */
    void stop() {
        stopped = true;
        successors.stop();
    }

    boolean isStopped() {
        return stopped;
    }

    /**
     * Records that these are no longer in progress.
     *
     * @param next their keys for which another row may wait
     */
    void settled(List<OwedDelivery> rows, Set<LaneKey> next) {
        reads.settled(rows);
        successors.lookUp(next);
        for (OwedDelivery row : rows) {
            LaneBacklog lane = lanes.of(row.lane());
            wantsRenewed |= lane != null && !lane.isOpen();
        }
    }

    /** Requests a read of rows that were retried by hand, in lanes where nothing else is read. */
    void lookForRenewed() {
        wantsRenewed = true;
    }

    /** Whether parked lanes are to be asked, too. */
    boolean wantsRenewed() {
        return wantsRenewed;
    }

    /**
     * Accepts newly owed rows, if the lane knows all other owed rows.
     *
     * @return the seq of the first row that must be read from the store; {@link Long#MAX_VALUE} when there is none
     */
    long handOver(LaneBacklog lane, List<Ready> rows) {
        boolean mayTake = !stopped && tenancy.isHeld() && lanes.owns(lane.number) && lane.isOpen();
        if (mayTake && lanesRead.contains(lane.number) && freshDuringRead.add(lane.number, rows)) {
            return Long.MAX_VALUE;
        }
        if (!mayTake || lanesRead.contains(lane.number) || !knowsAll(lane)) {
            leave(lane.number, rows);
            return 0;
        }
        return admit(lane, rows, new OpenReads.Read(), Set.of());
    }

    /** Whether all owed rows but the newest are known here, or follow a busy key. */
    private boolean knowsAll(LaneBacklog lane) {
        return lane.isWhole() && !packed.isUncertain(lane.number);
    }

    private long admit(LaneBacklog lane, List<Ready> rows, OpenReads.Read read, Set<Long> seen) {
        Admission admission = new Admission(lanes, bodies, read, clock.instant());
        long toRead = admission.atFresh(lane, rows, seen);
        Map<Long, Waiting> placed = admission.placed();
        List<Ready> others = placed.size() == rows.size()
                ? List.of()
                : rows.stream()
                        .filter(row -> !placed.containsKey(row.delivery().seq()))
                        .toList();
        placed.values().forEach(bodies::soon);
        if (others.isEmpty()) {
            packed.taken(lane.number, rows.size());
        } else {
            leave(lane.number, others);
        }
        return toRead;
    }

    /** Not taken in memory. */
    void leave(int lane, List<Ready> rows) {
        packed.refused(lane);
        packed.forgotten(rows.stream().map(Ready::delivery).toList());
    }

    /**
     * Accepts the rows that waited for a read, unless the read contains them.
     *
     * @param read has ended; its rows are admitted, and the keys that they need are being read
     */
    private void handOverWaiting(Map<Integer, List<Ready>> waiting, OpenReads.Read read, List<OwedDelivery> readRows) {
        Set<Long> seen = readRows.stream().map(OwedDelivery::seq).collect(Collectors.toSet());
        waiting.forEach((number, rows) -> {
            LaneBacklog lane = lanes.of(number);
            if (lane == null) {
                leave(number, rows);
                return;
            }
            long toRead;
            if (knowsAll(lane)) {
                toRead = admit(lane, rows, read, seen);
            } else {
                toRead = firstUnseen(lane, rows, seen);
                leave(number, rows);
            }
            if (toRead < Long.MAX_VALUE) {
                lane.cursor.rewindToNew(toRead);
            }
        });
    }

    private static long firstUnseen(LaneBacklog lane, List<Ready> rows, Set<Long> seen) {
        for (Ready row : rows) {
            if (!Admission.isSeen(lane, row.delivery(), seen)) {
                return row.delivery().seq();
            }
        }
        return Long.MAX_VALUE;
    }

    /** Reads on for the lanes that have room, and for parked ones what a person has retried. */
    void readOn(Instant now) {
        if (stopped || !tenancy.isHeld()) {
            return;
        }
        readRenewed();
        if (reading) {
            return;
        }
        List<LaneBacklog> turns = lanes.takeTurns(LANES_PER_READ, now);
        if (!turns.isEmpty()) {
            read(turns, now);
        }
    }

    private void read(List<LaneBacklog> turns, Instant now) {
        Map<Integer, LaneCursor.Mark> marks = new HashMap<>();
        List<SliceCursor> cursors = new ArrayList<>();
        List<DueCursor> dueCursors = new ArrayList<>();
        for (LaneBacklog lane : turns) {
            packed.refused(lane.number); // rows that are stored meanwhile are accepted after the read
            marks.put(lane.number, lane.cursor.mark());
            if (lanes.readsReady(lane, now)) {
                cursors.addAll(lane.cursor.cursors(lanes.wanted(lane, now)));
            }
            if (lanes.readsDue(lane, now)) {
                dueCursors.add(lane.cursor.dueCursor(lanes.wantedDue(lane)));
            }
        }
        reading = true;
        lanesRead = marks.keySet();
        OpenReads.Read read = reads.begin();
        Future<List<OwedDelivery>> due =
                dueCursors.isEmpty() ? Future.succeededFuture(List.of()) : queue.takeDue(dueCursors, now);
        Future<List<OwedDelivery>> ready = cursors.isEmpty() ? Future.succeededFuture(List.of()) : queue.take(cursors);
        Future.all(due, ready)
                .compose(taken -> {
                    if (stopped) {
                        return Future.succeededFuture();
                    }
                    Admission admission = new Admission(lanes, bodies, read, clock.instant());
                    List<Integer> dueRead = admission.atDue(dueCursors, due.result(), marks);
                    admission.atReady(cursors, ready.result(), marks);
                    reads.end(read);
                    Map<Integer, List<Ready>> fresh = freshDuringRead.take();
                    fresh.values().forEach(rows -> keepBodies(rows, admission.placed()));
                    admission.placed().values().forEach(bodies::soon);
                    successors.lookUp(admission.again());
                    if (!fresh.isEmpty()) {
                        handOverWaiting(fresh, read, ready.result());
                    }
                    deliverer.turnSoon();
                    return dueRead.isEmpty() ? Future.succeededFuture() : learnNextDue(dueRead, now, marks);
                })
                .onComplete(done -> {
                    reads.end(read);
                    reading = false;
                    lanesRead = Set.of();
                    readWaiting();
                    if (done.succeeded()) {
                        deliverer.turnSoon();
                    } else {
                        LOG.warnf(
                                "reading what is owed failed reason=%s",
                                done.cause().getMessage());
                        vertx.setTimer(AFTER_FAILURE.toMillis(), later -> deliverer.turnSoon());
                    }
                });
    }

    /** A read was faster than the word that these have become owed: their bodies need not be read. */
    private void keepBodies(List<Ready> fresh, Map<Long, Waiting> placed) {
        for (Ready row : fresh) {
            Waiting waiting = placed.get(row.delivery().seq());
            if (waiting != null) {
                bodies.keep(waiting, row);
            }
        }
    }

    /** Rows that became owed after those of a read were handled, or during a failed read, are read. */
    private void readWaiting() {
        freshDuringRead.take().forEach((number, rows) -> {
            leave(number, rows);
            LaneBacklog lane = lanes.of(number);
            if (lane != null) {
                lane.cursor.rewindToNew(rows.getFirst().delivery().seq());
            }
        });
    }

    private Future<Void> learnNextDue(List<Integer> numbers, Instant now, Map<Integer, LaneCursor.Mark> marks) {
        return queue.nextDue(numbers, now).map(next -> {
            for (Integer number : numbers) {
                LaneBacklog lane = lanes.of(number);
                LaneCursor.Mark mark = Admission.mark(lane, marks);
                if (lane != null && mark != null) {
                    lane.cursor.dueRead(next.get(number), mark);
                }
            }
            return null;
        });
    }

    private void readRenewed() {
        if (!wantsRenewed || readingRenewed) {
            return;
        }
        wantsRenewed = false;
        Map<Integer, Long> parked = new HashMap<>();
        for (LaneBacklog lane : lanes.all()) {
            if (lane.takesRenewed() && lanes.owns(lane.number)) {
                parked.put(lane.number, lane.cursor.oldestOpen());
            }
        }
        if (parked.isEmpty()) {
            return;
        }
        readingRenewed = true;
        OpenReads.Read read = reads.begin();
        queue.renewed(parked).onComplete(found -> {
            reads.end(read);
            readingRenewed = false;
            if (stopped) {
                return;
            }
            if (found.failed()) {
                LOG.warnf(
                        "reading what was retried by hand failed reason=%s",
                        found.cause().getMessage());
                return; // the next poll reads it
            }
            Admission admission = new Admission(lanes, bodies, read, clock.instant());
            found.result().forEach(admission::atRenewed);
            successors.lookUp(admission.again());
            deliverer.turnSoon();
        });
    }
}
