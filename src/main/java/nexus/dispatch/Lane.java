package nexus.dispatch;

import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import nexus.queue.OwedDelivery;
import nexus.queue.OwedQueue.LaneKey;
import nexus.subscription.Subscription;
import org.jspecify.annotations.Nullable;

/**
 * One subscription's deliveries in this process: how many may be under way, which keys they hold ({@link KeyOrder}) and
 * where reading goes on ({@link LaneCursor}). Not thread-safe: belongs to the dispatcher's event loop.
 */
final class Lane {
    /** What became of a row that was looked at. */
    enum Look {
        START,
        /** Under way, not due yet, or its key is busy: its turn comes through that. */
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

    private static final int FIRST_WINDOW = 4;

    final int number;
    final LaneCursor cursor;
    final KeyChains chains = new KeyChains();
    private final KeyOrder order = new KeyOrder();
    private Subscription subscription;
    private int requests;
    private int window = FIRST_WINDOW;
    private @Nullable Instant heldUntil;

    Lane(Subscription subscription) {
        this.number = subscription.lane();
        this.cursor = new LaneCursor(number);
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
            cursor.rewindAll();
        }
    }

    /** How many more requests may start, by this lane's own limits. */
    int room() {
        return Math.min(subscription.concurrency(), window) - requests;
    }

    /** Disabled, or held by a Retry-After: costs no reading. */
    boolean isParked(Instant now) {
        return !subscription.isEnabled() || (heldUntil != null && heldUntil.isAfter(now));
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
        return heldUntil != null && heldUntil.isAfter(now) ? heldUntil : cursor.nextDue();
    }

    Look look(OwedDelivery row, Instant now, boolean isFull) {
        Instant due = row.due();
        if (order.isUnderWay(row) || (due != null && due.isAfter(now))) {
            return Look.PASS;
        }
        KeyOrder.Turn turn = subscription.ordered() ? order.turn(row) : KeyOrder.Turn.NOW;
        if (turn != KeyOrder.Turn.NOW) {
            cursor.sawWaiting();
        }
        return switch (turn) {
            case NOW -> isFull ? Look.FULL : Look.START;
            case AFTER_BUSY -> Look.PASS;
            case AFTER_OWED -> row.barrier() ? Look.BARRIER : Look.BEHIND;
        };
    }

    /** @param isFollower its turn came through another row, behind which more may have been passed over */
    void start(OwedDelivery row, boolean isFollower) {
        order.start(row, isFollower);
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

    /** It was started, but nothing was sent and nothing has changed: it is to be read again. */
    void giveBack(OwedDelivery row) {
        chains.forget(row);
        requests--;
        order.giveBack(row);
        cursor.lookAgain(row);
    }

    /**
     * What came of it is written down.
     *
     * @param isFinal it is no longer owed
     * @return keys of which the next row has to be looked up
     */
    Set<LaneKey> settled(OwedDelivery row, boolean isFinal) {
        Set<LaneKey> next = new HashSet<>();
        for (Long key : order.settled(row)) {
            if (isFinal && subscription.ordered()) {
                next.add(new LaneKey(number, key));
            }
        }
        cursor.settled(row.barrier() && isFinal);
        return next;
    }

    /** It was not written down, because it is not as it was: somebody has changed it by hand. */
    void changedMeanwhile(OwedDelivery row) {
        cursor.rewind(row.seq());
        cursor.rewindDue();
    }
}
