package nexus.queue.backlog;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import nexus.queue.body.Bodies;
import nexus.queue.notify.OwedRows;
import nexus.queue.order.Waiting;
import nexus.queue.owed.OwedDelivery;
import nexus.queue.owed.Ready;
import nexus.queue.packed.PackedInMemory;
import nexus.queue.position.FreshDuringRead;
import nexus.queue.position.OpenReads;
import nexus.queue.position.OwnSeqs;

/**
 * Takes newly owed rows of this process into memory, in lanes that know all their other owed rows. All others are left to the
 * store, and their lanes must read. Rows of a lane that is being read wait for the end of that read. Belongs to the backlog's
 * event loop.
 */
final class FreshRows {
    private static final int SHARE = 8; // of the memory for bodies, for rows that wait for a read

    private final Tenancy tenancy;
    private final Clock clock;
    private final LaneBacklogs lanes;
    private final PackedInMemory packed;
    private final Bodies bodies;
    private final FreshDuringRead duringRead;
    private final OwnSeqs seqs = new OwnSeqs();
    private Set<Integer> lanesRead = Set.of(); // by the read in progress
    private boolean stopped;

    FreshRows(
            StoredBacklog.Parts parts,
            Tenancy tenancy,
            LaneBacklogs lanes,
            PackedInMemory packed,
            Bodies bodies,
            long bodyMemory) {
        this.tenancy = tenancy;
        this.clock = parts.clock();
        this.lanes = lanes;
        this.packed = packed;
        this.bodies = bodies;
        this.duringRead = new FreshDuringRead(bodyMemory / SHARE);
    }

    /** Takes nothing more into memory. */
    void stop() {
        stopped = true;
    }

    /** Accepts rows of this process, and rewinds the lanes that must read rows of this process or of others. */
    void accept(OwedRows rows) {
        boolean follows = seqs.follows(rows);
        rows.lowestSeqByLane()
                .forEach((lane, seq) ->
                        accept(lane, seq, rows.freshByLane().getOrDefault(lane, List.of()), follows, rows.byHand()));
    }

    private void accept(int number, long lowestSeq, List<Ready> fresh, boolean follows, boolean isByHand) {
        LaneBacklog lane = lanes.of(number);
        packed.stored(fresh);
        boolean isAlone = follows && lane != null && lane.knowsGaps(seqs.gaps());
        if (!isAlone) {
            leave(number, fresh);
        }
        if (lane == null) {
            return;
        }
        lane.readsGaps(seqs.gaps());
        if (isByHand) {
            lanes.readAgain(lane);
        }
        if (fresh.isEmpty()) {
            lane.cursor.rewind(lowestSeq);
        } else if (!isAlone) {
            lane.cursor.rewindToNew(lowestSeq);
        } else {
            rewindToNew(lane, Math.max(lowestSeq, handOver(lane, fresh)));
        }
    }

    private static void rewindToNew(LaneBacklog lane, long toRead) {
        if (toRead < Long.MAX_VALUE) {
            lane.cursor.rewindToNew(toRead);
        }
    }

    /** @return the seq of the first row that must be read from the store; {@link Long#MAX_VALUE} when there is none */
    private long handOver(LaneBacklog lane, List<Ready> rows) {
        boolean mayTake = !stopped && tenancy.isHeld() && lanes.owns(lane.number) && lane.isOpen();
        if (mayTake && lanesRead.contains(lane.number) && duringRead.add(lane.number, rows)) {
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
        placed.values().forEach(bodies::soon);
        if (placed.size() == rows.size()) {
            packed.taken(lane.number, rows.size());
        } else {
            leave(
                    lane.number,
                    rows.stream()
                            .filter(row -> !placed.containsKey(row.delivery().seq()))
                            .toList());
        }
        return toRead;
    }

    private void leave(int lane, List<Ready> rows) {
        packed.refused(lane);
        packed.forgotten(rows.stream().map(Ready::delivery).toList());
    }

    /** Lets new rows of these lanes wait. */
    void beginRead(Set<Integer> read) {
        lanesRead = read;
    }

    /**
     * Accepts the rows that waited for a read, unless the read contains them.
     *
     * @param read has ended; its rows are admitted, and the keys that they need are busy
     * @param placed its rows in memory, by seq
     */
    void acceptAfter(OpenReads.Read read, List<OwedDelivery> readRows, Map<Long, Waiting> placed) {
        Map<Integer, List<Ready>> waiting = duringRead.take();
        if (waiting.isEmpty()) {
            return;
        }
        waiting.values().forEach(rows -> keepBodies(rows, placed));
        Set<Long> seen = readRows.stream().map(OwedDelivery::seq).collect(Collectors.toSet());
        waiting.forEach((number, rows) -> {
            LaneBacklog lane = lanes.of(number);
            if (lane == null) {
                leave(number, rows);
            } else if (knowsAll(lane)) {
                rewindToNew(lane, admit(lane, rows, read, seen));
            } else {
                long toRead = firstUnseen(lane, rows, seen);
                leave(number, rows);
                rewindToNew(lane, toRead);
            }
        });
    }

    /** A read was faster than the signal that these are owed, so their bodies need not be read. */
    private void keepBodies(List<Ready> fresh, Map<Long, Waiting> placed) {
        for (Ready row : fresh) {
            Waiting waiting = placed.get(row.delivery().seq());
            if (waiting != null) {
                bodies.keep(waiting, row);
            }
        }
    }

    private static long firstUnseen(LaneBacklog lane, List<Ready> rows, Set<Long> seen) {
        for (Ready row : rows) {
            if (!Admission.isSeen(lane, row.delivery(), seen)) {
                return row.delivery().seq();
            }
        }
        return Long.MAX_VALUE;
    }

    /** Leaves the rows to the store that came after those of the read were sorted, or during a failed read. */
    void endRead() {
        lanesRead = Set.of();
        duringRead.take().forEach((number, rows) -> {
            leave(number, rows);
            LaneBacklog lane = lanes.of(number);
            if (lane != null) {
                lane.cursor.rewindToNew(rows.getFirst().delivery().seq());
            }
        });
    }
}
