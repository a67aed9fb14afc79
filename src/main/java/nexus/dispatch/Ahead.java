package nexus.dispatch;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import nexus.queue.OwedDelivery;
import org.jspecify.annotations.Nullable;

/**
 * Rows of one lane that were read before there was room for their requests: only room is missing, and they hold their
 * keys as if they were under way. As many are read ahead as the receiver takes in a part of {@link #LONGEST}, after which
 * they are read again: what a person has done to a delivery by hand is seen late by as much.
 */
final class Ahead {
    static final Duration LONGEST = Duration.ofSeconds(1);
    private static final int LEAST = 64;
    private static final int MOST = 2048;

    private record Waiting(OwedDelivery row, Instant since) {}

    private final Deque<Waiting> rows = new ArrayDeque<>();
    private int target = LEAST;

    int size() {
        return rows.size();
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    /** How many more are worth reading: none before half of them have gone, so that reads are few and large. */
    int wanted() {
        return rows.size() <= target / 2 ? target - rows.size() : 0;
    }

    /** Whether what has just become owed finds a place, without having been asked for. */
    boolean takesFresh() {
        return rows.size() < 2 * target;
    }

    void add(OwedDelivery row, Instant now) {
        rows.add(new Waiting(row, now));
    }

    /** In front of all others: its time has come already. */
    void addFirst(OwedDelivery row, Instant now) {
        rows.addFirst(new Waiting(row, now));
    }

    @Nullable
    OwedDelivery next() {
        Waiting first = rows.poll();
        return first == null ? null : first.row();
    }

    /** All that was read could start at once although there was more: the next read is larger. */
    void ranDry() {
        target = Math.min(2 * target, MOST);
    }

    /** Whether the oldest has waited too long. */
    boolean isStale(Instant now) {
        Waiting first = rows.peek();
        return first != null && !first.since().plus(LONGEST).isAfter(now);
    }

    /** The receiver is slower than was read for. */
    void slower() {
        target = Math.max(target / 2, LEAST);
    }

    /** Empties it. */
    List<OwedDelivery> drop() {
        List<OwedDelivery> dropped = new ArrayList<>();
        rows.forEach(waiting -> dropped.add(waiting.row()));
        rows.clear();
        return dropped;
    }
}
