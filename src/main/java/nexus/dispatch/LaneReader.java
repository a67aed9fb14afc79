package nexus.dispatch;

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
import nexus.queue.lease.DeliveryLease;
import nexus.queue.notify.FreshDelivery;
import nexus.queue.owed.DueCursor;
import nexus.queue.owed.OwedDelivery;
import nexus.queue.owed.OwedQueue;
import nexus.queue.owed.OwedQueue.LaneKey;
import nexus.queue.owed.StripeCursor;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Finds what may start: begins what was read ahead, reads for the lanes that have unread rows, in turns over the lanes,
 * and looks up the keys whose turn has come. Belongs to the dispatcher's event loop.
 */
final class LaneReader {
    private static final Logger LOG = Logger.getLogger(LaneReader.class);
    private static final int LANES_PER_READ = 64;
    private static final int FRESH_SHARE = 8; // of the memory for bodies, for what becomes owed during a read
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

    private final Vertx vertx;
    private final OwedQueue queue;
    private final DeliveryLease lease;
    private final Clock clock;
    private final DispatchMeters meters;
    private final Lanes lanes;
    private final FoldedRuns folded;
    private final DeliverySending sending;
    private final OpenReads reads = new OpenReads();
    private final Successors successors;

    private boolean reading;
    private Set<Integer> lanesRead = Set.of(); // by the read that is under way
    private final FreshDuringRead freshDuringRead;
    private boolean turnComing;
    private boolean takingRenewed;
    private boolean moreRenewed;
    private boolean stopped;
    private long wakeTimer = -1;
    private @Nullable Instant wakeAt;

    /** @param sending told what is under way now and needs its request, and what soon will */
    LaneReader(DispatchTools tools, Lanes lanes, FoldedRuns folded, DeliverySending sending) {
        this.vertx = tools.vertx();
        this.queue = tools.queue();
        this.lease = tools.lease();
        this.clock = tools.clock();
        this.meters = tools.meters();
        this.lanes = lanes;
        this.folded = folded;
        this.sending = sending;
        this.freshDuringRead = new FreshDuringRead(tools.config().bodyMemory() / FRESH_SHARE);
        this.successors = new Successors(tools, lanes, reads, sending, this::turnSoon);
    }

    /** Reads nothing more. */
    void stop() {
        stopped = true;
        successors.stop();
        vertx.cancelTimer(wakeTimer);
    }

    /** Reads when what is happening now is done; many calls make one turn. */
    void turnSoon() {
        if (!turnComing && !stopped) {
            turnComing = true;
            vertx.runOnContext(ignored -> {
                turnComing = false;
                turn();
            });
        }
    }

    /**
     * These are no longer under way.
     *
     * @param next keys of theirs of which another row may wait
     */
    void settled(List<OwedDelivery> rows, Set<LaneKey> next) {
        reads.settled(rows);
        successors.lookUp(next);
        if (rows.stream().map(row -> lanes.of(row.lane())).anyMatch(lane -> lane != null && lane.isBreakerOpen())) {
            takeRenewed();
        }
        turnSoon();
    }

    /** Its 2xx is in memory. */
    void delivered(OwedDelivery row) {
        successors.delivered(row);
    }

    /**
     * Takes what has just become owed, if the lane knows everything else that is.
     *
     * @return the seq of the first that has to be read from the store; {@link Long#MAX_VALUE}: none
     */
    long handOver(Lane lane, List<FreshDelivery> rows) {
        Instant now = clock.instant();
        boolean mayTake = !stopped && lease.isHeld() && lanes.owns(lane.number) && !lane.isParked(now);
        if (mayTake && lanesRead.contains(lane.number) && freshDuringRead.add(lane.number, rows)) {
            return Long.MAX_VALUE;
        }
        if (!mayTake || lanesRead.contains(lane.number) || !knowsAll(lane)) {
            leave(lane.number, rows);
            return 0;
        }
        return admit(lane, rows, new Admission(lanes, new OpenReads.Read(), now), Set.of());
    }

