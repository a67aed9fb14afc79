package nexus.queue.backlog;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nexus.queue.body.Bodies;
import nexus.queue.lease.ShardHandover;
import nexus.queue.order.Ahead;
import nexus.queue.order.Batching;
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
    private final Bodies bodies;
    private final ShardHandover shards;
    private final Map<Integer, LaneBacklog> byNumber = new HashMap<>();
    /**
     * Those that may have work, in the order of their turns: of thousands of lanes few have any. A lane is in it from the
     * moment that somebody asks for it, and so may change it, until nothing of it is in memory or unread.
     */
    private final LinkedHashMap<Integer, LaneBacklog> awake = new LinkedHashMap<>();

    private final InProgress inProgress = new InProgress();
    private final ReadAhead readAhead;
    private final List<OwedDelivery> dropped = new ArrayList<>();

    LaneBacklogs(BacklogBounds bounds, ShardHandover shards, Bodies bodies) {
        this.shards = shards;
        this.bodies = bodies;
        this.readAhead = new ReadAhead(bounds, shards, inProgress);
    }

    /** Forgets the lanes of shards that are gone. Those of new shards come with the next {@link #serve}. */
    void shardsChanged() {
        forget(byNumber.keySet().stream().filter(number -> !shards.has(number)).toList());
    }

    private void forget(Collection<Integer> numbers) {
        for (Integer number : numbers) {
            LaneBacklog lane = byNumber.remove(number);
            awake.remove(number);
            if (lane != null) {
                readAgain(lane);
            }
        }
    }

    /** Whether something may be started in this lane, known or not. */
    boolean owns(int number) {
        return shards.mayStart(number);
    }

    ReadAhead readAhead() {
        return readAhead;
    }

    InProgress inProgress() {
        return inProgress;
    }

    /** The oldest open position of each of these lanes. */
    static Map<Integer, Long> oldestOpen(Collection<LaneBacklog> lanes) {
        Map<Integer, Long> oldestOpenByLane = new HashMap<>();
        lanes.forEach(lane -> oldestOpenByLane.put(lane.number, lane.cursor.oldestOpen()));
        return oldestOpenByLane;
    }

    /** What {@link #serve} has changed. */
    record Served(List<LaneBacklog> created, Collection<Integer> gone) {}

    /** These are all the lanes that there are. */
    Served serve(Collection<LaneRules> lanes) {
        Set<Integer> gone = new HashSet<>(byNumber.keySet());
        lanes.forEach(rules -> gone.remove(rules.lane()));
        return change(lanes, gone);
    }

    /** These lanes are new or have other rules, and those are gone; all others stay as they are. */
    Served change(Collection<LaneRules> lanes, Collection<Integer> gone) {
        List<LaneBacklog> created = new ArrayList<>();
        for (LaneRules rules : lanes) {
            LaneBacklog known = byNumber.get(rules.lane());
            if (known != null) {
                if (known.isSentOtherwise(rules)) {
                    readAgain(known);
                }
                known.update(rules);
            } else if (owns(rules.lane())) {
                LaneBacklog lane = new LaneBacklog(rules, readAhead::forget);
                byNumber.put(lane.number, lane);
                wake(lane);
                created.add(lane);
            }
        }
        List<Integer> known = gone.stream().filter(byNumber::containsKey).toList();
        forget(known);
        return new Served(created, known);
    }

    @Nullable
    LaneBacklog of(int number) {
        LaneBacklog lane = byNumber.get(number);
        if (lane != null) {
            wake(lane);
        }
        return lane;
    }

    boolean has(int number) {
        return byNumber.containsKey(number);
    }

    /** To be looked at only. */
    Collection<LaneBacklog> all() {
        return byNumber.values();
    }

    /** To be changed. */
    Collection<LaneBacklog> allAwake() {
        byNumber.values().forEach(this::wake);
        return List.copyOf(awake.values());
    }

    /** Those whose retries may become due. */
    Collection<LaneBacklog> awake() {
        return awake.values();
    }

    private void wake(LaneBacklog lane) {
        if (!lane.isAwake) {
            lane.isAwake = true;
            awake.put(lane.number, lane);
        }
    }

    /**
     * The lanes of which something is in memory or unread.
     *
     * @param isParkedWork whether parked lanes count, too: something was retried by hand
     */
    List<Integer> withWork(boolean isParkedWork, Instant now) {
        if (isParkedWork) {
            byNumber.values().forEach(this::wake);
        }
        List<Integer> numbers = new ArrayList<>();
        Iterator<LaneBacklog> each = awake.values().iterator();
        while (each.hasNext()) {
            LaneBacklog lane = each.next();
            lane.cursor.wakeDue(now);
            if (lane.hasWork() || (isParkedWork && !lane.isOpen())) {
                numbers.add(lane.number);
            } else if (lane.cursor.nextDue() == null) {
                lane.isAwake = false;
                each.remove();
            }
        }
        return numbers;
    }

    /** Those that have unread rows and room for them, at most so many; they go to the end of the queue. */
    List<LaneBacklog> takeTurns(int atMost, Instant now) {
        List<LaneBacklog> turns = new ArrayList<>();
        for (LaneBacklog lane : awake.values()) {
            lane.cursor.wakeDue(now);
            if (readAhead.readsReady(lane, now) || readAhead.readsDue(lane)) {
                turns.add(lane);
                if (turns.size() == atMost) {
                    break;
                }
            }
        }
        for (LaneBacklog lane : turns) {
            awake.remove(lane.number);
            awake.put(lane.number, lane);
        }
        return turns;
    }

    /**
     * Its keys are busy, its request is made when there is room.
     *
     * @return null when there is no place for it
     */
    @Nullable
    Waiting place(LaneBacklog lane, OwedDelivery row, Instant now) {
        if (!readAhead.takesOneMore(lane) && !isOfWaitingBatch(lane, row)) {
            return null;
        }
        Waiting waiting = new Waiting(row, now);
        lane.claim(row, false);
        await(lane, waiting, row.due() != null);
        readAhead.add(1);
        return waiting;
    }

    /** A batch that failed is read as a whole, or it would be another batch. */
    private static boolean isOfWaitingBatch(LaneBacklog lane, OwedDelivery row) {
        return lane.isBatched() && row.due() != null && row.due().equals(lane.ahead.lastDue());
    }

    /** It waits for room, or for the result of a batch with an earlier one of its key. */
    private static void await(LaneBacklog lane, Waiting waiting, boolean isFirst) {
        Batching batching = lane.batching();
        if (batching != null) {
            if (batching.hold(waiting)) {
                return;
            }
            batching.added(waiting);
        }
        if (isFirst) {
            lane.ahead.addFirst(waiting);
        } else {
            lane.ahead.add(waiting);
        }
    }

    /** The next of a key, or the first of a key that a person has retried: it has its place already. */
    void follow(LaneBacklog lane, Ahead where, OwedDelivery row, Instant now) {
        lane.claim(row, true);
        if (where == lane.ahead) {
            await(lane, new Waiting(row, now), true);
        } else {
            where.addFirst(new Waiting(row, now));
        }
        readAhead.add(1);
    }

    /** See {@link LaneBacklog#lookBehind}; remembered rows count as waiting ones. */
    LaneBacklog.Look lookBehind(LaneBacklog lane, Waiting fresh) {
        LaneBacklog.Look look = readAhead.roomToWait(lane) > 0 ? lane.lookBehind(fresh) : LaneBacklog.Look.BEHIND;
        readAhead.add(look == LaneBacklog.Look.PASS ? 1 : 0);
        return look;
    }

    /** Starts the first of these and remembers the others. */
    void started(LaneBacklog lane, KeyQueue run, Instant readAt) {
        if (lane.isBatched()) {
            startedTogether(lane, run.rows(), readAt);
        } else {
            readAhead.add(lane.started(run, readAt));
        }
    }

    /** Those that follow the first may be sent in the same batch. */
    private void startedTogether(LaneBacklog lane, List<OwedDelivery> rows, Instant readAt) {
        OwedDelivery first = rows.getFirst();
        if (first.otherKey() != null || first.barrier()) {
            return;
        }
        for (OwedDelivery row : rows.subList(1, rows.size())) {
            boolean isNext = !row.behind() && row.due() == null && row.otherKey() == null && !row.barrier();
            if (!isNext || lane.isClaimed(row) || readAhead.roomToWait(lane) <= 0) {
                lane.passedAfter(row); // it is found again when the last of these is settled
                return;
            }
            lane.claim(row, true);
            await(lane, new Waiting(row, readAt), true);
            readAhead.add(1);
        }
    }

    /** Its 2xx is in memory: the next of its key may go, if it is known, before this one is written down. */
    void delivered(LaneBacklog lane, OwedDelivery row, Instant now) {
        lane.delivered(row);
        Batching batching = lane.batching();
        if (batching != null) {
            for (Waiting next : batching.delivered(row)) {
                next.follows(now);
                await(lane, next, true);
            }
            return;
        }
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

    /** It was not delivered: those that follow it must wait for its settlement, or for its next attempt. */
    void failed(LaneBacklog lane, OwedDelivery row) {
        lane.forgetBehind(row);
        if (lane.isBatched()) {
            lane.failed(row);
            dropHeldBy(lane, row);
        }
    }

    private void dropHeldBy(LaneBacklog lane, OwedDelivery row) {
        Batching batching = lane.batching();
        if (batching != null) {
            dropAll(lane, batching.failed(row));
        }
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
                recount(lane);
            }
            if (!lane.renewed.hasNothing()) {
                dropAll(lane, lane.renewed); // it is read as any other
            }
            int requests = readAhead.isStoredTooSlowly() ? 0 : lane.told().requests();
            Batching batching = lane.batching();
            return batching == null ? take(lane, lane.ahead, requests, now) : takeBatch(lane, batching, requests, now);
        }
        if (!lane.ahead.hasNothing() || lane.held() > 0) {
            dropAll(lane, lane.ahead);
        }
        if (!lane.told().takesRenewed() && !lane.renewed.hasNothing()) {
            dropAll(lane, lane.renewed);
        }
        return take(
                lane,
                lane.renewed,
                readAhead.isStoredTooSlowly() ? 0 : lane.told().requests(),
                now);
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
            readAhead.remove(1);
            if (next.ready() == null) {
                from.awaitBody(next);
                bodies.want(next);
            } else {
                taken.add(begin(lane, next, now));
            }
        }
        return taken;
    }

    private Batching.More more(LaneBacklog lane) {
        if (readAhead.roomToWait(lane) <= 0) {
            return Batching.More.NO_MEMORY;
        }
        return lane.cursor.hasUnread() ? Batching.More.UNREAD : Batching.More.UNKNOWN;
    }

    private static void recount(LaneBacklog lane) {
        Batching batching = lane.batching();
        if (batching != null) {
            batching.recount(lane.ahead);
        }
    }

    /** The deliveries of one request; none while their bodies are being read. */
    private List<Ready> takeBatch(LaneBacklog lane, Batching batching, int requests, Instant now) {
        if (requests <= 0) {
            return List.of();
        }
        if (!batching.isForming()) {
            List<Waiting> members = batching.form(lane.ahead, more(lane), bodies, lane::started, now);
            readAhead.remove(members.size());
            for (Waiting member : members) {
                if (member.ready() == null) {
                    lane.ahead.awaitBody(member);
                }
            }
        }
        if (lane.ahead.withoutBody() > 0) {
            return List.of();
        }
        lane.ahead.forgetComplete();
        return batching.takeFormed().stream()
                .map(member -> begin(lane, member, now))
                .toList();
    }

    private Ready begin(LaneBacklog lane, Waiting waiting, Instant now) {
        Ready ready = waiting.ready();
        if (ready == null) {
            throw new IllegalStateException(
                    "taken without its body: " + waiting.row().seq());
        }
        lane.ahead.began(now);
        inProgress.begin(waiting.row());
        return ready;
    }

    /** @return whether it may be taken now */
    boolean arrived(Waiting waiting) {
        LaneBacklog lane = of(waiting.row().lane());
        return lane != null && (lane.ahead.arrived(waiting) || lane.renewed.arrived(waiting));
    }

    /** Rows that were in memory and are given back, since the last call; without those that are claimed again by now. */
    List<OwedDelivery> takeDropped() {
        readAhead.takeForgotten().forEach(this::drop);
        if (dropped.isEmpty()) {
            return List.of();
        }
        List<OwedDelivery> taken = dropped.stream().filter(row -> !isTaken(row)).toList();
        dropped.clear();
        return taken;
    }

    /** It was taken, but nothing was sent and nothing has changed: it is to be read again. */
    void released(OwedDelivery row) {
        inProgress.end(row, false);
        LaneBacklog lane = of(row.lane());
        if (lane != null) {
            dropHeldBy(lane, row);
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
        List<Waiting> withRoom = from.dropWithRoom();
        Batching batching = from == lane.ahead ? lane.batching() : null;
        if (batching != null) {
            withRoom = batching.dropForming();
            dropAll(lane, batching.dropHeld());
        }
        for (Waiting waiting : withRoom) {
            lane.unclaim(waiting.row());
            drop(waiting);
        }
        dropAll(lane, from.drop());
        if (batching != null) {
            batching.recount(from);
        }
    }

    private void dropAll(LaneBacklog lane, List<Waiting> waiting) {
        for (Waiting each : waiting) {
            lane.unclaim(each.row());
            drop(each);
        }
        readAhead.remove(waiting.size());
    }

    /** Whether it is in progress here, or about to be. */
    boolean isTaken(OwedDelivery row) {
        LaneBacklog lane = of(row.lane());
        return inProgress.contains(row) || (lane != null && lane.isClaimed(row));
    }
}
