package nexus.queue.backlog;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nexus.queue.lease.Shards;
import nexus.queue.order.Ahead;
import nexus.queue.order.KeyChains;
import nexus.queue.order.Waiting;
import nexus.queue.owed.KeyQueue;
import nexus.queue.owed.OwedDelivery;
import nexus.queue.owed.Ready;
import org.jspecify.annotations.Nullable;

/**
 * The lanes that this process owns, with their deliveries in memory and in progress. Nothing starts in a shard that is being
 * released. Belongs to the backlog's event loop.
 */
final class LaneBacklogs {
    private final BacklogBounds bounds;
    private final Bodies bodies;
    private final LinkedHashMap<Integer, LaneBacklog> byNumber = new LinkedHashMap<>(); // in the order of their turns
    private final Set<Long> underWay = new HashSet<>(); // seqs, unique over all lanes; from taking to settling
    private int open; // of these, without an outcome
    private final Map<Integer, Integer> underWayByShard = new HashMap<>();
    private Set<Integer> shards = Set.of();
    private Set<Integer> leaving = Set.of();
    private int aheadInAll;
    private final List<OwedDelivery> dropped = new ArrayList<>();

    LaneBacklogs(BacklogBounds bounds, Bodies bodies) {
        this.bounds = bounds;
        this.bodies = bodies;
    }

    /** From now on these are the shards; lanes of others are forgotten, those of new ones come with the next {@link #serve}. */
    void own(Set<Integer> owned, Set<Integer> ofThemLeaving) {
        shards = Set.copyOf(owned);
        leaving = Set.copyOf(ofThemLeaving);
        forget(byNumber.keySet().stream()
                .filter(number -> !shards.contains(Shards.of(number)))
                .toList());
    }

