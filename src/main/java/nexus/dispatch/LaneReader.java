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
import java.util.Set;
import java.util.function.Consumer;
import nexus.queue.DeliveryLease;
import nexus.queue.DueCursor;
import nexus.queue.KeyCursor;
import nexus.queue.KeyRun;
import nexus.queue.OwedDelivery;
import nexus.queue.OwedQueue;
import nexus.queue.OwedQueue.LaneKey;
import nexus.queue.StripeCursor;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Finds what may start: reads for the lanes that have unread rows and room, in turns over the lanes, and for the keys
 * whose turn has come. Belongs to the dispatcher's event loop.
 */
final class LaneReader {
    private static final Logger LOG = Logger.getLogger(LaneReader.class);
    private static final int LANES_PER_READ = 64;
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

    private final Vertx vertx;
    private final OwedQueue queue;
    private final DeliveryLease lease;
    private final Clock clock;
    private final Lanes lanes;
    private final Consumer<List<OwedDelivery>> starting;

    private final Set<Read> reads = new HashSet<>();
    private final List<OwedDelivery> following = new ArrayList<>(); // started; their requests are made together
    private boolean reading;
    private boolean turnComing;
    private boolean takingRenewed;
    private boolean moreRenewed;
    private boolean stopped;
    private long wakeTimer = -1;
    private @Nullable Instant wakeAt;

    /** A read, and what was settled since it began: what it says of those, and of rows behind them, is out of date. */
    private static final class Read {
        final Set<Long> settledSeqs = new HashSet<>();
        final Set<LaneKey> settledKeys = new HashSet<>();
    }

    /** @param starting told what is under way now and needs its request */
    LaneReader(DispatchTools tools, Lanes lanes, Consumer<List<OwedDelivery>> starting) {
        this.vertx = tools.vertx();
        this.queue = tools.queue();
        this.lease = tools.lease();
        this.clock = tools.clock();
        this.lanes = lanes;
        this.starting = starting;
    }

    /** Reads nothing more. */
    void stop() {
        stopped = true;
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
        for (Read read : reads) {
            for (OwedDelivery row : rows) {
                read.settledSeqs.add(row.seq());
                KeyOrder.keys(row).forEach(key -> read.settledKeys.add(new LaneKey(row.lane(), key)));
            }
        }
        startNext(next);
        if (rows.stream().map(row -> lanes.of(row.lane())).anyMatch(lane -> lane != null && lane.isBreakerOpen())) {
            takeRenewed();
        }
        turnSoon();
    }

    /** Its 2xx is in memory: the next of its key may go, if it is known, before this one is written down. */
    void delivered(OwedDelivery row) {
        Lane lane = lanes.of(row.lane());
        Instant now = clock.instant();
        OwedDelivery next = lane == null ? null : lane.chains.next(row, now);
        if (lane == null || next == null) {
            return;
        }
        if (stopped || !lane.takesFollower(now) || lanes.room(lane, now) <= 0) {
            lane.chains.forget(row);
            return;
        }
        lanes.start(lane, next, true, now);
        following.add(next);
        if (following.size() == 1) {
            vertx.runOnContext(ignored -> {
                List<OwedDelivery> started = List.copyOf(following);
                following.clear();
                starting.accept(started);
            });
        }
    }

