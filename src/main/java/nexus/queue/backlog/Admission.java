package nexus.queue.backlog;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nexus.queue.body.Bodies;
import nexus.queue.order.Batching;
import nexus.queue.order.KeyOrder;
import nexus.queue.order.Waiting;
import nexus.queue.owed.DueCursor;
import nexus.queue.owed.OwedDelivery;
import nexus.queue.owed.OwedQueue.LaneKey;
import nexus.queue.owed.Ready;
import nexus.queue.owed.SliceCursor;
import nexus.queue.position.LaneCursor;
import nexus.queue.position.OpenReads;
import org.jspecify.annotations.Nullable;

/** Sorts the rows of a read: those that start, those that wait for room, and those that are skipped until their turn. */
final class Admission {
    private final LaneBacklogs lanes;
    private final Bodies bodies;
    private final OpenReads.Read read;
    private final Instant now;
    private final Map<Long, Waiting> placed = new HashMap<>(); // by seq
    private final Set<LaneKey> again = new HashSet<>();

    Admission(LaneBacklogs lanes, Bodies bodies, OpenReads.Read read, Instant now) {
        this.lanes = lanes;
        this.bodies = bodies;
        this.read = read;
        this.now = now;
    }

    /** The rows that are kept in memory, by seq. */
    Map<Long, Waiting> placed() {
        return placed;
    }

    /** Keys to read, because a row was skipped that followed one that is settled by now. */
    Set<LaneKey> again() {
        return again;
    }

    /** Null when the read does not concern this lane: it was not read, or was released and taken again. */
    static LaneCursor.@Nullable Mark mark(@Nullable LaneBacklog lane, Map<Integer, LaneCursor.Mark> marks) {
        LaneCursor.Mark mark = lane == null ? null : marks.get(lane.number);
        return lane != null && mark != null && mark.of() == lane.cursor ? mark : null;
    }

    /** A key slice of a lane, as a map key. */
    private static Long keySlice(int lane, int keySlice) {
        return (long) lane << Integer.SIZE | keySlice;
    }

    void atReady(List<SliceCursor> cursors, List<OwedDelivery> rows, Map<Integer, LaneCursor.Mark> marks) {
        Map<Long, Integer> counts = new HashMap<>();
        Set<Long> ended = new HashSet<>();
        Set<Integer> starting = new HashSet<>(); // lanes in which a delivery could start
        Set<Integer> full = new HashSet<>();
        for (OwedDelivery row : rows) {
            Long keySlice = keySlice(row.lane(), row.keySlice());
            counts.merge(keySlice, 1, Integer::sum);
            LaneBacklog lane = lanes.of(row.lane());
            LaneCursor.Mark mark = mark(lane, marks);
            if (lane == null || mark == null || ended.contains(keySlice)) {
                continue;
            }
            switch (admit(lane, row)) {
                case START -> {
                    lane.cursor.passed(row, mark);
                    starting.add(row.lane());
                }
                case PASS, BEHIND -> lane.cursor.passed(row, mark);
                case FULL -> {
                    ended.add(keySlice);
                    starting.add(row.lane());
                }
                case BARRIER -> {
                    ended.add(keySlice);
                    if (read.isCurrent()) {
                        lane.cursor.stopAtBarrier(row.keySlice(), mark);
                    }
                }
            }
        }
        for (SliceCursor cursor : cursors) {
            Long keySlice = keySlice(cursor.lane(), cursor.keySlice());
            LaneBacklog lane = lanes.of(cursor.lane());
            LaneCursor.Mark mark = mark(lane, marks);
            boolean isFull = counts.getOrDefault(keySlice, 0) >= cursor.limit();
            if (isFull) {
                full.add(cursor.lane());
            } else if (lane != null && mark != null && !ended.contains(keySlice)) {
                lane.cursor.readDry(cursor.keySlice(), mark);
            }
        }
        cursors.stream().map(SliceCursor::lane).distinct().forEach(number -> {
            LaneBacklog lane = lanes.of(number);
            if (lane != null) {
                boolean isFull = full.contains(number);
                lane.cursor.paced(isFull && !starting.contains(number));
                if (isFull && lane.ahead.isEmpty()) {
                    lane.ahead.ranDry();
                }
            }
        });
    }

    /**
     * Sorts newly owed rows of a lane whose other owed rows are all known here.
     *
     * @param seen seqs of the read that has just ended
     * @return the seq of the first row that must be read from the store; {@link Long#MAX_VALUE} when there is none
     */
    long atFresh(LaneBacklog lane, List<Ready> rows, Set<Long> seen) {
        for (Ready fresh : rows) {
            OwedDelivery row = fresh.delivery();
            if (isSeen(lane, row, seen)) {
                continue;
            }
            if (row.barrier() || lane.cursor.hasPassed(row) || !lane.ahead.takesFresh(now)) {
                return row.seq();
            }
            Waiting waiting = new Waiting(row, now);
            LaneBacklog.Look look = lanes.lookBehind(lane, waiting);
            if (look == LaneBacklog.Look.PASS) {
                placed.put(row.seq(), waiting);
            } else if ((look == LaneBacklog.Look.START ? place(lane, row) : admit(lane, row))
                    == LaneBacklog.Look.FULL) {
                return row.seq();
            }
            Waiting found = placed.get(row.seq());
            if (found != null) {
                bodies.keep(found, fresh);
            }
            lane.cursor.handedOver(row);
        }
        return Long.MAX_VALUE;
    }

