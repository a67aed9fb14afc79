package nexus.dispatch;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import nexus.queue.owed.OwedDelivery;
import org.jspecify.annotations.Nullable;

/**
 * Rows of one lane that were read before there was room for their requests: only room is missing, and they hold their
 * keys as if they were under way. As many are read ahead as the receiver takes in half of {@link #LONGEST}, after which
 * they are read again: what a person has done to a delivery by hand is seen late by as much.
 */
final class Ahead {
    static final Duration LONGEST = Duration.ofSeconds(2);
    private static final Duration HALF = LONGEST.dividedBy(2);
    private static final int LEAST = 64;
    private static final int MOST = 4096;
    /** Retries: they are read although there is no room, and go first; others of them wait where they are. */
    private static final int RETRIES = 32;

    private record Waiting(OwedDelivery row, Instant since) {}

    private final Deque<Waiting> rows = new ArrayDeque<>();
    private int retries; // of these
    private int target = LEAST;
    private Instant halfBegan = Instant.EPOCH;
    private int begun; // requests of the lane since then
    private int begunBefore; // in the half before
    private int most; // in any half since the receiver was last slower than expected

    int size() {
        return rows.size();
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    /** How many more are worth reading: none before half of them have gone, so that reads are few and large. */
    int wanted(Instant now) {
        int worth = Math.min(Math.max(target, begunLately(now)), MOST);
        return rows.size() <= worth / 2 ? worth - rows.size() : 0;
    }

    /**
     * Whether what has just become owed finds a place, without having been asked for: after a pause as much as the
     * receiver once took, until it proves too much.
     */
    boolean takesFresh(Instant now) {
        return rows.size() < Math.max(2 * target, Math.max(begunLately(now), most));
    }

    /** A request of the lane begins. */
    void began(Instant now) {
        nextHalf(now);
        begun++;
    }

    /** What the receiver has taken in half of {@link #LONGEST} it takes again. */
    private int begunLately(Instant now) {
        nextHalf(now);
        return Math.max(begun, begunBefore);
    }

    private void nextHalf(Instant now) {
        if (!now.isBefore(halfBegan.plus(HALF))) {
            most = Math.max(most, begun);
            begunBefore = now.isBefore(halfBegan.plus(LONGEST)) ? begun : 0;
            begun = 0;
            halfBegan = now;
        }
    }

    void add(OwedDelivery row, Instant now) {
        rows.add(new Waiting(row, now));
    }

    /** In front of all others: its time has come already. */
    void addFirst(OwedDelivery row, Instant now) {
        rows.addFirst(new Waiting(row, now));
        retries++;
    }

    /** How many retries are worth reading. */
    int wantedRetries() {
        return retries == 0 ? RETRIES : 0;
    }

    @Nullable
    OwedDelivery next() {
        Waiting first = rows.poll();
        if (first == null) {
            return null;
        }
        retries -= first.row().due() == null ? 0 : 1;
        return first.row();
    }

    /** All that was read could start at once although there was more: the next read is larger. */
    void ranDry() {
        target = Math.min(2 * target, MOST);
    }

    /** Whether the oldest has waited too long. */
    boolean isStale(Instant now) {
        for (Waiting waiting : rows) {
            if (waiting.row().due() == null || retries == rows.size()) { // behind retries, which came later
                return !waiting.since().plus(LONGEST).isAfter(now);
            }
        }
        return false;
    }

    /** The receiver is slower than was read for. */
    void slower() {
        target = Math.max(target / 2, LEAST);
        most = 0;
    }

    /** Empties it. */
    List<OwedDelivery> drop() {
        List<OwedDelivery> dropped = new ArrayList<>();
        rows.forEach(waiting -> dropped.add(waiting.row()));
        rows.clear();
        retries = 0;
        return dropped;
    }
}
