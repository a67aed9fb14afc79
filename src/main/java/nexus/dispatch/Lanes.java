package nexus.dispatch;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nexus.queue.lease.Shards;
import nexus.queue.owed.KeyRun;
import nexus.queue.owed.OwedDelivery;
import nexus.queue.owed.OwedQueue.LaneKey;
import nexus.subscription.Subscription;
import nexus.subscription.Subscriptions;
import org.jspecify.annotations.Nullable;

/**
 * The lanes that this process owns, and what is under way over all of them. In a shard that is leaving nothing starts.
 * Belongs to the dispatcher's event loop.
 */
final class Lanes {
    private final DeliveryConfig config;
    private final LinkedHashMap<Integer, Lane> byNumber = new LinkedHashMap<>(); // in the order of their next turn
    private final Map<Long, UnderWay> underWay = new HashMap<>(); // by seq, unique over all lanes; until settled
    private int requests; // of these, not answered
    private final Map<Integer, Integer> requestsByLane = new HashMap<>();
    private final Map<Integer, Integer> underWayByShard = new HashMap<>();
    private Set<Integer> shards = Set.of();
    private Set<Integer> leaving = Set.of();
    private final Map<Integer, Integer> reserved = new HashMap<>(); // by lane, for rows that are being looked up
    private int reservedInAll;
    private final Set<Lane> waiting = new LinkedHashSet<>(); // lanes with rows that wait for room
    private int aheadInAll;
    private final List<OwedDelivery> dropped = new ArrayList<>();
    private final List<Lane> created = new ArrayList<>();

    private static final class UnderWay {
        boolean isAnswered;
    }

    Lanes(DeliveryConfig config) {
        this.config = config;
    }

    /** From now on these are the shards; lanes of others are forgotten, those of new ones come with the catalog. */
    void own(Set<Integer> owned, Set<Integer> ofThemLeaving) {
        shards = Set.copyOf(owned);
        leaving = Set.copyOf(ofThemLeaving);
        forget(byNumber.keySet().stream()
                .filter(number -> !shards.contains(Shards.of(number)))
                .toList());
    }

    private void forget(Collection<Integer> numbers) {
        for (Integer number : numbers) {
            Lane lane = byNumber.remove(number);
            if (lane != null) {
                dropAhead(lane);
                lane.forgetBehindAll();
            }
        }
    }

    /** Whether something may be started in this lane, known or not. */
    boolean owns(int number) {
        int shard = Shards.of(number);
        return shards.contains(shard) && !leaving.contains(shard);
    }

    boolean isUnderWayIn(int shard) {
        return underWayByShard.containsKey(shard);
    }

    /** Takes a new version of the catalog over; gives the lanes of subscriptions that are gone. */
    Collection<Integer> adopt(Subscriptions current) {
        Set<Integer> gone = new HashSet<>(byNumber.keySet());
        for (Subscription subscription : current.all()) {
            gone.remove(subscription.lane());
            Lane known = byNumber.get(subscription.lane());
            if (known != null) {
                known.update(subscription);
            } else if (owns(subscription.lane())) {
                Lane lane = new Lane(subscription, config, this::forgotten);
                byNumber.put(lane.number, lane);
                created.add(lane);
            }
        }
        forget(gone);
        return gone;
    }

    /** Lanes that are new here since the last call. */
    List<Lane> takeCreated() {
        List<Lane> taken = List.copyOf(created);
        created.clear();
        return taken;
    }

    @Nullable
    Lane of(int number) {
        return byNumber.get(number);
    }

    Collection<Lane> all() {
        return byNumber.values();
    }

    /** Those that have unread rows and room for them, at most so many; they go to the end of the queue. */
    List<Lane> takeTurns(int atMost, Instant now) {
        List<Lane> turns = new ArrayList<>();
        for (Lane lane : byNumber.values()) {
            lane.cursor.wakeDue(now);
            if (readsReady(lane, now) || readsDue(lane, now)) {
                turns.add(lane);
                if (turns.size() == atMost) {
                    break;
                }
            }
        }
        for (Lane lane : turns) {
            byNumber.remove(lane.number);
            byNumber.put(lane.number, lane);
        }
        return turns;
    }