    private void forget(Collection<Integer> numbers) {
        for (Integer number : numbers) {
            LaneBacklog lane = byNumber.remove(number);
            if (lane != null) {
                readAgain(lane);
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

    /** What {@link #serve} has changed. */
    record Served(List<LaneBacklog> created, Collection<Integer> gone) {}

    /** These are all the lanes that there are. */
    Served serve(Collection<LaneRules> lanes) {
        Set<Integer> gone = new HashSet<>(byNumber.keySet());
        List<LaneBacklog> created = new ArrayList<>();
        for (LaneRules rules : lanes) {
            gone.remove(rules.lane());
            LaneBacklog known = byNumber.get(rules.lane());
            if (known != null) {
                known.update(rules);
            } else if (owns(rules.lane())) {
                LaneBacklog lane = new LaneBacklog(rules, this::forgotten);
                byNumber.put(lane.number, lane);
                created.add(lane);
            }
        }
        forget(gone);
        return new Served(created, gone);
    }

    @Nullable
    LaneBacklog of(int number) {
        return byNumber.get(number);
    }

    Collection<LaneBacklog> all() {
        return byNumber.values();
    }

    /**
     * The lanes of which something is in memory or unread.
     *
     * @param isParkedWork whether parked lanes count, too: something was retried by hand
     */
    List<Integer> withWork(boolean isParkedWork, Instant now) {
        List<Integer> numbers = new ArrayList<>();
        byNumber.forEach((number, lane) -> {
            lane.cursor.wakeDue(now);
            if (lane.cursor.hasUnread()
                    || lane.cursor.hasUnreadDue()
                    || !lane.ahead.hasNothing()
                    || !lane.renewed.hasNothing()
                    || (isParkedWork && !lane.isOpen())) {
                numbers.add(number);
            }
        });
        return numbers;
    }

    /** Those that have unread rows and room for them, at most so many; they go to the end of the queue. */
    List<LaneBacklog> takeTurns(int atMost, Instant now) {
        List<LaneBacklog> turns = new ArrayList<>();
        for (LaneBacklog lane : byNumber.values()) {
            lane.cursor.wakeDue(now);
            if (readsReady(lane, now) || readsDue(lane, now)) {
                turns.add(lane);
                if (turns.size() == atMost) {
                    break;
                }
            }
        }
        for (LaneBacklog lane : turns) {
            byNumber.remove(lane.number);
            byNumber.put(lane.number, lane);
        }
        return turns;
    }

    /** Whether it has unread, untried rows, and need not send the rows in memory first. */
    boolean readsReady(LaneBacklog lane, Instant now) {
        return lane.cursor.hasUnread() && lane.isOpen() && wanted(lane, now) > 0;
    }

    /** Whether it has retries whose time may have come. */
    boolean readsDue(LaneBacklog lane, Instant now) {
        return lane.cursor.hasUnreadDue() && lane.isOpen() && wantedDue(lane) > 0;
    }

    /** How many retries are worth reading: they go before what waits for room, so that a full lane does not keep them. */
    int wantedDue(LaneBacklog lane) {
        return Math.max(room(lane), Math.min(lane.aheadWantedRetries(), aheadRoom(lane)));
    }

    /** How many rows are worth reading: those that there is room for, and those that will soon have room. */
    int wanted(LaneBacklog lane, Instant now) {
        int room = lane.ahead.isEmpty() ? room(lane) : 0;
        return room + Math.min(owns(lane.number) ? lane.aheadWanted(now) : 0, aheadRoom(lane));
    }

    /** The number of further rows of this lane that may wait for room: at most half of what the others leave. */
    private int aheadRoom(LaneBacklog lane) {
        int own = lane.waiting();
        return (bounds.readAhead() - (aheadInAll - own) + 1) / 2 - own;
    }

    /** The last known number of requests for which the lane has room. */
    private int room(LaneBacklog lane) {
        return owns(lane.number) && !isWrittenTooSlowly() ? lane.room() : 0;
    }

    /** More outcomes wait to be written down than a healthy store ever leaves. */
    private boolean isWrittenTooSlowly() {
        return underWay.size() - open >= bounds.unsettled();
    }

    /** Whether one more finds a place in memory: within the room for requests, or in what waits for room. */
    private boolean takesOneMore(LaneBacklog lane) {
        return lane.isOpen() && owns(lane.number) && (lane.ahead.size() < room(lane) || aheadRoom(lane) > 0);
    }

    /**
     * Its keys are busy, its request is made when there is room.
     *
     * @return null when there is no place for it
     */
    @Nullable
    Waiting place(LaneBacklog lane, OwedDelivery row, Instant now) {
        if (!takesOneMore(lane)) {
            return null;
        }
        Waiting waiting = new Waiting(row, now);
        lane.claim(row, false);
        if (row.due() == null) {
            lane.ahead.add(waiting);
        } else {
            lane.ahead.addFirst(waiting);
        }
        aheadInAll++;
        return waiting;
    }

    /** The next of a key, or the first of a key that a person has retried: it has its place already. */
    void follow(LaneBacklog lane, Ahead where, OwedDelivery row, Instant now) {
        lane.claim(row, true);
        where.addFirst(new Waiting(row, now));
        aheadInAll++;
    }

    /** See {@link LaneBacklog#lookBehind}; remembered rows count as waiting ones. */
    LaneBacklog.Look lookBehind(LaneBacklog lane, Waiting fresh) {
        LaneBacklog.Look look = aheadRoom(lane) > 0 ? lane.lookBehind(fresh) : LaneBacklog.Look.BEHIND;
        aheadInAll += look == LaneBacklog.Look.PASS ? 1 : 0;
        return look;
    }

    /** Starts the first of these and remembers the others. */
    void started(LaneBacklog lane, KeyQueue run, Instant readAt) {
        int remembered = lane.started(run, readAt); // which may forget others
        aheadInAll += remembered;
    }

    /** Its 2xx is in memory: the next of its key may go, if it is known, before this one is written down. */
    void delivered(LaneBacklog lane, OwedDelivery row, Instant now) {
        lane.delivered(row);
        if (!lane.remembersBehind(row)) {
            return;
        }
        if (!lane.isOpen() || !owns(lane.number)) {
            lane.forgetBehind(row);
            return;
        }
        KeyChains.Follower next = lane.follower(row, now);
        if (next != null) {
            next.waiting().follows(now);
            lane.claim(next.waiting().row(), !next.isWhole());
            lane.ahead.addFirst(next.waiting());
        }
    }

    private void forgotten(Waiting waiting) {
        aheadInAll--;
        drop(waiting);
    }

    private void drop(Waiting waiting) {
        waiting.drop();
        bodies.forget(waiting);
        dropped.add(waiting.row());
    }

    /** Takes the deliveries that may start now. Missing bodies are read, after which their deliveries may start. */
    List<Ready> take(LaneBacklog lane, Instant now) {
        if (!owns(lane.number)) {
            readAgain(lane);
            return List.of();
        }
        if (lane.isOpen()) {
            if (lane.ahead.isStale(now)) {
                lane.ahead.slower();
                dropAll(lane, lane.ahead.drop());
            }
            if (!lane.renewed.hasNothing()) {
                dropAll(lane, lane.renewed); // it is read as any other
            }
            return take(lane, lane.ahead, isWrittenTooSlowly() ? 0 : lane.told().requests(), now);
        }
        if (!lane.ahead.hasNothing()) {
            dropAll(lane, lane.ahead);
        }
        if (!lane.told().takesRenewed() && !lane.renewed.hasNothing()) {
            dropAll(lane, lane.renewed);
        }
        return take(lane, lane.renewed, isWrittenTooSlowly() ? 0 : lane.told().requests(), now);
    }

    private List<Ready> take(LaneBacklog lane, Ahead from, int atMost, Instant now) {
        if (atMost <= 0 || from.hasNothing()) {
            return List.of();
        }
        List<Ready> taken = new ArrayList<>();
        while (taken.size() < atMost) {
            Waiting complete = from.nextComplete();
            if (complete == null) {
                break;
            }
            taken.add(begin(lane, complete, now));
        }
        while (taken.size() + from.withoutBody() < atMost) {
            Waiting next = from.next();
            if (next == null) {
                break;
            }
            aheadInAll--;
            if (next.ready() == null) {
                from.awaitBody(next);
                bodies.want(next);
            } else {
                taken.add(begin(lane, next, now));
            }
        }
        return taken;
    }

    private Ready begin(LaneBacklog lane, Waiting waiting, Instant now) {
        Ready ready = waiting.ready();
        if (ready == null) {
            throw new IllegalStateException(
                    "taken without its body: " + waiting.row().seq());
        }
        lane.ahead.began(now);
        underWay.add(waiting.row().seq());
        open++;
        underWayByShard.merge(Shards.of(lane.number), 1, Integer::sum);
        return ready;
    }

    /** @return whether it may be taken now */
    boolean arrived(Waiting waiting) {
        LaneBacklog lane = of(waiting.row().lane());
        return lane != null && (lane.ahead.arrived(waiting) || lane.renewed.arrived(waiting));
    }

    /** Rows that were in memory and are given back, since the last call; without those that are claimed again by now. */
    List<OwedDelivery> takeDropped() {
        if (dropped.isEmpty()) {
            return List.of();
        }
        List<OwedDelivery> taken = dropped.stream().filter(row -> !isTaken(row)).toList();
        dropped.clear();
        return taken;
    }

    /** It was taken, but nothing was sent and nothing has changed: it is to be read again. */
    void released(OwedDelivery row) {
        ended(row, false);
        LaneBacklog lane = of(row.lane());
        if (lane != null) {
            lane.unclaim(row);
        }
        dropped.add(row);
    }

    /** What waits in memory is not as it was read any more. */
    void readAgain(LaneBacklog lane) {
        lane.forgetBehindAll();
        dropAll(lane, lane.ahead);
        dropAll(lane, lane.renewed);
    }

    private void dropAll(LaneBacklog lane, Ahead from) {
        for (Waiting waiting : from.dropWithRoom()) {
            lane.unclaim(waiting.row());
            drop(waiting);
        }
        dropAll(lane, from.drop());
    }

    private void dropAll(LaneBacklog lane, List<Waiting> waiting) {
        for (Waiting each : waiting) {
            lane.unclaim(each.row());
            drop(each);
        }
        aheadInAll -= waiting.size();
    }

    /** It has an outcome, which is to be written down. */
    void answered(OwedDelivery row) {
        open -= underWay.contains(row.seq()) ? 1 : 0;
    }

    /**
     * It is settled, or as if it had never been taken.
     *
     * @param hadOutcome it was {@link #answered}
     */
    void ended(OwedDelivery row, boolean hadOutcome) {
        if (underWay.remove(row.seq())) {
            open -= hadOutcome ? 0 : 1;
            underWayByShard.computeIfPresent(
                    Shards.of(row.lane()), (shard, count) -> count == 1 ? null : Integer.valueOf(count - 1));
        }
    }

    /** Whether it is in progress here, or about to be. */
    boolean isTaken(OwedDelivery row) {
        LaneBacklog lane = of(row.lane());
        return underWay.contains(row.seq()) || (lane != null && lane.isClaimed(row));
    }

    /** Deliveries that wait in memory. */
    int ahead() {
        return aheadInAll;
    }

    int underWay() {
        return underWay.size();
    }
}