    /** Whether the read with these seqs has passed this one. */
    static boolean isSeen(LaneBacklog lane, OwedDelivery row, Set<Long> seen) {
        return seen.contains(row.seq()) && lane.cursor.hasPassed(row);
    }

    /** @return lanes whose due retries were all read */
    List<Integer> atDue(List<DueCursor> cursors, List<OwedDelivery> rows, Map<Integer, LaneCursor.Mark> marks) {
        Map<Integer, Integer> counts = new HashMap<>();
        Set<Integer> ended = new HashSet<>();
        Map<LaneDue, Boolean> batches = new HashMap<>(); // whether all of one are in memory
        for (OwedDelivery row : rows) {
            counts.merge(row.lane(), 1, Integer::sum);
            LaneBacklog lane = lanes.of(row.lane());
            LaneCursor.Mark mark = mark(lane, marks);
            if (lane == null || mark == null || ended.contains(row.lane())) {
                continue;
            }
            LaneBacklog.Look look = admit(lane, row);
            if (lane.isBatched() && row.due() != null) {
                boolean isInMemory = look == LaneBacklog.Look.START || lane.isClaimed(row);
                batches.merge(new LaneDue(lane, row.due()), isInMemory, Boolean::logicalAnd);
            }
            switch (look) {
                case START, PASS, BEHIND -> lane.cursor.passed(row, mark);
                case FULL -> ended.add(row.lane());
                case BARRIER -> {
                    lane.cursor.passed(row, mark);
                    if (read.isCurrent()) {
                        lane.cursor.passedBarrier(mark);
                    } else {
                        lane.cursor.lookAgain(row);
                    }
                }
            }
        }
        if (!batches.isEmpty()) {
            readBatches(cursors, batches);
        }
        List<Integer> readWhole = new ArrayList<>();
        for (DueCursor cursor : cursors) {
            if (!ended.contains(cursor.lane()) && counts.getOrDefault(cursor.lane(), 0) < cursor.limit()) {
                readWhole.add(cursor.lane());
            }
        }
        return readWhole;
    }

    /** A batch that failed: its deliveries have the same due time. */
    private record LaneDue(LaneBacklog lane, Instant due) {}

    private void readBatches(List<DueCursor> cursors, Map<LaneDue, Boolean> batches) {
        Map<Integer, DueCursor> byLane = new HashMap<>();
        cursors.forEach(cursor -> byLane.put(cursor.lane(), cursor));
        batches.forEach((batch, isInMemory) -> {
            DueCursor cursor = byLane.get(batch.lane().number);
            Batching batching = batch.lane().batching();
            boolean isWhole = cursor != null
                    && (cursor.afterSeq() == 0 || cursor.afterDue().isBefore(batch.due()));
            if (batching != null && (isWhole || !isInMemory)) {
                batching.read(batch.due(), isInMemory, now);
            }
        });
    }

    /**
     * Sorts the first row of a key whose predecessor is settled. It has a place in memory in any case.
     *
     * @return whether its turn has come
     */
    boolean atFollower(LaneBacklog lane, OwedDelivery row) {
        if (read.isSettled(row)) {
            return false;
        }
        Instant due = row.due();
        if (!lane.isOpen()) {
            lane.cursor.lookAgain(row);
        } else if (due != null && (due.isAfter(now) || lane.isBatched())) {
            lane.cursor.dueAt(due); // a batch that failed is read as a whole
        } else {
            switch (lane.look(row, now)) {
                case START -> {
                    lanes.follow(lane, lane.ahead, row, now);
                    return true;
                }
                case BEHIND -> behind(lane, row);
                case BARRIER -> lane.cursor.lookAgain(row);
                case PASS, FULL -> {}
            }
        }
        return false;
    }

    /** It was retried by hand, so it may start although the lane is parked. */
    void atRenewed(OwedDelivery row) {
        LaneBacklog lane = lanes.of(row.lane());
        if (lane != null
                && lanes.owns(row.lane())
                && !read.isSettled(row)
                && lane.takesRenewed()
                && lane.look(row, now) == LaneBacklog.Look.START) {
            lanes.follow(lane, lane.renewed, row, now);
        }
    }

    private LaneBacklog.Look admit(LaneBacklog lane, OwedDelivery row) {
        if (read.isSettled(row)) {
            return LaneBacklog.Look.PASS;
        }
        LaneBacklog.Look look = lane.look(row, now);
        if (look == LaneBacklog.Look.BEHIND) {
            behind(lane, row);
        } else if (look == LaneBacklog.Look.START) {
            return place(lane, row);
        }
        return look;
    }

    private LaneBacklog.Look place(LaneBacklog lane, OwedDelivery row) {
        Waiting waiting = lanes.place(lane, row, now);
        if (waiting == null) {
            return LaneBacklog.Look.FULL;
        }
        placed.put(row.seq(), waiting);
        return LaneBacklog.Look.START;
    }

    private void behind(LaneBacklog lane, OwedDelivery row) {
        boolean isSettled = false;
        for (Long key : KeyOrder.keys(row)) {
            LaneKey laneKey = new LaneKey(lane.number, key);
            if (read.isSettled(laneKey)) {
                again.add(laneKey);
                isSettled = true;
            }
        }
        if (!isSettled) {
            lane.cursor.passedBehindUnknown(row);
        }
    }
}
