package nexus.queue.owed;

import io.vertx.core.Future;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Reads owed deliveries. Each result is a snapshot of the committed rows. */
public interface OwedReads {
    /** Untried rows of each key slice from its cursor on, ordered by seq. */
    Future<List<OwedDelivery>> take(Collection<SliceCursor> cursors);

    /** Due rows of each lane from its cursor on, the most overdue first. */
    Future<List<OwedDelivery>> takeDue(Collection<DueCursor> cursors, Instant now);

    /** The due time of the next retry after {@code now} for each lane that has one. */
    Future<Map<Integer, Instant>> nextDue(Collection<Integer> lanes, Instant now);

    /** The first owed rows of each key, tried or not. Keys without owed rows are missing. */
    Future<List<KeyQueue>> successors(Collection<KeyCursor> keys);

    /** The lanes with untried rows after these cursors. */
    Future<Set<Integer>> withMore(Collection<SliceCursor> cursors);

    /**
     * The smallest owed seq of each lane, tried or not; {@link Long#MAX_VALUE} when there is none.
     *
     * @param oldestOpenByLane by lane, the position from which to read
     */
    Future<Map<Integer, Long>> smallestOwed(Map<Integer, Long> oldestOpenByLane);

    /** The highest drawn seq, and the transactions that may have drawn one that is not visible yet. */
    Future<Watermark.Look> look();

    /**
     * The first rows of each lane that were retried by hand and not tried since.
     *
     * @param oldestOpenByLane by lane, its oldest open position
     */
    Future<List<OwedDelivery>> renewed(Map<Integer, Long> oldestOpenByLane);

    /** The bodies of these deliveries. Events of dropped days are missing. */
    Future<Map<UUID, OwedBody>> bodies(Collection<OwedDelivery> deliveries);

    /** The rows of a lane with the smallest seq above {@code after}, tried or not. */
    Future<List<OwedDelivery>> oldest(int lane, long after, int limit);

    /** Every lane with owed deliveries. */
    Future<List<Integer>> lanesWithWork();
}
