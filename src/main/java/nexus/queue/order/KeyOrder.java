package nexus.queue.order;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import nexus.queue.owed.OwedDelivery;
import org.jspecify.annotations.Nullable;

/**
 * The order per key within one lane: at most one delivery of a key is in progress, and none starts while an earlier one is
 * owed and not delivered. A delivered one stays in progress until it is settled. The store reports earlier ones
 * ({@link OwedDelivery#behind()}); {@code busy} holds the keys in progress, and whether another delivery of the key was seen
 * meanwhile. A skipped delivery is found again through its predecessor when that is settled: the key stays busy until its
 * next delivery is read.
 */
public final class KeyOrder {
    /** Whether the keys of a delivery allow it to start. */
    public enum Turn {
        NOW,
        /** Its key has a delivery in progress. */
        AFTER_BUSY,
        /** The store reported an earlier owed delivery when this one was read. */
        AFTER_OWED
    }

    private final Map<Long, Started> underWay = new HashMap<>(); // by seq
    private final Map<Long, Busy> busy = new HashMap<>(); // by key
    private final Set<Long> awaited = new HashSet<>(); // a delivery of two keys was skipped that may follow either

    private final Map<Long, Busy> lookedUp = new HashMap<>(); // by key; reads in progress
    private int barriers; // under way

    private static final class Started {
        final boolean passedBefore; // later deliveries may have been skipped
        boolean isDelivered;

        Started(boolean passedBefore) {
            this.passedBefore = passedBefore;
        }
    }

    /** A key with a delivery in progress, or whose next one is being read. */
    private static final class Busy {
        int rows;
        int delivered; // of these
        boolean sawAnother; // since the first of them was started, and not remembered
        boolean passedBefore; // later deliveries may have been skipped
        long lastSeq; // of the last one that was started

        @Nullable
        Instant lastDue; // of the same
    }

    /**
     * Whether every owed delivery that is not known here follows a busy key. Then a newly owed delivery needs no query.
     */
    public boolean isWhole() {
        return barriers == 0 && awaited.isEmpty();
    }

    /**
     * Starts reading the next delivery of this key. There is one read of a key at a time, because two would each find the key
     * busy.
     *
     * @return false when a read is in progress already; then {@link #lookedUp} reports that another one is needed
     */
    public boolean lookUp(Long key) {
        Busy asked = lookedUp.get(key);
        if (asked != null) {
            asked.sawAnother = true;
            return false;
        }
        Busy first = new Busy();
        first.rows = 1;
        lookedUp.put(key, first);
        return true;
    }

    /** @return whether a delivery of this key was skipped since the read began */
    public boolean lookedUp(Long key) {
        return release(lookedUp, key, false);
    }

    /** Records that it was delivered, but is not settled yet. */
    public void delivered(OwedDelivery row) {
        Started started = underWay.get(row.seq());
        if (started == null || started.isDelivered) {
            return;
        }
        started.isDelivered = true;
        for (Long key : keys(row)) {
            Busy held = busy.get(key);
            if (held != null) {
                held.delivered++;
            }
        }
    }

    /**
     * The turn of the newest delivery of a key, if all other owed deliveries of the key are in progress or remembered; else
     * {@link Turn#AFTER_OWED}.
     */
    public Turn turnOfNewest(Long key) {
        Busy held = busy.get(key);
        if (held == null || held.sawAnother || held.passedBefore || lookedUp.containsKey(key)) {
            return Turn.AFTER_OWED;
        }
        return held.delivered == held.rows ? Turn.NOW : Turn.AFTER_BUSY;
    }

    /**
     * Whether a delivery may be sent together with the last started one of its key, after it: none of the key was skipped
     * between them. Retries may when they were one batch.
     */
    public boolean isNext(OwedDelivery row) {
        Long key = row.key();
        Busy held = key == null || row.otherKey() != null || row.barrier() ? null : busy.get(key);
        if (key == null
                || held == null
                || held.sawAnother
                || lookedUp.containsKey(key)
                || row.seq() <= held.lastSeq
                || !Objects.equals(row.due(), held.lastDue)) {
            return false;
        }
        return row.due() != null || (!held.passedBefore && (!row.behind() || row.follows()));
    }

