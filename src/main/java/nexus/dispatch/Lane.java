package nexus.dispatch;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import nexus.queue.DueCursor;
import nexus.queue.OwedDelivery;
import nexus.queue.OwedQueue.LaneKey;
import nexus.queue.StripeCursor;
import nexus.subscription.Subscription;
import org.jspecify.annotations.Nullable;

/**
 * One subscription's deliveries in this process: what is under way, which keys that holds, and where reading goes on.
 * Not thread-safe: belongs to the dispatcher's event loop.
 *
 * <p>Order: at most one delivery of a key is under way, and none starts while an earlier one is owed. The store answers
 * the second ({@link OwedDelivery#behind()}); {@code busyKeys} remembers the first, with whether another row of the key
 * was seen meanwhile. What is passed over here is found again through its predecessor when that one is settled.
 *
 * <p>A read takes time, and its rows are as old as its start. {@link Mark} tells what has changed here since then:
 * cursors that went back stay back, and a stripe that was signalled is not called dry.
 */
final class Lane {
    /** What became of a row that was looked at. */
    enum Look {
        START,
        /** Under way, or its key is: its turn comes through that one. */
        PASS,
        /** Behind a row that is owed, as the store said when it was read: its turn comes through that one. */
        BEHIND,
        /** Nothing more fits: look at it again. */
        FULL,
        /** A barrier with something in front: look at it again when something of this lane is settled. */
        BARRIER
    }

    /** What an answer says of how many requests the receiver can take at once. */
    enum Pace {
        FASTER,
        SAME,
        SLOWER
    }

    /** The state of reading when a read began. */
    record Mark(int signals, int dueRewinds) {}

    private static final int FIRST_WINDOW = 4;
    private static final Instant LONG_AGO = Instant.EPOCH;

    final int number;
    private Subscription subscription;

    private final Map<Long, Boolean> underWay = new HashMap<>(); // seq → rows behind it may have been passed before
    private final Map<Long, Boolean> busyKeys = new HashMap<>(); // key → another row of it was seen since
    private final Set<Long> awaitedKeys = new HashSet<>(); // a row of two keys was passed that may be behind either
    private int requests;
    private int window = FIRST_WINDOW;

    private final long[] cursors = new long[StripeCursor.STRIPES];
    private final boolean[] dry = new boolean[StripeCursor.STRIPES];
    private final boolean[] atBarrier = new boolean[StripeCursor.STRIPES];
    private int signals;
    private long lowestSignalled = Long.MAX_VALUE; // since the last read began

    private Instant dueCursorTime = LONG_AGO;
    private long dueCursorSeq;
    private boolean dueDry;
    private boolean dueBarrierPassed;
    private int dueRewinds;
    private @Nullable Instant nextDue;
    private @Nullable Instant dueAddedSinceRead;
    private @Nullable Instant heldUntil;

    private final boolean[] endReached = new boolean[StripeCursor.STRIPES]; // since the last sweep
    private long passedSinceSweep; // rows that had to wait
    private Instant sweptAt = LONG_AGO;

    Lane(Subscription subscription) {
        this.number = subscription.lane();
        this.subscription = subscription;
        this.heldUntil = subscription.heldUntil().orElse(null);
    }

    Subscription subscription() {
        return subscription;
    }

    void update(Subscription changed) {
        boolean wasEnabled = subscription.isEnabled();
        subscription = changed;
        if (!wasEnabled && changed.isEnabled()) {
            heldUntil = changed.heldUntil().orElse(null);
            rewindAll();
        }
    }

    // Room

    /** How many more requests may start, by this lane's own limits. */
    int room() {
        return Math.min(subscription.concurrency(), window) - requests;
    }

    /** Disabled, or held by a Retry-After: costs no reading. */
    boolean isParked(Instant now) {
        if (heldUntil != null && !heldUntil.isAfter(now)) {
            heldUntil = null;
        }
        return heldUntil != null || !subscription.isEnabled();
    }

    void hold(Instant until) {
        if (heldUntil == null || until.isAfter(heldUntil)) {
            heldUntil = until;
        }
    }

