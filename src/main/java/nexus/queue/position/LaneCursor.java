package nexus.queue.position;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import nexus.queue.owed.DueCursor;
import nexus.queue.owed.OwedDelivery;
import nexus.queue.owed.SliceCursor;
import org.jspecify.annotations.Nullable;

/**
 * Where reading goes on in one lane: a cursor for each key slice of rows that were never tried, and one for its retries,
 * which are read by the time they are due.
 *
 * <p>A read takes time, and its rows are as old as its start. {@link Mark} tells what has changed here since then:
 * cursors that went back stay back, and a key slice that was signalled is not called dry.
 */
public final class LaneCursor {
    private static final Instant LONG_AGO = Instant.EPOCH;

    /**
     * The state when a read began.
     *
     * @param of the cursor itself: a lane that left and came back meanwhile has another
     */
    public record Mark(LaneCursor of, int signals, int dueRewinds) {}

    private static final int LONGEST_READ = 256; // rows of a key slice

    private final int lane;

    private final OldestOpenPosition oldestOpen = new OldestOpenPosition();
    private boolean settledSinceRaised = true;
    private int pace; // how often in a row a full read found nothing that may start
    private final long[] cursors = new long[SliceCursor.KEY_SLICES];
    private final boolean[] dry = new boolean[SliceCursor.KEY_SLICES];
    private final boolean[] atBarrier = new boolean[SliceCursor.KEY_SLICES];
    private int signals;
    private long lowestSignalled = Long.MAX_VALUE; // since the last read began

    private Instant dueFloor = LONG_AGO; // no retry is due before
    private Instant dueCursorTime = LONG_AGO;
    private long dueCursorSeq;
    private boolean dueDry;
    private boolean dueBarrierPassed;
    private int dueRewinds;
    private @Nullable Instant nextDue;
    private @Nullable Instant dueAddedSinceRead;
    private long lowestBehindUnknown = Long.MAX_VALUE; // of the rows passed over behind one that is not known here

    private final boolean[] endReached = new boolean[SliceCursor.KEY_SLICES]; // since the last sweep
    private long waitingSinceSweep; // rows that had to wait
    private Instant sweptAt = LONG_AGO;

    public LaneCursor(int lane) {
        this.lane = lane;
    }

    /**
     * Everything that is owed was looked at, no retry waits for its time, and nothing was passed over for the sake of a
     * row that is not known here.
     */
    public boolean isWhole() {
        for (boolean isDry : dry) {
            if (!isDry) {
                return false;
            }
        }
        return dueDry && nextDue == null && lowestBehindUnknown == Long.MAX_VALUE;
    }

    /** Whether reading has gone past this row: it may have been looked at, sent and settled since. */
    public boolean hasPassed(OwedDelivery row) {
        return cursors[row.keySlice()] >= row.seq();
    }

    /** A row became owed here and needs not be read. Only while this {@link #isWhole}. */
    public void handedOver(OwedDelivery row) {
        oldestOpen.owed(row.seq());
        cursors[row.keySlice()] = Math.max(cursors[row.keySlice()], row.seq());
    }

    /** A row was passed over that the store said to be behind another one. */
    public void passedBehindUnknown(OwedDelivery row) {
        if (row.due() != null || row.seq() < lowestSignalled) { // else it is looked at again anyway
            lowestBehindUnknown = Math.min(lowestBehindUnknown, row.seq());
        }
    }

    /** Before a read. A retry that was added during the former one, which went past its time, is behind its cursor. */
    public Mark mark() {
        if (dueAddedSinceRead != null && !dueAddedSinceRead.isAfter(dueCursorTime)) {
            rewindDue();
        }
        dueAddedSinceRead = null;
        lowestSignalled = Long.MAX_VALUE;
        return new Mark(this, signals, dueRewinds);
    }

    public boolean hasUnread() {
        for (int keySlice = 0; keySlice < SliceCursor.KEY_SLICES; keySlice++) {
            if (!dry[keySlice] && !atBarrier[keySlice]) {
                return true;
            }
        }
        return false;
    }