    /** The number of deliveries of this key that were started and are not settled. */
    public int started(Long key) {
        Busy held = busy.get(key);
        return held == null ? 0 : held.rows;
    }

    /** Makes all later deliveries wait until those in progress are settled. */
    public void holdAll() {
        busy.values().forEach(KeyOrder::sawAnother);
    }

    /** Makes later deliveries wait: this one was not delivered, while others of its key are in progress. */
    public void failed(OwedDelivery row) {
        for (Long key : keys(row)) {
            sawAnother(busy.get(key));
        }
    }

    /** Records that a delivery of this key is no longer remembered. */
    public void passedBehind(Long key) {
        sawAnother(busy.get(key));
    }

    /** Whether only one delivery of this key is in progress. */
    public boolean isLast(Long key) {
        Busy held = busy.get(key);
        return held != null && held.rows == 1;
    }

    public boolean isUnderWay(OwedDelivery row) {
        return underWay.containsKey(row.seq());
    }

    public Turn turn(OwedDelivery row) {
        boolean isBusy = false;
        for (Long key : keys(row)) {
            isBusy |= sawAnother(busy.get(key));
            isBusy |= sawAnother(lookedUp.get(key));
        }
        if (row.otherKey() != null && (isBusy || row.behind())) {
            awaited.addAll(keys(row));
        }
        if (isBusy) {
            return Turn.AFTER_BUSY;
        }
        return row.behind() ? Turn.AFTER_OWED : Turn.NOW;
    }

    private static boolean sawAnother(@Nullable Busy held) {
        if (held != null) {
            held.sawAnother = true;
        }
        return held != null;
    }

    /** @param isFollower it follows another delivery, after which more may have been skipped */
    public void start(OwedDelivery row, boolean isFollower) {
        List<Long> keys = keys(row);
        boolean isAwaited = false;
        for (Long key : keys) {
            isAwaited |= awaited.remove(key);
        }
        boolean passedBefore = isFollower || isAwaited || row.attempts() > 0 || row.otherKey() != null;
        for (Long key : keys) {
            Busy held = busy.computeIfAbsent(key, first -> new Busy());
            held.rows++;
            held.passedBefore |= passedBefore;
            held.lastSeq = row.seq();
            held.lastDue = row.due();
        }
        barriers += row.barrier() ? 1 : 0;
        underWay.put(row.seq(), new Started(passedBefore));
    }

    /** Ends a delivery as if it had not been started. */
    public void giveBack(OwedDelivery row) {
        Started ended = end(row);
        for (Long key : keys(row)) {
            release(busy, key, ended != null && ended.isDelivered);
            sawAnother(busy.get(key)); // of the same key, and not remembered any more
        }
    }

    /** @return null when it was not in progress */
    private @Nullable Started end(OwedDelivery row) {
        Started ended = underWay.remove(row.seq());
        barriers -= row.barrier() && ended != null ? 1 : 0;
        return ended;
    }

    /** Ends a settled delivery, and returns its keys for which another one may wait. */
    public List<Long> settled(OwedDelivery row) {
        Started ended = end(row);
        List<Long> next = new ArrayList<>(2);
        for (Long key : keys(row)) {
            boolean seenSince = ended != null && release(busy, key, ended.isDelivered);
            boolean mayHaveNext = seenSince || ended == null || ended.passedBefore;
            if (mayHaveNext && !busy.containsKey(key)) {
                next.add(key);
            }
        }
        return next;
    }

    /** @return whether another delivery of this key was seen */
    private static boolean release(Map<Long, Busy> keys, Long key, boolean wasDelivered) {
        Busy held = keys.get(key);
        if (held == null) {
            return false;
        }
        held.rows--;
        held.delivered -= wasDelivered ? 1 : 0;
        if (held.rows == 0) {
            keys.remove(key);
        }
        return held.sawAnother;
    }

    /** Its key and, if it has two, the other one. */
    public static List<Long> keys(OwedDelivery row) {
        Long key = row.key();
        Long other = row.otherKey();
        if (key == null || other == null || key.equals(other)) {
            Long only = key == null ? other : key;
            return only == null ? List.of() : List.of(only);
        }
        return List.of(key, other);
    }
}
