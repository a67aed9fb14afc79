package nexus.queue.position;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import nexus.queue.owed.DueCursor;
import nexus.queue.owed.KeySlices;
import nexus.queue.owed.OwedDelivery;
import nexus.queue.owed.SliceCursor;
import org.jspecify.annotations.Nullable;

/**
 * The positions from which a lane is read: a cursor for each key slice of untried deliveries, and one for its retries, which
 * are read by due time.
 *
 * <p>A read takes time, and its rows are as old as its start. {@link Mark} records the changes since then: cursors that moved
 * back stay there, and a signalled key slice does not count as read to its end.
 */
public final class LaneCursor {
    private static final Instant LONG_AGO = Instant.EPOCH;

    /**
     * The state at the start of a read.
     *
     * @param of the cursor itself; a lane that was released and taken again has another
     */
    public record Mark(LaneCursor of, int signals, int dueRewinds) {}

    private static final int LONGEST_READ = 256; // rows of a key slice

    private final int lane;

    private final OldestOpenPosition oldestOpen = new OldestOpenPosition();
    private boolean settledSinceRaised = true;
    private int pace; // consecutive full reads in which nothing could start
    private final long[] cursors = new long[KeySlices.COUNT];
    private final boolean[] dry = new boolean[KeySlices.COUNT];
    private final boolean[] atBarrier = new boolean[KeySlices.COUNT];
    private int signals;
    private long lowestSignalled = Long.MAX_VALUE; // since the last read began

    private Instant dueFloor = LONG_AGO; // no retry is due before this time
    private Instant dueCursorTime = LONG_AGO;
    private long dueCursorSeq;
    private boolean dueDry;
    private boolean dueBarrierPassed;
    private int dueRewinds;
    private @Nullable Instant nextDue;
    private @Nullable Instant dueAddedSinceRead;
    private long lowestBehindUnknown = Long.MAX_VALUE; // of the rows skipped because of one that is not known here

    private final boolean[] endReached = new boolean[KeySlices.COUNT]; // since the last sweep
    private long waitingSinceSweep; // number of rows that had to wait
    private Instant sweptAt = LONG_AGO;

    public LaneCursor(int lane) {
        this.lane = lane;
    }

    public int lane() {
        return lane;
    }

    /**
     * Whether all owed rows were read, no retry waits for its due time, and no row was skipped because of one that is not known
     * here.
     */
    public boolean isWhole() {
        for (boolean isDry : dry) {
            if (!isDry) {
                return false;
            }
        }
        return dueDry && nextDue == null && lowestBehindUnknown == Long.MAX_VALUE;
    }

    /** Whether reading has passed this row, which may have been read, sent and settled since. */
    public boolean hasPassed(OwedDelivery row) {
        return cursors[row.keySlice()] >= row.seq();
    }

    /** Records a newly owed row that need not be read. Only while {@link #isWhole}. */
    public void handedOver(OwedDelivery row) {
        oldestOpen.owed(row.seq());
        cursors[row.keySlice()] = Math.max(cursors[row.keySlice()], row.seq());
    }

    /** Records a row that was skipped because the store reported an earlier one. */
    public void passedBehindUnknown(OwedDelivery row) {
        if (row.due() != null || row.seq() < lowestSignalled) { // otherwise it is read again in any case
            lowestBehindUnknown = Math.min(lowestBehindUnknown, row.seq());
        }
    }

    /** Prepares a read. A retry that was added during the last read with an earlier due time is before its cursor. */
    public Mark mark() {
        if (dueAddedSinceRead != null && !dueAddedSinceRead.isAfter(dueCursorTime)) {
            rewindDue();
        }
        dueAddedSinceRead = null;
        lowestSignalled = Long.MAX_VALUE;
        return new Mark(this, signals, dueRewinds);
    }

