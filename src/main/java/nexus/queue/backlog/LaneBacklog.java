package nexus.queue.backlog;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import nexus.queue.order.Ahead;
import nexus.queue.order.Batching;
import nexus.queue.order.KeyChains;
import nexus.queue.order.KeyOrder;
import nexus.queue.order.Waiting;
import nexus.queue.owed.KeyQueue;
import nexus.queue.owed.OwedDelivery;
import nexus.queue.owed.OwedQueue.LaneKey;
import nexus.queue.position.LaneCursor;
import org.jspecify.annotations.Nullable;

/**
 * The known part of the owed deliveries of a lane: the position of the next read ({@link LaneCursor}), the busy ordering keys
 * ({@link KeyOrder}), and the deliveries in memory ({@link Ahead}, {@link KeyChains}). Belongs to the backlog's event loop.
 */
final class LaneBacklog {
    /** The decision about a delivery that was read. */
    enum Look {
        START,
        /** In progress, not due, or its key is busy; it follows the delivery of that key. */
        PASS,
        /** The store reported an earlier owed row of its key when it was read; it follows that one. */
        BEHIND,
        /** There is no room; read it again. */
        FULL,
        /** A barrier with earlier deliveries; read it again when a delivery of this lane is settled. */
        BARRIER
    }

    private static final int MOST_READ = 4096;

    final int number;
    final LaneCursor cursor;
    final Ahead ahead = new Ahead();
    final Ahead renewed = new Ahead(); // retried by hand while the lane is parked
    private final KeyChains chains;
    private final KeyOrder order = new KeyOrder();
    private LaneRules rules;
    private @Nullable Batching batching; // null: each delivery is a request of its own
    private Room room = Room.PARKED; // last value from the deliverer
    boolean isAwake; // written by LaneBacklogs alone
    private int gapsKnown; // gaps in the seqs since which this lane has begun to be read

    /** @param forgotten receives every delivery that was remembered after another one and must be read again */
    LaneBacklog(LaneRules rules, Consumer<Waiting> forgotten) {
        this.chains = new KeyChains(forgotten);
        this.number = rules.lane();
        this.cursor = new LaneCursor(number);
        this.rules = rules;
        adopt(rules);
    }

    /** Deliveries that wait must be read again before this if {@link #isSentOtherwise}. */
    void update(LaneRules changed) {
        if (isSentOtherwise(changed)) {
            batching = null;
            order.holdAll(); // those in progress were taken by other rules
        }
        rules = changed;
        adopt(changed);
    }

    /** Its deliveries that are owed since an earlier time have expired. */
    Instant owedBefore(Instant now) {
        return rules.expiry().apply(now);
    }

    /** Whether it starts or stops to send batches, or to keep their order. */
    boolean isSentOtherwise(LaneRules changed) {
        return (rules.batch() == null) != (changed.batch() == null)
                || (batching != null && batching.isOrdered() != changed.isOrdered());
    }

    private void adopt(LaneRules changed) {
        LaneRules.Batch batch = changed.batch();
        if (batch == null) {
            ahead.readAtLeast(0);
            return;
        }
        if (batching == null) {
            batching = new Batching(batch.maxSize(), batch.maxWait(), batch.maxBytes(), changed.isOrdered());
        } else {
            batching.update(batch.maxSize(), batch.maxWait(), batch.maxBytes());
        }
        ahead.readAtLeast(2 * batch.maxSize());
    }

    /** Null when each delivery is a request of its own. */
    @Nullable
    Batching batching() {
        return batching;
    }

    /** When a batch goes that is not full; null when none waits, or when there is no room. */
    @Nullable
    Instant batchGoesAt() {
        return batching != null && room.isOpen() && room.requests() > 0 ? batching.goesAt() : null;
    }

    boolean isBatched() {
        return batching != null;
    }

    /** Most deliveries of a request. */
    int requestSize() {
        return batching == null ? 1 : batching.maxSize();
    }

    /** Deliveries of a key that were started, and are in memory until they are settled. */
    int started(Long key) {
        return order.started(key);
    }

    /** Whether a read was requested since this number of gaps in the seqs. */
    boolean knowsGaps(int gaps) {
        return gapsKnown == gaps;
    }

    /** Records that it is about to be read, so that it knows the rows of these gaps before it takes anything into memory. */
    void readsGaps(int gaps) {
        gapsKnown = gaps;
    }

    /** Whether something of it is in memory or unread. */
    boolean hasWork() {
        return cursor.hasUnread() || cursor.hasUnreadDue() || !ahead.hasNothing() || !renewed.hasNothing();
    }

    /** There is room for so much. */
    void told(Room latest) {
        room = latest;
    }

    Room told() {
        return room;
    }

    boolean isOpen() {
        return room.isOpen();
    }

    boolean takesRenewed() {
        return room.takesRenewed() && renewed.hasNothing();
    }

    /** The number of deliveries for whose requests there is room, without those whose bodies are being read. */
    int room() {
        if (batching != null) {
            return room.isOpen() ? Math.min(room.requests() * batching.maxSize(), MOST_READ) : 0;
        }
        return room.isOpen() ? Math.max(0, room.requests() - ahead.withoutBody()) : 0;
    }

    /** The number of rows to read before there is room for them; with a rate limit, those of a second. */
    int aheadWanted(Instant now) {
        return Math.min(ahead.wanted(now), aSecond());
    }

    /** How many retries are worth reading before there is room for them. */
    int aheadWantedRetries() {
        return Math.min(ahead.wantedRetries(), aSecond());
    }

    /** Most deliveries a second. */
    private int aSecond() {
        return rules.perSecond() > MOST_READ ? rules.perSecond() : rules.perSecond() * requestSize();
    }