    /** Whether everything that is owed to it is known here, or behind a busy key, but for what has just become owed. */
    private boolean knowsAll(Lane lane) {
        return lane.isWhole() && !folded.isUncertain(lane.number);
    }

    private long admit(Lane lane, List<FreshDelivery> rows, Admission admission, Set<Long> seen) {
        long toRead = admission.atFresh(lane, rows, seen);
        Set<Long> admitted = admission.admitted();
        sending.handOver(rows, admitted);
        sending.add(admission.started(), admission.ahead());
        List<FreshDelivery> others = rows.stream()
                .filter(row -> !admitted.contains(row.delivery().seq()))
                .toList();
        if (others.isEmpty()) {
            folded.taken(lane.number, rows.size());
        } else {
            leave(lane.number, others);
        }
        return toRead;
    }

    /** Not taken in memory. */
    void leave(int lane, List<FreshDelivery> rows) {
        folded.refused(lane);
        folded.forgotten(rows.stream().map(FreshDelivery::delivery).toList());
    }

    /**
     * Takes what has waited for a read, as far as the read has not seen it.
     *
     * @param read is over; its rows are admitted, and the keys that they ask for are being looked up
     */
    private void handOverWaiting(
            Map<Integer, List<FreshDelivery>> waiting, OpenReads.Read read, List<OwedDelivery> readRows) {
        Set<Long> seen = readRows.stream().map(OwedDelivery::seq).collect(Collectors.toSet());
        waiting.forEach((number, rows) -> {
            Lane lane = lanes.of(number);
            if (lane == null) {
                leave(number, rows);
                return;
            }
            long toRead;
            if (knowsAll(lane)) {
                toRead = admit(lane, rows, new Admission(lanes, read, clock.instant()), seen);
            } else {
                toRead = firstUnseen(lane, rows, seen);
                leave(number, rows);
            }
            if (toRead < Long.MAX_VALUE) {
                lane.cursor.rewindToNew(toRead);
            }
        });
    }

    private static long firstUnseen(Lane lane, List<FreshDelivery> rows, Set<Long> seen) {
        for (FreshDelivery row : rows) {
            if (!Admission.isSeen(lane, row.delivery(), seen)) {
                return row.delivery().seq();
            }
        }
        return Long.MAX_VALUE;
    }

    private void turn() {
        if (stopped || !lease.isHeld()) {
            return;
        }
        Instant now = clock.instant();
        sending.add(lanes.beginWaiting(now));
        forgetDropped();
        meters.ahead(lanes.ahead());
        if (reading) {
            return;
        }
        List<Lane> turns = lanes.takeTurns(LANES_PER_READ, now);
        wakeLater(now);
        if (!turns.isEmpty()) {
            read(turns, now);
        }
    }

    /** What was in memory and is not any more. */
    void forgetDropped() {
        List<OwedDelivery> dropped = lanes.takeDropped();
        if (!dropped.isEmpty()) {
            folded.forgotten(dropped);
            sending.forget(dropped);
        }
    }