    public boolean hasUnreadDue() {
        return !dueDry;
    }

    /**
     * From where to read rows that were never tried; a little more than there is room for, as keys may be busy, and more
     * and more while nothing else than waiting rows is found.
     */
    public List<SliceCursor> cursors(int room) {
        int limit = Math.min(LONGEST_READ, (room / 4 + 2) << pace);
        List<SliceCursor> unread = new ArrayList<>();
        for (int keySlice = 0; keySlice < SliceCursor.KEY_SLICES; keySlice++) {
            if (!dry[keySlice] && !atBarrier[keySlice]) {
                unread.add(new SliceCursor(lane, keySlice, cursors[keySlice], limit, oldestOpen.value()));
            }
        }
        return unread;
    }

    /** Those that are read to their end: whether there is more by now has to be asked. */
    public List<SliceCursor> dryCursors() {
        List<SliceCursor> read = new ArrayList<>();
        for (int keySlice = 0; keySlice < SliceCursor.KEY_SLICES; keySlice++) {
            if (dry[keySlice]) {
                read.add(new SliceCursor(lane, keySlice, cursors[keySlice], 1, oldestOpen.value()));
            }
        }
        return read;
    }

    public DueCursor dueCursor(int room) {
        return new DueCursor(lane, dueCursorTime, dueCursorSeq, room + 1, oldestOpen.value());
    }

    /** Nothing with a smaller seq is owed. */
    public long oldestOpen() {
        return oldestOpen.value();
    }

    /** Whether it is worth while to look for a higher one. */
    public boolean mayRaiseOldestOpen() {
        return settledSinceRaised;
    }

    public void askOldestOpen() {
        settledSinceRaised = false;
        oldestOpen.ask();
    }

    public void foundOldestOpen(long smallestOwed, long safe) {
        oldestOpen.found(smallestOwed, safe);
        // what is not safe yet will be; where nothing is owed, a low one costs nothing
        settledSinceRaised |= smallestOwed < Long.MAX_VALUE && oldestOpen.value() < smallestOwed;
    }

    /**
     * A read of rows that were never tried is looked at.
     *
     * @param isFull there were more, and none of those read could be started
     */
    public void paced(boolean isFull) {
        pace = isFull ? Math.min(pace + 1, 7) : 0;
    }

    /** The row was looked at; reading goes on behind it. */
    public void passed(OwedDelivery row, Mark mark) {
        Instant due = row.due();
        if (due == null) {
            long behind = Math.min(row.seq(), lowestSignalled - 1);
            cursors[row.keySlice()] = Math.max(cursors[row.keySlice()], behind);
        } else if (mark.dueRewinds() == dueRewinds) {
            if (dueAddedSinceRead != null && !dueAddedSinceRead.isAfter(due)) {
                rewindDue(); // one was written during the read that may not be in it
                return;
            }
            if (dueCursorSeq == 0) {
                dueFloor = due; // the first there is
            }
            dueCursorTime = due;
            dueCursorSeq = row.seq();
        }
        if (row.seq() < oldestOpen.value()) {
            oldestOpen.owed(row.seq()); // somebody brought it back, and the signal was lost
        }
    }

    public void readDry(int keySlice, Mark mark) {
        endReached[keySlice] = true;
        if (mark.signals() == signals) {
            dry[keySlice] = true;
        }
    }

    public void stopAtBarrier(int keySlice, Mark mark) {
        endReached[keySlice] = true;
        if (mark.signals() == signals) {
            atBarrier[keySlice] = true;
        }
    }