    public boolean hasUnread() {
        for (int keySlice = 0; keySlice < KeySlices.COUNT; keySlice++) {
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
     * The positions from which to read untried rows. It asks for slightly more than there is room for, because keys may be busy,
     * and for more and more while only waiting rows are found.
     *
     * @param isBatched see {@link SliceCursor}
     */
    public List<SliceCursor> cursors(int room, boolean isBatched) {
        int limit = Math.min(LONGEST_READ, (room / 4 + 2) << pace);
        List<SliceCursor> unread = new ArrayList<>();
        for (int keySlice = 0; keySlice < KeySlices.COUNT; keySlice++) {
            if (!dry[keySlice] && !atBarrier[keySlice]) {
                unread.add(new SliceCursor(lane, keySlice, cursors[keySlice], limit, oldestOpen.value(), isBatched));
            }
        }
        return unread;
    }

    /** The key slices that were read to their end, so that the store must be asked for newer rows. */
    public List<SliceCursor> dryCursors() {
        List<SliceCursor> read = new ArrayList<>();
        for (int keySlice = 0; keySlice < KeySlices.COUNT; keySlice++) {
            if (dry[keySlice]) {
                read.add(new SliceCursor(lane, keySlice, cursors[keySlice], 1, oldestOpen.value()));
            }
        }
        return read;
    }

    public DueCursor dueCursor(int room) {
        return new DueCursor(lane, dueCursorTime, dueCursorSeq, room + 1, oldestOpen.value());
    }

    /** No delivery with a smaller seq is owed. */
    public long oldestOpen() {
        return oldestOpen.value();
    }

    /** Whether a higher one should be determined. */
    public boolean mayRaiseOldestOpen() {
        return settledSinceRaised;
    }

    public void askOldestOpen() {
        settledSinceRaised = false;
        oldestOpen.ask();
    }

    public void foundOldestOpen(long smallestOwed, long safe) {
        oldestOpen.found(smallestOwed, safe);
        // a later one will be safe; in a lane without owed rows a low one costs nothing
        settledSinceRaised |= smallestOwed < Long.MAX_VALUE && oldestOpen.value() < smallestOwed;
    }

    /**
     * Records the end of a read of untried rows.
     *
     * @param isFull whether there were more rows and none of those read could start
     */
    public void paced(boolean isFull) {
        pace = isFull ? Math.min(pace + 1, 7) : 0;
    }

    /** Moves the cursor past a row that was read. */
    public void passed(OwedDelivery row, Mark mark) {
        Instant due = row.due();
        if (due == null) {
            long behind = Math.min(row.seq(), lowestSignalled - 1);
            cursors[row.keySlice()] = Math.max(cursors[row.keySlice()], behind);
        } else if (mark.dueRewinds() == dueRewinds) {
            if (dueAddedSinceRead != null && !dueAddedSinceRead.isAfter(due)) {
                rewindDue(); // one was written during the read and may be missing in it
                return;
            }
            if (dueCursorSeq == 0) {
                dueFloor = due; // the first there is
            }
            dueCursorTime = due;
            dueCursorSeq = row.seq();
        }
        if (row.seq() < oldestOpen.value()) {
            oldestOpen.owed(row.seq()); // it was brought back by hand and the signal was lost
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

    /** Records a skipped retry that has to wait for all earlier rows. */
    public void passedBarrier(Mark mark) {
        if (mark.signals() == signals) {
            dueBarrierPassed = true;
        } else {
            rewindDue();
        }
    }

    /**
     * Records that all due retries were read.
     *
     * @param next due time of the next one in the store
     */
    public void dueRead(@Nullable Instant next, Mark mark) {
        if (mark.dueRewinds() == dueRewinds) {
            dueDry = true;
            nextDue = earlier(next, dueAddedSinceRead);
        }
    }

    /** @param written due time of a retry as written to the store, which keeps microseconds */
    public void dueAt(Instant written) {
        Instant due = written.truncatedTo(ChronoUnit.MICROS);
        dueFloor = due.isBefore(dueFloor) ? due : dueFloor;
        if (!due.isAfter(dueCursorTime)) {
            rewindDue(); // it was written late
        }
        nextDue = earlier(nextDue, due);
        dueAddedSinceRead = earlier(dueAddedSinceRead, due);
    }

    /** Whether a retry became due since the last read. */
    public void wakeDue(Instant now) {
        if (nextDue != null && !nextDue.isAfter(now)) {
            dueDry = false;
        }
    }

    /** Records that a row with this or a higher seq became owed, or may start now. */
    public void rewind(long seq) {
        oldestOpen.owed(seq);
        rewindCursors(seq);
        if (lowestBehindUnknown < Long.MAX_VALUE && seq <= lowestBehindUnknown) {
            lowestBehindUnknown = Long.MAX_VALUE; // all rows are read again, with the retries
            rewindDue();
        }
    }

    /** Records that rows with this and higher seqs became owed, for which no earlier row waits. */
    public void rewindToNew(long seq) {
        oldestOpen.owed(seq);
        setBack(seq);
    }

    private void rewindCursors(long seq) {
        if (setBack(seq)) {
            rewindDue(); // an old row changed, and a retry may wait for it
        }
    }

    /** @return whether reading had passed it */
    private boolean setBack(long seq) {
        signals++;
        lowestSignalled = Math.min(lowestSignalled, seq);
        boolean wasPassed = false;
        for (int keySlice = 0; keySlice < KeySlices.COUNT; keySlice++) {
            if (cursors[keySlice] >= seq) {
                cursors[keySlice] = seq - 1;
                wasPassed = true;
            }
        }
        Arrays.fill(dry, false);
        Arrays.fill(atBarrier, false);
        return wasPassed;
    }

    /** Makes the next read ask for new rows after the cursors. */
    public void poll() {
        signals++;
        Arrays.fill(dry, false);
    }

    /**
     * Starts to read everything again, unless the last sweep is not over. Waiting rows make a sweep long, so a millisecond must
     * pass for each of them; then reading costs a small part of the time.
     */
    public void sweep(Instant now, Duration interval) {
        Duration enough = Duration.ofMillis(Math.max(interval.toMillis() / 2, waitingSinceSweep));
        boolean isOver = IntStream.range(0, KeySlices.COUNT).allMatch(keySlice -> endReached[keySlice]);
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

    /** Makes the next read return this row again. */
    public void lookAgain(OwedDelivery row) {
        rewind(row.seq());
        if (row.due() != null) {
            rewindDue();
        }
    }

    /** Makes the next reads return everything again that is owed. */
    public void rewindAll() {
        lowestBehindUnknown = Long.MAX_VALUE;
        rewindCursors(oldestOpen.value());
        rewindDue();
    }

    /** Makes the next read return all due retries again. */
    public void rewindDue() {
        dueRewinds++;
        dueCursorTime = dueFloor;
        dueCursorSeq = 0;
        dueDry = false;
    }

    /** The due time of the next retry; null when none is known. */
    public @Nullable Instant nextDue() {
        return nextDue;
    }

    /** Records a row that has to wait for another one. */
    public void sawWaiting() {
        waitingSinceSweep++;
    }

    /**
     * Records a settlement of this lane.
     *
     * @param isBarrier it was a barrier and is no longer owed, so all later rows may start
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