    /** The next moment at which this lane has to be looked at without a signal; null: none is known. */
    @Nullable
    Instant nextWake(Instant now) {
        if (!subscription.isEnabled()) {
            return null;
        }
        return heldUntil != null && heldUntil.isAfter(now) ? heldUntil : nextDue;
    }

    // Reading

    /** Before a read. */
    Mark mark() {
        dueAddedSinceRead = null;
        lowestSignalled = Long.MAX_VALUE;
        return new Mark(signals, dueRewinds);
    }

    boolean hasUnread() {
        for (int stripe = 0; stripe < StripeCursor.STRIPES; stripe++) {
            if (!dry[stripe] && !atBarrier[stripe]) {
                return true;
            }
        }
        return false;
    }

    boolean hasUnreadDue() {
        return !dueDry;
    }

    /** From where to read rows that were never tried; a little more than there is room for, as keys may be busy. */
    List<StripeCursor> cursors(int room) {
        int limit = room / 4 + 2;
        List<StripeCursor> unread = new ArrayList<>();
        for (int stripe = 0; stripe < StripeCursor.STRIPES; stripe++) {
            if (!dry[stripe] && !atBarrier[stripe]) {
                unread.add(new StripeCursor(number, stripe, cursors[stripe], limit));
            }
        }
        return unread;
    }

    DueCursor dueCursor(int room) {
        return new DueCursor(number, dueCursorTime, dueCursorSeq, room + 1);
    }

    /** The row was looked at; reading goes on behind it. */
    void passed(OwedDelivery row, Mark mark) {
        Instant due = row.due();
        if (due == null) {
            long behind = Math.min(row.seq(), lowestSignalled - 1);
            cursors[row.stripe()] = Math.max(cursors[row.stripe()], behind);
        } else if (mark.dueRewinds() == dueRewinds) {
            dueCursorTime = due;
            dueCursorSeq = row.seq();
        }
    }

    void readDry(int stripe, Mark mark) {
        endReached[stripe] = true;
        if (mark.signals() == signals) {
            dry[stripe] = true;
        }
    }

    void stopAtBarrier(int stripe, Mark mark) {
        endReached[stripe] = true;
        if (mark.signals() == signals) {
            atBarrier[stripe] = true;
        }
    }

    /** A retry that has to wait for everything in front of it was passed over. */
    void passedBarrier(Mark mark) {
        if (mark.signals() == signals) {
            dueBarrierPassed = true;
        } else {
            rewindDue();
        }
    }

    /**
     * All retries whose time has come are looked at.
     *
     * @param next when the next one is due, as the store said
     */
    void dueRead(@Nullable Instant next, Mark mark) {
        if (mark.dueRewinds() == dueRewinds) {
            dueDry = true;
            nextDue = earlier(next, dueAddedSinceRead);
        }
    }

    void dueAt(Instant due) {
        if (!due.isAfter(dueCursorTime)) {
            rewindDue(); // it was written late
        }
        nextDue = earlier(nextDue, due);
        dueAddedSinceRead = earlier(dueAddedSinceRead, due);
    }

    /** Whether a retry's time has come since the last read. */
    void wakeDue(Instant now) {
        if (nextDue != null && !nextDue.isAfter(now)) {
            dueDry = false;
        }
    }

    /** Something at or behind this seq became owed, or may go now. */
    void rewind(long seq) {
        signals++;
        lowestSignalled = Math.min(lowestSignalled, seq);
        for (int stripe = 0; stripe < StripeCursor.STRIPES; stripe++) {
            if (cursors[stripe] >= seq) {
                cursors[stripe] = seq - 1;
                rewindDue(); // something old has changed: a retry may have waited for it
            }
        }
        Arrays.fill(dry, false);
        Arrays.fill(atBarrier, false);
    }

    /** Looks for new rows behind the cursors. */
    void poll() {
        signals++;
        Arrays.fill(dry, false);
    }

    /**
     * Looks at everything again, unless the last time is not over. Rows that have to wait are what makes it long: a
     * millisecond for each is what is let pass, so that looking costs a small part of the time.
     */
    void sweep(Instant now, Duration interval) {
        Duration enough = Duration.ofMillis(Math.max(interval.toMillis() / 2, passedSinceSweep));
        boolean isOver = IntStream.range(0, StripeCursor.STRIPES).allMatch(stripe -> endReached[stripe]);
        if (isOver && !sweptAt.plus(enough).isAfter(now)) {
            sweptAt = now;
            passedSinceSweep = 0;
            Arrays.fill(endReached, false);
            rewindAll();
        }
    }

