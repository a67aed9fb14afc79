package nexus.queue.backlog;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import nexus.queue.lease.ShardHandover;
import nexus.queue.order.Waiting;

/**
 * How many deliveries of a lane are worth reading: those that there is room for, and those that will soon have room. Belongs to
 * the backlog's event loop.
 */
final class ReadAhead {
    private final BacklogBounds bounds;
    private final ShardHandover shards;
    private final InProgress inProgress;
    private final List<Waiting> forgotten = new ArrayList<>(); // by a lane that remembered them after another one
    private int waiting; // in memory, over all lanes

    ReadAhead(BacklogBounds bounds, ShardHandover shards, InProgress inProgress) {
        this.bounds = bounds;
        this.shards = shards;
        this.inProgress = inProgress;
    }

    void add(int count) {
        waiting += count;
    }

    void remove(int count) {
        waiting -= count;
    }

    /** Removes one that must be read again. */
    void forget(Waiting one) {
        waiting--;
        forgotten.add(one);
    }

    /** Those that were forgotten since the last call. */
    List<Waiting> takeForgotten() {
        if (forgotten.isEmpty()) {
            return List.of();
        }
        List<Waiting> taken = List.copyOf(forgotten);
        forgotten.clear();
        return taken;
    }

    /** Deliveries that wait in memory, over all lanes. */
    int waiting() {
        return waiting;
    }

    /** Whether it has unread, untried rows, and need not send the rows in memory first. */
    boolean readsReady(LaneBacklog lane, Instant now) {
        return lane.cursor.hasUnread() && lane.isOpen() && wanted(lane, now) > 0;
    }

    /** Whether it has retries whose time may have come. */
    boolean readsDue(LaneBacklog lane) {
        return lane.cursor.hasUnreadDue() && lane.isOpen() && wantedDue(lane) > 0;
    }

    /** The number of retries to read. They go before rows that wait for room, so that a full lane does not keep them. */
    int wantedDue(LaneBacklog lane) {
        return Math.max(room(lane), Math.min(lane.aheadWantedRetries(), roomToWait(lane)));
    }

    /** The number of untried rows to read. */
    int wanted(LaneBacklog lane, Instant now) {
        if (lane.isBatched()) {
            return shards.mayStart(lane.number) ? Math.min(lane.aheadWanted(now), Math.max(0, roomToWait(lane))) : 0;
        }
        int room = lane.ahead.isEmpty() ? room(lane) : 0;
        return room + Math.min(shards.mayStart(lane.number) ? lane.aheadWanted(now) : 0, roomToWait(lane));
    }

    /** Whether one more has a place in memory: within the room for requests, or among those that wait for it. */
    boolean takesOneMore(LaneBacklog lane) {
        return lane.isOpen()
                && shards.mayStart(lane.number)
                && ((!lane.isBatched() && lane.ahead.size() < room(lane)) || roomToWait(lane) > 0);
    }

    /** The number of further rows of this lane that may wait for room: at most half of what the others leave. */
    int roomToWait(LaneBacklog lane) {
        int own = lane.waiting();
        return (bounds.readAhead() - (waiting - own) + 1) / 2 - own;
    }

    /** The last known number of requests for which the lane has room. */
    private int room(LaneBacklog lane) {
        return shards.mayStart(lane.number) && !isStoredTooSlowly() ? lane.room() : 0;
    }

    /** Whether more outcomes wait to be stored than a healthy store ever leaves. */
    boolean isStoredTooSlowly() {
        return inProgress.unsettled() >= bounds.unsettled();
    }
}
