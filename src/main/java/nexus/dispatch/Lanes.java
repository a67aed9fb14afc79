package nexus.dispatch;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nexus.queue.OwedDelivery;
import nexus.queue.OwedQueue.LaneKey;
import nexus.queue.Shards;
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
    private final Map<Long, Integer> underWay = new HashMap<>(); // seq, unique over all lanes → lane
    private final Map<Integer, Integer> underWayByLane = new HashMap<>();
    private final Map<Integer, Integer> underWayByShard = new HashMap<>();
    private Set<Integer> shards = Set.of();
    private Set<Integer> leaving = Set.of();
    private final Map<Integer, Integer> reserved = new HashMap<>(); // by lane, for rows that are being looked up
    private int reservedInAll;

    Lanes(DeliveryConfig config) {
        this.config = config;
    }

    /** From now on these are the shards; lanes of others are forgotten, those of new ones come with the catalog. */
    void own(Set<Integer> owned, Set<Integer> ofThemLeaving) {
        shards = Set.copyOf(owned);
        leaving = Set.copyOf(ofThemLeaving);
        byNumber.keySet().removeIf(number -> !shards.contains(Shards.of(number)));
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
                byNumber.put(subscription.lane(), new Lane(subscription, config));
            }
        }
        byNumber.keySet().removeAll(gone);
        return gone;
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
            if ((lane.cursor.hasUnread() || lane.cursor.hasUnreadDue()) && !lane.isParked(now) && room(lane, now) > 0) {
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

    /**
     * Room in the lane, which has never more than half of what the others leave: a few endpoints that hang can't take it
     * all, however often their lanes have their turn.
     */
    int room(Lane lane, Instant now) {
        if (!owns(lane.number)) {
            return 0;
        }
        int ownReserved = reserved.getOrDefault(lane.number, 0);
        int own = underWayByLane.getOrDefault(lane.number, 0) + ownReserved;
        int leftByOthers = config.concurrency() - (underWay.size() + reservedInAll - own);
        return Math.min(lane.room(now) - ownReserved, (leftByOthers + 1) / 2 - own);
    }

    /** Whether one more request may start at all. */
    boolean hasRoom() {
        return underWay.size() + reservedInAll < config.concurrency();
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
        lane.start(row, isFollower, now);
        underWay.put(row.seq(), row.lane());
        underWayByLane.merge(row.lane(), 1, Integer::sum);
        underWayByShard.merge(Shards.of(row.lane()), 1, Integer::sum);
    }

    void ended(OwedDelivery row) {
        if (underWay.remove(row.seq()) != null) {
            oneLess(underWayByLane, row.lane());
            oneLess(underWayByShard, Shards.of(row.lane()));
        }
    }

    private static void oneLess(Map<Integer, Integer> counts, int of) {
        counts.computeIfPresent(of, (key, count) -> count == 1 ? null : Integer.valueOf(count - 1));
    }

    boolean isUnderWay(OwedDelivery row) {
        return underWay.containsKey(row.seq());
    }

    int underWay() {
        return underWay.size();
    }
}