    /** Whether it has unread rows that were never tried, and is not to read on first what it has. */
    boolean readsReady(Lane lane, Instant now) {
        return lane.cursor.hasUnread() && !lane.isParked(now) && wanted(lane, now) > 0;
    }

    /** Whether it has retries whose time may have come. */
    boolean readsDue(Lane lane, Instant now) {
        return lane.cursor.hasUnreadDue() && !lane.isParked(now) && wantedDue(lane, now) > 0;
    }

    /** How many retries are worth reading: they go before what waits for room, so that a full lane does not keep them. */
    int wantedDue(Lane lane, Instant now) {
        return Math.max(room(lane, now), Math.min(lane.aheadWantedRetries(), aheadRoom(lane)));
    }

    /** How many rows are worth reading: those that there is room for, and those that will soon have room. */
    int wanted(Lane lane, Instant now) {
        int room = lane.ahead.isEmpty() ? room(lane, now) : 0;
        return room + Math.min(owns(lane.number) ? lane.aheadWanted(now) : 0, aheadRoom(lane));
    }

    /** How many more rows of this lane may wait for room: like requests, never more than half of what the others leave. */
    int aheadRoom(Lane lane) {
        int own = lane.waiting();
        return (config.readAhead() - (aheadInAll - own) + 1) / 2 - own;
    }

    /**
     * Room in the lane, which has never more than half of what the others leave: a few endpoints that hang can't take it
     * all, however often their lanes have their turn.
     */
    int room(Lane lane, Instant now) {
        if (!owns(lane.number)) {
            return 0;
        }
        int ownReserved = reserved.getOrDefault(lane.number, 0);
        int own = requestsByLane.getOrDefault(lane.number, 0) + ownReserved;
        int leftByOthers = config.concurrency() - (requests + reservedInAll - own);
        return isWrittenTooSlowly() ? 0 : Math.min(lane.room(now) - ownReserved, (leftByOthers + 1) / 2 - own);
    }

    /** Whether one more request may start at all. */
    boolean hasRoom() {
        return requests + reservedInAll < config.concurrency() && !isWrittenTooSlowly();
    }

    /** More outcomes wait to be written down than a healthy store ever leaves. */
    private boolean isWrittenTooSlowly() {
        return underWay.size() - requests >= config.unsettled();
    }

    /** Its keys are busy, its request is made when there is room. */
    void waitForRoom(Lane lane, OwedDelivery row, Instant now) {
        lane.claim(row, false);
        if (row.due() == null) {
            lane.ahead.add(row, now);
        } else {
            lane.ahead.addFirst(row, now);
        }
        waiting.add(lane);
        aheadInAll++;
    }

    /** See {@link Lane#lookBehind}; what is remembered takes room of what waits. */
    Lane.Look lookBehind(Lane lane, OwedDelivery row, Instant now) {
        Lane.Look look = aheadRoom(lane) > 0 ? lane.lookBehind(row, now) : Lane.Look.BEHIND;
        aheadInAll += look == Lane.Look.PASS ? 1 : 0;
        return look;
    }

    /** The first of a run was started: those behind it are remembered. */
    void runStarted(Lane lane, KeyRun run, Instant readAt) {
        int remembered = lane.runStarted(run, readAt); // which may forget others
        aheadInAll += remembered;
    }

    /** The row that may go because this one is delivered; null: none is known. */
    KeyChains.@Nullable Follower follower(Lane lane, OwedDelivery delivered, Instant now) {
        KeyChains.Follower next = lane.follower(delivered, now);
        aheadInAll -= next == null ? 0 : 1;
        return next;
    }

    private void forgotten(OwedDelivery row) {
        aheadInAll--;
        dropped.add(row);
    }