    /** A retry that has to wait for everything in front of it was passed over. */
    public void passedBarrier(Mark mark) {
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
    public void dueRead(@Nullable Instant next, Mark mark) {
        if (mark.dueRewinds() == dueRewinds) {
            dueDry = true;
            nextDue = earlier(next, dueAddedSinceRead);
        }
    }

    /** @param written when a retry is due, as it was given to the store, which keeps microseconds */
    public void dueAt(Instant written) {
        Instant due = written.truncatedTo(ChronoUnit.MICROS);
        dueFloor = due.isBefore(dueFloor) ? due : dueFloor;
        if (!due.isAfter(dueCursorTime)) {
            rewindDue(); // it was written late
        }
        nextDue = earlier(nextDue, due);
        dueAddedSinceRead = earlier(dueAddedSinceRead, due);
    }

    /** Whether a retry's time has come since the last read. */
    public void wakeDue(Instant now) {
        if (nextDue != null && !nextDue.isAfter(now)) {
            dueDry = false;
        }
    }

    /** Something at or behind this seq became owed, or may go now. */
    public void rewind(long seq) {
        oldestOpen.owed(seq);
        rewindCursors(seq);
        if (lowestBehindUnknown < Long.MAX_VALUE && seq <= lowestBehindUnknown) {
            lowestBehindUnknown = Long.MAX_VALUE; // all of them are looked at again, retries among them
            rewindDue();
        }
    }

    /** What has this seq and greater ones has just become owed: nothing that was there before has waited for it. */
    public void rewindToNew(long seq) {
        oldestOpen.owed(seq);
        setBack(seq);
    }

    private void rewindCursors(long seq) {
        if (setBack(seq)) {
            rewindDue(); // something old has changed: a retry may have waited for it
        }
    }

    /** @return whether reading had gone past it */
    private boolean setBack(long seq) {
        signals++;
        lowestSignalled = Math.min(lowestSignalled, seq);
        boolean wasPassed = false;
        for (int keySlice = 0; keySlice < SliceCursor.KEY_SLICES; keySlice++) {
            if (cursors[keySlice] >= seq) {
                cursors[keySlice] = seq - 1;
                wasPassed = true;
            }
        }
        Arrays.fill(dry, false);
        Arrays.fill(atBarrier, false);
        return wasPassed;
    }

    /** Looks for new rows behind the cursors. */
    public void poll() {
        signals++;
        Arrays.fill(dry, false);
    }

    /**
     * Looks at everything again, unless the last time is not over. Rows that have to wait are what makes it long: a
     * millisecond for each is what is let pass, so that looking costs a small part of the time.
     */
    public void sweep(Instant now, Duration interval) {
        Duration enough = Duration.ofMillis(Math.max(interval.toMillis() / 2, waitingSinceSweep));
        boolean isOver = IntStream.range(0, SliceCursor.KEY_SLICES).allMatch(keySlice -> endReached[keySlice]);
        if (isOver && !sweptAt.plus(enough).isAfter(now)) {
            sweptAt = now;
            waitingSinceSweep = 0;
            Arrays.fill(endReached, false);
            dueFloor = LONG_AGO;
            lowestBehindUnknown = Long.MAX_VALUE;
            rewindCursors(1);
            rewindDue();
        }
    }

    /** Looks at this row again. */
    public void lookAgain(OwedDelivery row) {
        rewind(row.seq());
        if (row.due() != null) {
            rewindDue();
        }
    }

    /** Looks at everything again that is owed as far as this process knows. */
    public void rewindAll() {
        lowestBehindUnknown = Long.MAX_VALUE;
        rewindCursors(oldestOpen.value());
        rewindDue();
    }

    /** Looks at all retries again whose time has come. */
    public void rewindDue() {
        dueRewinds++;
        dueCursorTime = dueFloor;
        dueCursorSeq = 0;
        dueDry = false;
    }

    /** When the next retry is due; null: none is known. */
    public @Nullable Instant nextDue() {
        return nextDue;
    }

    /** A row was looked at that has to wait for another. */
    public void sawWaiting() {
        waitingSinceSweep++;
    }

    /**
     * Something of this lane is settled.
     *
     * @param isBarrier it was one, and is no longer owed: everything behind it may go
     */
    public void settled(boolean isBarrier) {
        settledSinceRaised = true;
        if (isBarrier) {
            rewindAll();
        } else if (dueBarrierPassed) {
            dueBarrierPassed = false;
            rewindDue();
        }
        Arrays.fill(atBarrier, false);
    }

    private static @Nullable Instant earlier(@Nullable Instant one, @Nullable Instant other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.isBefore(other) ? one : other;
    }
}