    private void read(List<Lane> turns, Instant now) {
        Map<Integer, LaneCursor.Mark> marks = new HashMap<>();
        List<StripeCursor> cursors = new ArrayList<>();
        List<DueCursor> dueCursors = new ArrayList<>();
        for (Lane lane : turns) {
            folded.refused(
                    lane.number); // it may take in memory what is stored meanwhile, but not before the read's end
            marks.put(lane.number, lane.cursor.mark());
            if (lanes.readsReady(lane, now)) {
                cursors.addAll(lane.cursor.cursors(lanes.wanted(lane, now)));
            }
            if (lanes.readsDue(lane, now)) {
                dueCursors.add(lane.cursor.dueCursor(lanes.wantedDue(lane, now)));
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
                    Admission admission = new Admission(lanes, read, clock.instant());
                    List<Integer> dueRead = admission.atDue(dueCursors, due.result(), marks);
                    admission.atReady(cursors, ready.result(), marks);
                    reads.end(read);
                    Map<Integer, List<FreshDelivery>> fresh = freshDuringRead.take();
                    if (!fresh.isEmpty()) {
                        Set<Long> admitted = admission.admitted();
                        fresh.values().forEach(rows -> sending.handOver(rows, admitted));
                    }
                    sending.add(admission.started(), admission.ahead());
                    successors.lookUp(admission.again());
                    if (!fresh.isEmpty()) {
                        handOverWaiting(fresh, read, ready.result());
                    }
                    return dueRead.isEmpty() ? Future.succeededFuture() : learnNextDue(dueRead, now, marks);
                })
                .onComplete(done -> {
                    reads.end(read);
                    reading = false;
                    lanesRead = Set.of();
                    readWaiting();
                    if (done.succeeded()) {
                        turnSoon();
                    } else {
                        LOG.warnf(
                                "reading what is owed failed reason=%s",
                                done.cause().getMessage());
                        vertx.setTimer(AFTER_FAILURE.toMillis(), later -> turnSoon());
                    }
                });
    }

    /** What became owed after the rows of a read were looked at, or during one that failed, is read. */
    private void readWaiting() {
        freshDuringRead.take().forEach((number, rows) -> {
            leave(number, rows);
            Lane lane = lanes.of(number);
            if (lane != null) {
                lane.cursor.rewindToNew(rows.getFirst().delivery().seq());
            }
        });
    }

    private Future<Void> learnNextDue(List<Integer> numbers, Instant now, Map<Integer, LaneCursor.Mark> marks) {
        return queue.nextDue(numbers, now).map(next -> {
            for (Integer number : numbers) {
                Lane lane = lanes.of(number);
                LaneCursor.Mark mark = Admission.mark(lane, marks);
                if (lane != null && mark != null) {
                    lane.cursor.dueRead(next.get(number), mark);
                }
            }
            return null;
        });
    }

    /** What a person has retried goes past an open breaker, where nothing else is read. */
    void takeRenewed() {
        if (takingRenewed) {
            moreRenewed = true;
            return;
        }
        Instant now = clock.instant();
        Map<Integer, Long> open = new HashMap<>();
        for (Lane lane : lanes.all()) {
            if (lane.takesRenewed(now) && lanes.owns(lane.number)) {
                open.put(lane.number, lane.cursor.low());
            }
        }
        if (open.isEmpty() || stopped || !lanes.hasRoom() || !lease.isHeld()) {
            return;
        }
        takingRenewed = true;
        moreRenewed = false;
        OpenReads.Read read = reads.begin();
        queue.renewed(open).onComplete(found -> {
            reads.end(read);
            takingRenewed = false;
            if (stopped) {
                return;
            }
            if (found.failed()) {
                LOG.warnf(
                        "reading what was retried by hand failed reason=%s",
                        found.cause().getMessage());
                return; // the next poll reads it
            }
            Admission admission = new Admission(lanes, read, clock.instant());
            found.result().forEach(admission::atRenewed);
            sending.add(admission.started());
            successors.lookUp(admission.again());
            if (moreRenewed) {
                takeRenewed();
            }
        });
    }

    /** One timer for the earliest moment at which a lane has to be looked at. */
    private void wakeLater(Instant now) {
        Instant earliest = null;
        for (Lane lane : lanes.all()) {
            Instant wake = lane.nextWake(now);
            if (wake != null && wake.isAfter(now) && (earliest == null || wake.isBefore(earliest))) {
                earliest = wake;
            }
        }
        if (earliest == null || (wakeAt != null && wakeAt.isAfter(now) && !earliest.isBefore(wakeAt))) {
            return;
        }
        vertx.cancelTimer(wakeTimer);
        wakeAt = earliest;
        wakeTimer = vertx.setTimer(Duration.between(now, earliest).toMillis() + 1, woken -> {
            wakeAt = null;
            turnSoon();
        });
    }
}