    /** Begins as many of those that wait for room as there is room for, in turns over the lanes. */
    List<OwedDelivery> beginWaiting(Instant now) {
        List<OwedDelivery> begun = new ArrayList<>();
        for (Lane lane : List.copyOf(waiting)) {
            if (lane.isParked(now) || !owns(lane.number)) {
                dropAhead(lane);
            } else if (lane.ahead.isStale(now)) {
                lane.ahead.slower();
                dropAhead(lane);
            }
        }
        Deque<Lane> turns = new ArrayDeque<>(waiting);
        while (!turns.isEmpty()) {
            Lane lane = turns.remove();
            OwedDelivery next = room(lane, now) > 0 ? lane.ahead.next() : null;
            if (next != null) {
                aheadInAll--;
                begin(lane, next, now);
                begun.add(next);
                turns.add(lane);
            }
        }
        waiting.removeIf(lane -> lane.ahead.isEmpty());
        return begun;
    }

    /** Rows that were in memory and are given back, since the last call; without those that are taken again by now. */
    List<OwedDelivery> takeDropped() {
        List<OwedDelivery> taken = dropped.stream().filter(row -> !isTaken(row)).toList();
        dropped.clear();
        return taken;
    }

    /** It was started, but nothing was sent and nothing has changed: it is to be read again. */
    void giveBack(Lane lane, OwedDelivery row, Instant now) {
        ended(row);
        lane.giveBack(row, now);
        dropped.add(row);
    }

    /** What waits for room is not as it was read any more. */
    void readAgain(Lane lane) {
        lane.forgetBehindAll();
        dropAhead(lane);
    }

    private void dropAhead(Lane lane) {
        List<OwedDelivery> rows = lane.ahead.drop();
        rows.forEach(lane::unclaim);
        dropped.addAll(rows);
        aheadInAll -= rows.size();
        waiting.remove(lane);
    }

    /** Keeps room for the next rows of these keys while they are being looked up. */
    void reserve(Collection<LaneKey> keys) {
        keys.forEach(key -> reserved.merge(key.lane(), 1, Integer::sum));
        reservedInAll += keys.size();
    }

    void unreserve(Collection<LaneKey> keys) {
        keys.forEach(key -> reserved.computeIfPresent(key.lane(), (lane, count) -> count == 1 ? null : count - 1));
        reservedInAll -= keys.size();
    }

    void start(Lane lane, OwedDelivery row, boolean isFollower, Instant now) {
        lane.claim(row, isFollower);
        begin(lane, row, now);
    }

    private void begin(Lane lane, OwedDelivery row, Instant now) {
        lane.begin(row, now);
        underWay.put(row.seq(), new UnderWay());
        requests++;
        requestsByLane.merge(row.lane(), 1, Integer::sum);
        underWayByShard.merge(Shards.of(row.lane()), 1, Integer::sum);
    }

    /** Its request is over, or will not be made. */
    void answered(OwedDelivery row) {
        answered(row, underWay.get(row.seq()));
    }

    private void answered(OwedDelivery row, @Nullable UnderWay started) {
        if (started != null && !started.isAnswered) {
            started.isAnswered = true;
            requests--;
            oneLess(requestsByLane, row.lane());
        }
    }

    /** It is settled, or as if it had never been started. */
    void ended(OwedDelivery row) {
        UnderWay started = underWay.remove(row.seq());
        answered(row, started);
        if (started != null) {
            oneLess(underWayByShard, Shards.of(row.lane()));
        }
    }

    private static void oneLess(Map<Integer, Integer> counts, int of) {
        counts.computeIfPresent(of, (key, count) -> count == 1 ? null : Integer.valueOf(count - 1));
    }

    /** Whether it is under way here, or about to be. */
    boolean isTaken(OwedDelivery row) {
        Lane lane = of(row.lane());
        return underWay.containsKey(row.seq()) || (lane != null && lane.isClaimed(row));
    }

    /** Rows that wait for room. */
    int ahead() {
        return aheadInAll;
    }

    int underWay() {
        return underWay.size();
    }
}
