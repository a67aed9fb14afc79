package nexus.dispatch;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import nexus.queue.owed.KeyRun;
import nexus.queue.owed.OwedDelivery;
import nexus.queue.owed.OwedQueue.LaneKey;
import nexus.subscription.EndpointHealth;
import nexus.subscription.Subscription;
import org.jspecify.annotations.Nullable;

/**
 * One subscription's deliveries in this process: how many may be under way ({@link Window}, {@link TokenBucket},
 * {@link Breaker}), which keys they hold ({@link KeyOrder}) and where reading goes on ({@link LaneCursor}). Not
 * thread-safe: belongs to the dispatcher's event loop.
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

    /** Of the lane's rate: one process has a lane whole. */
    private static final double SHARE = 1;

    final int number;
    final LaneCursor cursor;
    private final DeliveryConfig config;
    private final KeyChains chains;
    final Ahead ahead = new Ahead();
    private final KeyOrder order = new KeyOrder();
    private final Window window = new Window();
    private final Set<Long> pastBreaker = new HashSet<>(); // seqs under way that were started while it was open
    private Subscription subscription;
    private int requests;
    private @Nullable Instant heldUntil;
    private @Nullable TokenBucket tokens; // none: no limit
    private Breaker breaker;
    private FailingStreak failing;
    private @Nullable Long probe; // the seq under way that tries whether the endpoint is back

    /** @param forgotten told every row that was remembered behind another one and is to be looked up again */
    Lane(Subscription subscription, DeliveryConfig config, Consumer<OwedDelivery> forgotten) {
        this.chains = new KeyChains(forgotten);
        this.number = subscription.lane();
        this.cursor = new LaneCursor(number);
        this.config = config;
        this.subscription = subscription;
        this.heldUntil = subscription.heldUntil().orElse(null);
        this.tokens = tokens(subscription);
        this.breaker = new Breaker(config.breaker(), subscription.health().opened());
        this.failing = new FailingStreak(subscription.health().failing());
        if (!breaker.isClosed()) {
            window.reset();
        }
    }

    private static @Nullable TokenBucket tokens(Subscription subscription) {
        return subscription
                .rateLimit()
                .map(perSecond -> new TokenBucket(perSecond, SHARE))
                .orElse(null);
    }

    Subscription subscription() {
        return subscription;
    }

    /** Enabled again, or with another endpoint, it starts anew. */
    void update(Subscription changed) {
        boolean isFresh = (changed.isEnabled() && !subscription.isEnabled())
                || !changed.endpointUrl().equals(subscription.endpointUrl());
        if (!changed.rateLimit().equals(subscription.rateLimit())) {
            tokens = tokens(changed);
        }
        subscription = changed;
        if (isFresh) {
            heldUntil = changed.heldUntil().orElse(null);
            breaker = new Breaker(config.breaker(), changed.health().opened());
            failing = new FailingStreak(changed.health().failing());
            window.reset();
            cursor.rewindAll();
        }
    }

    /** How many more requests may start now, by this lane's own limits. */
    int room(Instant now) {
        int most = breaker.isClosed() ? window.size() - requests : canProbe(now) ? 1 : 0;
        return Math.min(Math.min(most, subscription.concurrency() - requests), available(now));
    }

    private int available(Instant now) {
        return tokens == null ? Integer.MAX_VALUE : tokens.available(now);
    }

    /** How many rows are worth reading before there is room for them: with a rate, what goes in a second. */
    int aheadWanted(Instant now) {
        return Math.min(ahead.wanted(now), subscription.rateLimit().orElse(Integer.MAX_VALUE));
    }

    /** How many retries are worth reading before there is room for them. */
    int aheadWantedRetries() {
        return Math.min(ahead.wantedRetries(), subscription.rateLimit().orElse(Integer.MAX_VALUE));
    }

    private boolean canProbe(Instant now) {
        return probe == null && breaker.isProbeDue(now);
    }

    /** Disabled, held by a Retry-After, or behind an open breaker: costs no reading. */
    boolean isParked(Instant now) {
        return isHeld(now) || !(breaker.isClosed() || canProbe(now));
    }

    private boolean isHeld(Instant now) {
        return !subscription.isEnabled() || (heldUntil != null && heldUntil.isAfter(now));
    }

    /** After a hold it starts as slowly as after a breaker. */
    void hold(Instant until) {
        window.reset();
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
        if (heldUntil != null && heldUntil.isAfter(now)) {
            return heldUntil;
        }
        if (!breaker.isClosed() && !canProbe(now)) {
            return probe == null
                    ? breaker.opened().map(EndpointHealth.Opened::nextProbeAt).orElse(null)
                    : null;
        }
        TokenBucket limit = tokens;
        boolean hasMore = !ahead.isEmpty() || cursor.hasUnread() || cursor.hasUnreadDue();
        if (limit != null && limit.available(now) <= 0 && hasMore) {
            return limit.next(now);
        }
        return cursor.nextDue();
    }

    /** Whether its turn has come, room or not; never {@link Look#FULL}. */
    Look look(OwedDelivery row, Instant now) {
        Instant due = row.due();
        if (order.isUnderWay(row) || (due != null && due.isAfter(now))) {
            return Look.PASS;
        }
        KeyOrder.Turn turn = subscription.ordered() ? order.turn(row) : KeyOrder.Turn.NOW;
        if (turn != KeyOrder.Turn.NOW) {
            cursor.sawWaiting();
        }
        return switch (turn) {
            case NOW -> Look.START;
            case AFTER_BUSY -> Look.PASS;
            case AFTER_OWED -> row.barrier() ? Look.BARRIER : Look.BEHIND;
        };
    }

    /** Whether the next row of a key may go in the place of the one before it. */
    boolean takesFollower(Instant now) {
        return !isParked(now) && available(now) > 0;
    }

    /** Whether a delivery that a person has retried may go past the open breaker: one at a time. */
    boolean takesRenewed(Instant now) {
        int probes = probe == null ? 0 : 1;
        return !breaker.isClosed()
                && !isHeld(now)
                && pastBreaker.size() == probes
                && requests < subscription.concurrency()
                && available(now) > 0;
    }

    boolean isBreakerOpen() {
        return !breaker.isClosed();
    }

    /**
     * Whether everything that is owed is known here, or behind a busy key: a row that has just become owed needs no answer
     * from the store.
     */
    boolean isWhole() {
        return cursor.isWhole() && order.isWhole();
    }

    /** The store is asked for the next row of this key, which is busy meanwhile. */
    void lookUp(Long key) {
        order.lookUp(key);
    }

    /** @return whether a row of it was passed over meanwhile */
    boolean lookedUp(Long key) {
        return order.lookedUp(key);
    }

    /** Its keys are busy from now on. */
    void claim(OwedDelivery row, boolean isFollower) {
        order.start(row, isFollower);
    }

    /** Rows in memory that wait, for room or behind one of their key. */
    int waiting() {
        return ahead.size() + chains.size();
    }

    /**
     * A row that has just become owed, while this is whole: it is remembered behind the one of its key that is under way.
     *
     * @return {@link Look#PASS} when it is remembered, {@link Look#START} when that one is delivered already, and
     *     {@link Look#BEHIND} when it is to be looked at like any other
     */
    Look lookBehind(OwedDelivery row, Instant now) {
        Long key = row.key();
        if (key == null || row.otherKey() != null || row.barrier() || !subscription.ordered()) {
            return Look.BEHIND;
        }
        return switch (order.turnOfNewest(key)) {
            case NOW -> Look.START;
            case AFTER_BUSY -> chains.follows(row, now) ? Look.PASS : Look.BEHIND;
            case AFTER_OWED -> Look.BEHIND;
        };
    }

    /** Its 2xx is in memory. */
    void delivered(OwedDelivery row) {
        order.delivered(row);
    }

    /** Whether a row is known that comes after this one. */
    boolean remembersBehind(OwedDelivery row) {
        for (Long key : KeyOrder.keys(row)) {
            if (chains.has(key)) {
                return true;
            }
        }
        return false;
    }

    /** @return of this run, whose first was started, how many are remembered */
    int runStarted(KeyRun run, Instant readAt) {
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

    /** It was not delivered, or the next one did not start: what is remembered of its keys says nothing any more. */
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

    /** Something was changed by hand. */
    void forgetBehindAll() {
        chains.forgetAll().forEach(order::passedBehind);
    }

    /** Whether it is under way, or waits for room alone. */
    boolean isClaimed(OwedDelivery row) {
        return order.isUnderWay(row);
    }

    /** What was claimed gets its request. */
    void begin(OwedDelivery row, Instant now) {
        requests++;
        ahead.began(now);
        if (tokens != null) {
            tokens.take(now);
        }
        if (!breaker.isClosed()) {
            pastBreaker.add(row.seq());
            if (canProbe(now)) {
                probe = row.seq();
            }
        }
    }

    /** Whether what was started may still be sent, now that its body is there. */
    boolean maySend(OwedDelivery row, Instant now) {
        return !isHeld(now) && (breaker.isClosed() || pastBreaker.contains(row.seq()));
    }

    /**
     * What the request says of the endpoint. To be told before {@link #answered}.
     *
     * @return whether what is stored of its health is out of date
     */
    boolean heard(OwedDelivery row, Verdict verdict, Instant startedAt, Instant now) {
        boolean wasClosed = breaker.isClosed();
        boolean isProbe = probe != null && probe == row.seq();
        boolean breakerChanged = breaker.heard(verdict, isProbe, startedAt, now);
        boolean streakChanged = failing.heard(verdict, now);
        if (wasClosed && !breaker.isClosed()) {
            window.reset();
        }
        return breakerChanged || streakChanged;
    }

    Optional<EndpointHealth.Opened> breakerOpened() {
        return breaker.opened();
    }

    /** The failures in a row that are too many by now. */
    Optional<EndpointHealth.Failing> hopeless(Instant now) {
        return failing.longerThan(config.disableAfter(), now);
    }

    EndpointHealth healthToStore(Instant now) {
        return new EndpointHealth(breaker.opened(), failing.storedAt(now));
    }

    /** The request is over; what came of it is not written down yet, so the keys stay busy. */
    void answered(OwedDelivery row, Pace pace) {
        ended(row);
        switch (pace) {
            case FASTER -> window.faster(subscription.concurrency());
            case SAME -> {}
            case SLOWER -> window.slower();
        }
    }

    /** It was started, and ends without a request. */
    void notSent(OwedDelivery row, Instant now) {
        ended(row);
        if (tokens != null) {
            tokens.giveBack(now);
        }
    }

    private void ended(OwedDelivery row) {
        requests--;
        pastBreaker.remove(row.seq());
        if (probe != null && probe == row.seq()) {
            probe = null;
        }
    }

    /** It was started, but nothing was sent and nothing has changed: it is to be read again. */
    void giveBack(OwedDelivery row, Instant now) {
        notSent(row, now);
        unclaim(row);
    }

    /** It was claimed, but not started: it is to be read again. */
    void unclaim(OwedDelivery row) {
        forgetBehind(row);
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
        for (Long key : KeyOrder.keys(row)) {
            if (chains.has(key) && order.isLast(key)) {
                forgetBehind(key); // else nothing brings their turn
            }
        }
        List<Long> next = order.settled(row);
        cursor.settled(row.barrier() && isFinal);
        return next.isEmpty() || !isFinal || !subscription.ordered()
                ? Set.of()
                : next.stream().map(key -> new LaneKey(number, key)).collect(Collectors.toSet());
    }

    /** It was not written down, because it is not as it was: somebody has changed it by hand. */
    void changedMeanwhile(OwedDelivery row) {
        cursor.rewind(row.seq());
        cursor.rewindDue();
    }
}
