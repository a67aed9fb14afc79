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
import java.util.concurrent.TimeUnit;
import nexus.queue.body.Bodies;
import nexus.queue.owed.DueCursor;
import nexus.queue.owed.OwedDelivery;
import nexus.queue.owed.OwedReads;
import nexus.queue.owed.SliceCursor;
import nexus.queue.packed.PackedInMemory;
import nexus.queue.position.LaneCursor;
import nexus.queue.position.OpenReads;
import org.jboss.logging.Logger;

/** Reads rows for lanes with room, in turns over the lanes. Belongs to the backlog's event loop. */
final class LaneReader {
    private static final Logger LOG = Logger.getLogger(LaneReader.class);
    private static final int LANES_PER_READ = 64;
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

    private final Vertx vertx;
    private final OwedReads queue;
    private final Tenancy tenancy;
    private final Clock clock;
    private final LaneBacklogs lanes;
    private final PackedInMemory packed;
    private final Bodies bodies;
    private final OpenReads reads;
    private final Successors successors;
    private final FreshRows fresh;

    private boolean reading;
    private boolean wantsRenewed;
    private boolean readingRenewed;
    private boolean stopped;

    LaneReader(
            StoredBacklog.Parts parts,
            Tenancy tenancy,
            LaneBacklogs lanes,
            PackedInMemory packed,
            Bodies bodies,
            FreshRows fresh,
            OpenReads reads,
            Successors successors) {
        this.vertx = parts.vertx();
        this.queue = parts.queue();
        this.tenancy = tenancy;
        this.clock = parts.clock();
        this.lanes = lanes;
        this.packed = packed;
        this.bodies = bodies;
        this.fresh = fresh;
        this.reads = reads;
        this.successors = successors;
    }

    /** Reads nothing more. */
    void stop() {
        stopped = true;
    }

    boolean isStopped() {
        return stopped;
    }

    /** Records that these are no longer in progress. */
    void settled(List<OwedDelivery> rows) {
        reads.settled(rows);
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
     * Begins to read for the lanes that have room, and for parked ones the rows that were retried by hand.
     *
     * @return the reads that have begun. After each of them deliveries may be taken or read, and its keys must be read.
     */
    List<Future<Successors.LookUp>> readOn(Instant now) {
        if (stopped || !tenancy.isHeld()) {
            return List.of();
        }
        Map<Integer, Long> parked = parked();
        List<LaneBacklog> turns = reading ? List.of() : lanes.takeTurns(LANES_PER_READ, now);
        if (parked.isEmpty() && turns.isEmpty()) {
            return List.of();
        }
        List<Future<Successors.LookUp>> begun = new ArrayList<>();
        if (!parked.isEmpty()) {
            begun.add(readRenewed(parked));
        }
        if (!turns.isEmpty()) {
            begun.addAll(read(turns, now));
        }
        return begun;
    }

    /** The rows of a read that were sorted. */
    private record Sorted(Successors.LookUp lookUp, List<Integer> dueRead) {}

    private List<Future<Successors.LookUp>> read(List<LaneBacklog> turns, Instant now) {
        Map<Integer, LaneCursor.Mark> marks = new HashMap<>();
        List<SliceCursor> cursors = new ArrayList<>();
        List<DueCursor> dueCursors = new ArrayList<>();
        ReadAhead readAhead = lanes.readAhead();
        for (LaneBacklog lane : turns) {
            packed.refused(lane.number); // rows that are stored meanwhile are accepted after the read
            marks.put(lane.number, lane.cursor.mark());
            if (readAhead.readsReady(lane, now)) {
                cursors.addAll(lane.cursor.cursors(readAhead.wanted(lane, now), lane.isBatched()));
            }
            if (readAhead.readsDue(lane)) {
                dueCursors.add(lane.cursor.dueCursor(readAhead.wantedDue(lane)));
            }
        }
        reading = true;
        fresh.beginRead(marks.keySet());
        OpenReads.Read read = reads.begin();
        Future<List<OwedDelivery>> due =
                dueCursors.isEmpty() ? Future.succeededFuture(List.of()) : queue.takeDue(dueCursors, now);
        Future<List<OwedDelivery>> ready = cursors.isEmpty() ? Future.succeededFuture(List.of()) : queue.take(cursors);
        Future<Sorted> sorted = Future.all(due, ready)
                .map(taken -> stopped
                        ? new Sorted(Successors.LookUp.NONE, List.of())
                        : sort(read, dueCursors, due.result(), cursors, ready.result(), marks));
        Future<Successors.LookUp> lookUp = sorted.map(Sorted::lookUp);
        Future<Successors.LookUp> ended = sorted.compose(rows -> rows.dueRead().isEmpty()
                        ? Future.<Void>succeededFuture()
                        : recordNextDue(rows.dueRead(), now, marks))
                .transform(done -> {
                    reads.end(read);
                    reading = false;
                    fresh.endRead();
                    if (done.succeeded()) {
                        return Future.succeededFuture(Successors.LookUp.NONE);
                    }
                    LOG.warnf(
                            "reading what is owed failed reason=%s",
                            done.cause().getMessage());
                    return vertx.timer(AFTER_FAILURE.toMillis(), TimeUnit.MILLISECONDS)
                            .map(Successors.LookUp.NONE);
                });
        return List.of(lookUp, ended);
    }

    private Sorted sort(
            OpenReads.Read read,
            List<DueCursor> dueCursors,
            List<OwedDelivery> due,
            List<SliceCursor> cursors,
            List<OwedDelivery> ready,
            Map<Integer, LaneCursor.Mark> marks) {
        Admission admission = new Admission(lanes, bodies, read, clock.instant());
        List<Integer> dueRead = admission.atDue(dueCursors, due, marks);
        admission.atReady(cursors, ready, marks);
        reads.end(read);
        admission.placed().values().forEach(bodies::soon);
        Successors.LookUp lookUp = successors.begin(admission.again()); // these keys are busy for the fresh rows
        fresh.acceptAfter(read, ready, admission.placed());
        return new Sorted(lookUp, dueRead);
    }

    private Future<Void> recordNextDue(List<Integer> numbers, Instant now, Map<Integer, LaneCursor.Mark> marks) {
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

    /** By lane the oldest open position of the parked lanes to read now. */
    private Map<Integer, Long> parked() {
        if (!wantsRenewed || readingRenewed) {
            return Map.of();
        }
        wantsRenewed = false;
        return LaneBacklogs.oldestOpen(lanes.all().stream()
                .filter(lane -> lane.takesRenewed() && lanes.owns(lane.number))
                .toList());
    }

    private Future<Successors.LookUp> readRenewed(Map<Integer, Long> parked) {
        readingRenewed = true;
        OpenReads.Read read = reads.begin();
        return queue.renewed(parked).transform(found -> {
            reads.end(read);
            readingRenewed = false;
            if (stopped) {
                return Future.succeededFuture(Successors.LookUp.NONE);
            }
            if (found.failed()) {
                LOG.warnf(
                        "reading what was retried by hand failed reason=%s",
                        found.cause().getMessage());
                return Future.failedFuture(found.cause()); // the next poll reads it
            }
            Admission admission = new Admission(lanes, bodies, read, clock.instant());
            found.result().forEach(admission::atRenewed);
            return Future.succeededFuture(successors.begin(admission.again()));
        });
    }
}