    /** Looks at this row again. */
    void lookAgain(OwedDelivery row) {
        rewind(row.seq());
        if (row.due() != null) {
            rewindDue();
        }
    }

    /** Looks at everything again. */
    private void rewindAll() {
        rewind(1);
        rewindDue();
    }

    private void rewindDue() {
        dueRewinds++;
        dueCursorTime = LONG_AGO;
        dueCursorSeq = 0;
        dueDry = false;
    }

    // Under way

    Look look(OwedDelivery row, Instant now, boolean isFull) {
        Instant due = row.due();
        if (underWay.containsKey(row.seq()) || (due != null && due.isAfter(now))) {
            return Look.PASS;
        }
        if (subscription.ordered()) {
            boolean busy = false;
            for (Long key : keys(row)) {
                if (busyKeys.computeIfPresent(key, (k, seen) -> true) != null) {
                    busy = true;
                }
            }
            if (busy) {
                passedSinceSweep++;
                return Look.PASS;
            }
            if (row.behind()) {
                passedSinceSweep++;
                if (row.otherKey() != null) {
                    awaitedKeys.addAll(keys(row));
                }
                return row.barrier() ? Look.BARRIER : Look.BEHIND;
            }
        }
        return isFull ? Look.FULL : Look.START;
    }

    /** @param isFollower its turn came through another row, behind which more may have been passed over */
    void start(OwedDelivery row, boolean isFollower) {
        boolean isAwaited = false;
        for (Long key : keys(row)) {
            isAwaited |= awaitedKeys.remove(key);
            busyKeys.putIfAbsent(key, false);
        }
        underWay.put(row.seq(), isFollower || isAwaited || row.attempts() > 0 || row.otherKey() != null);
        requests++;
    }

    /** The request is over; what came of it is not written down yet, so the keys stay busy. */
    void answered(Pace pace) {
        requests--;
        window = switch (pace) {
            case FASTER -> Math.min(window + 1, subscription.concurrency());
            case SAME -> window;
            case SLOWER -> Math.max(1, window / 2);
        };
    }

    /** It was started, and ends without a request. */
    void notSent() {
        requests--;
    }

    /** It was not written down, because it is not as it was: somebody has changed it by hand. */
    void changedMeanwhile(OwedDelivery row) {
        rewind(row.seq());
        rewindDue();
    }

    /** It was started, but nothing was sent and nothing has changed: it is to be read again. */
    void giveBack(OwedDelivery row) {
        requests--;
        underWay.remove(row.seq());
        keys(row).forEach(busyKeys::remove);
        lookAgain(row);
    }

    /**
     * What came of it is written down.
     *
     * @param isFinal it is no longer owed
     * @return keys of which the next row has to be looked up
     */
    Set<LaneKey> settled(OwedDelivery row, boolean isFinal) {
        Boolean passedBefore = underWay.remove(row.seq());
        Set<LaneKey> next = new HashSet<>();
        for (Long key : keys(row)) {
            boolean seenSince = passedBefore != null && Boolean.TRUE.equals(busyKeys.remove(key));
            boolean mayHaveNext = seenSince || passedBefore == null || passedBefore;
            if (isFinal && subscription.ordered() && mayHaveNext && !busyKeys.containsKey(key)) {
                next.add(new LaneKey(number, key));
            }
        }
        if (row.barrier() && isFinal) {
            rewindAll();
        } else if (dueBarrierPassed) {
            dueBarrierPassed = false;
            rewindDue();
        }
        Arrays.fill(atBarrier, false);
        return next;
    }

    /** Its key and, if it has one, the other. */
    static List<Long> keys(OwedDelivery row) {
        List<Long> keys = new ArrayList<>(2);
        if (row.key() != null) {
            keys.add(row.key());
        }
        if (row.otherKey() != null && !row.otherKey().equals(row.key())) {
            keys.add(row.otherKey());
        }
        return keys;
    }

    private static @Nullable Instant earlier(@Nullable Instant one, @Nullable Instant other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.isBefore(other) ? one : other;
    }
}
