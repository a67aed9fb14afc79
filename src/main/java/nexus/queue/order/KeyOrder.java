package nexus.queue.order;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nexus.queue.owed.OwedDelivery;
import org.jspecify.annotations.Nullable;

/**
 * Order per key within one lane: at most one request of a key is under way, and none starts while an earlier row is owed
 * and not delivered. What is delivered stays under way until it is written down. The store answers the second
 * ({@link OwedDelivery#behind()}); {@code busy} remembers the first, with whether another row of the key was seen
 * meanwhile. What is passed over is found again through its predecessor when that one is settled: until the next row of a
 * key is looked up, the key counts as busy.
 */
public final class KeyOrder {
    /** Whether a row may go, as far as its keys are concerned. */
    public enum Turn {
        NOW,
        /** Its key is busy. */
        AFTER_BUSY,
        /** An earlier row is owed, as the store said when this one was read. */
        AFTER_OWED
    }

    private final Map<Long, Started> underWay = new HashMap<>(); // by seq
    private final Map<Long, Busy> busy = new HashMap<>(); // by key
    private final Set<Long> awaited = new HashSet<>(); // a row of two keys was passed that may be behind either

    private final Map<Long, Busy> lookedUp = new HashMap<>(); // by key; look-ups under way
    private int barriers; // under way

    private static final class Started {
        final boolean passedBefore; // rows behind it may have been
        boolean isDelivered;

        Started(boolean passedBefore) {
            this.passedBefore = passedBefore;
        }
    }

    /** A key of which something is under way, or being looked up. */
    private static final class Busy {
        int rows;
        int delivered; // of these
        boolean sawAnother; // since the first of them was started, and it is not remembered
        boolean passedBefore; // rows behind it may have been
    }

    /**
     * Whether every row that is owed and not known here is behind a busy key, as far as this order knows: then a row that
     * has just become owed needs no answer from the store.
     */
    public boolean isWhole() {
        return barriers == 0 && awaited.isEmpty();
    }

    /**
     * The next row of this key is to be asked of the store. One look-up of a key at a time: two would each find the key
     * busy because of the other.
     *
     * @return false when it is being asked already; then it has to be asked again afterwards, as {@link #lookedUp} says
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

    /** @return whether a row of this key was passed over since the look-up began */
    public boolean lookedUp(Long key) {
        return release(lookedUp, key, false);
    }

    /** Its 2xx is in memory. */
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
     * What becomes of the newest row of a key, if it is known here that everything else that is owed of the key is under
     * way or remembered; else {@link Turn#AFTER_OWED}.
     */
    public Turn turnOfNewest(Long key) {
        Busy held = busy.get(key);
        if (held == null || held.sawAnother || held.passedBefore || lookedUp.containsKey(key)) {
            return Turn.AFTER_OWED;
        }
        return held.delivered == held.rows ? Turn.NOW : Turn.AFTER_BUSY;
    }

    /** A row of this key is no longer remembered. */
    public void passedBehind(Long key) {
        sawAnother(busy.get(key));
    }

    /** Whether only one row of this key is under way. */
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

    /** @param isFollower its turn came through another row, behind which more may have been passed over */
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
        }
        barriers += row.barrier() ? 1 : 0;
        underWay.put(row.seq(), new Started(passedBefore));
    }

    /** It ends as if it had not been started. */
    public void giveBack(OwedDelivery row) {
        Started ended = end(row);
        for (Long key : keys(row)) {
            release(busy, key, ended != null && ended.isDelivered);
        }
    }

    /** @return null when it was not under way */
    private @Nullable Started end(OwedDelivery row) {
        Started ended = underWay.remove(row.seq());
        barriers -= row.barrier() && ended != null ? 1 : 0;
        return ended;
    }

    /** It is settled; gives its keys of which another row may wait. */
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

    /** @return whether another row of this key was seen */
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

    /** Its key and, if it has one, the other. */
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