    private void turn() {
        if (stopped || reading || !lease.isHeld()) {
            return;
        }
        Instant now = clock.instant();
        List<Lane> turns = lanes.takeTurns(LANES_PER_READ, now);
        wakeLater(now);
        if (turns.isEmpty()) {
            return;
        }
        Map<Integer, LaneCursor.Mark> marks = new HashMap<>();
        List<StripeCursor> cursors = new ArrayList<>();
        List<DueCursor> dueCursors = new ArrayList<>();
        for (Lane lane : turns) {
            int room = lanes.room(lane, now);
            marks.put(lane.number, lane.cursor.mark());
            cursors.addAll(lane.cursor.cursors(room));
            if (lane.cursor.hasUnreadDue()) {
                dueCursors.add(lane.cursor.dueCursor(room));
            }
        }
        reading = true;
        Read read = new Read();
        reads.add(read);
        Future<List<OwedDelivery>> due =
                dueCursors.isEmpty() ? Future.succeededFuture(List.of()) : queue.takeDue(dueCursors, now);
        Future<List<OwedDelivery>> ready = cursors.isEmpty() ? Future.succeededFuture(List.of()) : queue.take(cursors);
        Future.all(due, ready)
                .compose(taken -> {
                    if (stopped) {
                        return Future.succeededFuture();
                    }
                    Looking looking = new Looking(read, now);
                    List<Integer> dueRead = looking.atDue(dueCursors, due.result(), marks);
                    looking.atReady(cursors, ready.result(), marks);
                    reads.remove(read);
                    looking.finish();
                    return dueRead.isEmpty() ? Future.succeededFuture() : learnNextDue(dueRead, now, marks);
                })
                .onComplete(done -> {
                    reads.remove(read);
                    reading = false;
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

    private Future<Void> learnNextDue(List<Integer> numbers, Instant now, Map<Integer, LaneCursor.Mark> marks) {
        return queue.nextDue(numbers, now).map(next -> {
            for (Integer number : numbers) {
                Lane lane = lanes.of(number);
                LaneCursor.Mark mark = mark(lane, marks);
                if (lane != null && mark != null) {
                    lane.cursor.dueRead(next.get(number), mark);
                }
            }
            return null;
        });
    }

    /** Null when it says nothing of this lane: it was not read, or has left and come back since. */
    private static LaneCursor.@Nullable Mark mark(@Nullable Lane lane, Map<Integer, LaneCursor.Mark> marks) {
        LaneCursor.Mark mark = lane == null ? null : marks.get(lane.number);
        return lane != null && mark != null && mark.of() == lane.cursor ? mark : null;
    }

    private void startNext(Set<LaneKey> keys) {
        if (keys.isEmpty() || stopped) {
            return;
        }
        lanes.reserve(keys);
        Map<Integer, Lane> asked = new HashMap<>();
        List<KeyCursor> cursors = new ArrayList<>();
        for (LaneKey key : keys) {
            Lane lane = lanes.of(key.lane());
            if (lane != null) {
                asked.put(key.lane(), lane);
                cursors.add(new KeyCursor(key.lane(), key.key(), lane.cursor.low()));
            }
        }
        Instant askedAt = clock.instant();
        Read read = new Read();
        reads.add(read);
        queue.successors(cursors).onComplete(found -> {
            reads.remove(read);
            lanes.unreserve(keys);
            if (stopped) {
                return;
            }
            if (found.failed()) {
                LOG.warnf("reading successors failed reason=%s", found.cause().getMessage());
                vertx.setTimer(AFTER_FAILURE.toMillis(), later -> startNext(keys));
                return;
            }
            Looking looking = new Looking(read, clock.instant());
            for (KeyRun run : found.result()) {
                Lane lane = lanes.of(run.lane());
                if (lane != null
                        && lane == asked.get(run.lane())
                        && lanes.owns(run.lane())
                        && looking.atFollower(lane, run.rows().getFirst())) {
                    lane.chains.started(run, askedAt);
                }
            }
            looking.finish();
            turnSoon();
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
        Read read = new Read();
        reads.add(read);
        queue.renewed(open).onComplete(found -> {
            reads.remove(read);
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
            Looking looking = new Looking(read, clock.instant());
            found.result().forEach(looking::atRenewed);
            looking.finish();
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

    /** Looks at the rows of one read and starts what may start. */
    private final class Looking {
        private final Read read;
        private final Instant now;
        private final List<OwedDelivery> started = new ArrayList<>();
        private final Set<LaneKey> again = new HashSet<>();

        Looking(Read read, Instant now) {
            this.read = read;
            this.now = now;
        }

        void atReady(List<StripeCursor> cursors, List<OwedDelivery> rows, Map<Integer, LaneCursor.Mark> marks) {
            record Stripe(int lane, int stripe) {}
            Map<Stripe, Integer> counts = new HashMap<>();
            Set<Stripe> ended = new HashSet<>();
            Set<Integer> starting = new HashSet<>(); // lanes of which something could start
            Set<Integer> full = new HashSet<>();
            for (OwedDelivery row : rows) {
                Stripe stripe = new Stripe(row.lane(), row.stripe());
                counts.merge(stripe, 1, Integer::sum);
                Lane lane = lanes.of(row.lane());
                LaneCursor.Mark mark = mark(lane, marks);
                if (lane == null || mark == null || ended.contains(stripe)) {
                    continue;
                }
                switch (look(lane, row)) {
                    case START -> {
                        lane.cursor.passed(row, mark);
                        starting.add(row.lane());
                    }
                    case PASS, BEHIND -> lane.cursor.passed(row, mark);
                    case FULL -> {
                        ended.add(stripe);
                        starting.add(row.lane());
                    }
                    case BARRIER -> {
                        ended.add(stripe);
                        if (read.settledSeqs.isEmpty()) {
                            lane.cursor.stopAtBarrier(row.stripe(), mark);
                        }
                    }
                }
            }
            for (StripeCursor cursor : cursors) {
                Stripe stripe = new Stripe(cursor.lane(), cursor.stripe());
                Lane lane = lanes.of(cursor.lane());
                LaneCursor.Mark mark = mark(lane, marks);
                boolean isFull = counts.getOrDefault(stripe, 0) >= cursor.limit();
                if (isFull) {
                    full.add(cursor.lane());
                } else if (lane != null && mark != null && !ended.contains(stripe)) {
                    lane.cursor.readDry(cursor.stripe(), mark);
                }
            }
            cursors.stream().map(StripeCursor::lane).distinct().forEach(number -> {
                Lane lane = lanes.of(number);
                if (lane != null) {
                    lane.cursor.paced(full.contains(number) && !starting.contains(number));
                }
            });
        }

        /** @return lanes of which all retries whose time has come were looked at */
        List<Integer> atDue(List<DueCursor> cursors, List<OwedDelivery> rows, Map<Integer, LaneCursor.Mark> marks) {
            Map<Integer, Integer> counts = new HashMap<>();
            Set<Integer> ended = new HashSet<>();
            for (OwedDelivery row : rows) {
                counts.merge(row.lane(), 1, Integer::sum);
                Lane lane = lanes.of(row.lane());
                LaneCursor.Mark mark = mark(lane, marks);
                if (lane == null || mark == null || ended.contains(row.lane())) {
                    continue;
                }
                switch (look(lane, row)) {
                    case START, PASS, BEHIND -> lane.cursor.passed(row, mark);
                    case FULL -> ended.add(row.lane());
                    case BARRIER -> {
                        lane.cursor.passed(row, mark);
                        if (read.settledSeqs.isEmpty()) {
                            lane.cursor.passedBarrier(mark);
                        } else {
                            lane.cursor.lookAgain(row);
                        }
                    }
                }
            }
            List<Integer> read = new ArrayList<>();
            for (DueCursor cursor : cursors) {
                if (!ended.contains(cursor.lane()) && counts.getOrDefault(cursor.lane(), 0) < cursor.limit()) {
                    read.add(cursor.lane());
                }
            }
            return read;
        }

        /**
         * The first row of a key whose former one is settled. It has its place already, full or not.
         *
         * @return whether it was started
         */
        boolean atFollower(Lane lane, OwedDelivery row) {
            if (read.settledSeqs.contains(row.seq())) {
                return false;
            }
            Instant due = row.due();
            if (!lane.takesFollower(now)) {
                lane.cursor.lookAgain(row);
            } else if (due != null && due.isAfter(now)) {
                lane.cursor.dueAt(due);
            } else {
                switch (lane.look(row, now, false)) {
                    case START -> {
                        start(lane, row, true);
                        return true;
                    }
                    case BEHIND -> lookAgainIfSettled(lane, row);
                    case BARRIER -> lane.cursor.lookAgain(row);
                    case PASS, FULL -> {}
                }
            }
            return false;
        }

        void atRenewed(OwedDelivery row) {
            Lane lane = lanes.of(row.lane());
            if (lane != null
                    && lanes.owns(row.lane())
                    && !read.settledSeqs.contains(row.seq())
                    && lane.takesRenewed(now)
                    && lane.look(row, now, !lanes.hasRoom()) == Lane.Look.START) {
                start(lane, row, true);
            }
        }

        /** What was started gets its request; what was behind a row that is settled meanwhile is looked up again. */
        void finish() {
            starting.accept(started);
            startNext(again);
        }

        private Lane.Look look(Lane lane, OwedDelivery row) {
            if (read.settledSeqs.contains(row.seq())) {
                return Lane.Look.PASS;
            }
            Lane.Look look = lane.look(row, now, lanes.room(lane, now) <= 0);
            if (look == Lane.Look.START) {
                start(lane, row, false);
            } else if (look == Lane.Look.BEHIND) {
                lookAgainIfSettled(lane, row);
            }
            return look;
        }

        private void start(Lane lane, OwedDelivery row, boolean isFollower) {
            lanes.start(lane, row, isFollower, now);
            started.add(row);
        }

        private void lookAgainIfSettled(Lane lane, OwedDelivery row) {
            for (Long key : KeyOrder.keys(row)) {
                LaneKey laneKey = new LaneKey(lane.number, key);
                if (read.settledKeys.contains(laneKey)) {
                    again.add(laneKey);
                }
            }
        }
    }
}