    /** Most rows of a key that are read together. */
    int longestKeyQueue() {
        return Math.max(KeyQueue.LONGEST, requestSize());
    }

    /** Whether its turn has come, room or not; never {@link Look#FULL}. */
    Look look(OwedDelivery row, Instant now) {
        Instant due = row.due();
        if (order.isUnderWay(row) || (due != null && due.isAfter(now))) {
            return Look.PASS;
        }
        if (batching != null && rules.isOrdered() && order.isNext(row)) {
            return Look.START; // in the same batch as the one before it
        }
        KeyOrder.Turn turn = rules.isOrdered() ? order.turn(row) : KeyOrder.Turn.NOW;
        if (turn != KeyOrder.Turn.NOW) {
            cursor.sawWaiting();
        }
        return switch (turn) {
            case NOW -> Look.START;
            case AFTER_BUSY -> row.barrier() ? Look.BARRIER : Look.PASS;
            case AFTER_OWED -> row.barrier() ? Look.BARRIER : Look.BEHIND;
        };
    }

    /**
     * Whether all owed rows are known here, or follow a busy key. Then a newly owed row needs no query.
     */
    boolean isWhole() {
        return cursor.isWhole() && order.isWhole();
    }

    /**
     * The store is to be asked for the next row of this key, which is busy meanwhile.
     *
     * @return false when it is being asked already
     */
    boolean lookUp(Long key) {
        return order.lookUp(key);
    }

    /** @return whether a row of it was passed over meanwhile */
    boolean lookedUp(Long key) {
        return order.lookedUp(key);
    }

    /** Marks its keys as busy. */
    void claim(OwedDelivery row, boolean isFollower) {
        order.start(row, isFollower);
    }

    /** Deliveries in memory that wait for room or for their predecessor. */
    int waiting() {
        return ahead.size() + chains.size() + held();
    }

    /** Deliveries in memory that wait for the result of a batch. */
    int held() {
        return batching == null ? 0 : batching.held();
    }

    /**
     * Adds a newly owed row while {@link #isWhole}: it is remembered after the one of its key that is in progress.
     *
     * @return {@link Look#PASS} when it is remembered, {@link Look#START} when that one is delivered already, and
     *     {@link Look#BEHIND} when it must be handled like any other
     */
    Look lookBehind(Waiting fresh) {
        OwedDelivery row = fresh.row();
        Long key = row.key();
        if (key == null || row.otherKey() != null || row.barrier() || !rules.isOrdered()) {
            return Look.BEHIND;
        }
        return switch (order.turnOfNewest(key)) {
            case NOW -> Look.START;
            case AFTER_BUSY -> batching != null ? Look.START : chains.follows(fresh) ? Look.PASS : Look.BEHIND;
            case AFTER_OWED -> Look.BEHIND;
        };
    }

    /** Records that it was not delivered, while later ones of its keys may be in progress. */
    void failed(OwedDelivery row) {
        order.failed(row);
    }

    /** Records that it was delivered, but is not settled yet. */
    void delivered(OwedDelivery row) {
        order.delivered(row);
    }

    /** Whether a later row is known. */
    boolean remembersBehind(OwedDelivery row) {
        for (Long key : KeyOrder.keys(row)) {
            if (chains.has(key)) {
                return true;
            }
        }
        return false;
    }

    /** @return of the rows of a key, the first of which has its turn now, how many are remembered */
    int started(KeyQueue run, Instant readAt) {
        return chains.started(run, readAt);
    }

    /** The row that may go because this one is delivered; null: none is known. */
    KeyChains.@Nullable Follower follower(OwedDelivery delivered, Instant now) {
        KeyChains.Follower next = chains.next(delivered, now);
        if (next == null) {
            forgetBehind(delivered);
        }
        return next;
    }

    /** Drops the remembered rows of its keys, because it was not delivered or the next one did not start. */
    void forgetBehind(OwedDelivery row) {
        for (Long key : KeyOrder.keys(row)) {
            forgetBehind(key);
        }
    }

    private void forgetBehind(Long key) {
        if (chains.forget(key)) {
            order.passedBehind(key);
        }
    }

    /** Records a change by hand. */
    void forgetBehindAll() {
        chains.forgetAll().forEach(order::passedBehind);
    }

    /** Records a row that follows started ones of its keys, and is not remembered. */
    void passedAfter(OwedDelivery row) {
        KeyOrder.keys(row).forEach(order::passedBehind);
    }

    /** Whether it is in progress, or only waits for room. */
    boolean isClaimed(OwedDelivery row) {
        return order.isUnderWay(row);
    }

    /** It was claimed, and ends as if it had not been: it is to be read again. */
    void unclaim(OwedDelivery row) {
        forgetBehind(row);
        order.giveBack(row);
        cursor.lookAgain(row);
    }

    /**
     * Ends a settled delivery.
     *
     * @param isFinal whether it is no longer owed
     * @return keys whose next row must be read
     */
    Set<LaneKey> settled(OwedDelivery row, boolean isFinal) {
        for (Long key : KeyOrder.keys(row)) {
            if (chains.has(key) && order.isLast(key)) {
                forgetBehind(key); // else nothing brings their turn
            }
        }
        List<Long> next = order.settled(row);
        cursor.settled(row.barrier() && isFinal);
        return next.isEmpty() || !isFinal || !rules.isOrdered()
                ? Set.of()
                : next.stream().map(key -> new LaneKey(number, key)).collect(Collectors.toSet());
    }

    /** Ends a delivery that was not settled because it was changed by hand. */
    void changedMeanwhile(OwedDelivery row) {
        cursor.rewind(row.seq());
        cursor.rewindDue();
    }
}
