package nexus.queue.owed;

import io.vertx.core.Future;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Reads what is owed. Each answer says what was committed when it was asked. */
public interface OwedReads {
    /** Rows that were never tried, each key slice from its cursor on, all in order of seq. */
    Future<List<OwedDelivery>> take(Collection<SliceCursor> cursors);

    /** Rows whose time has come, each lane from its cursor on, the most overdue first. */
    Future<List<OwedDelivery>> takeDue(Collection<DueCursor> cursors, Instant now);

    /** For each lane, when the next retry after {@code now} is due; lanes without one are left out. */
    Future<Map<Integer, Instant>> nextDue(Collection<Integer> lanes, Instant now);

    /** The first rows that are owed for each key, tried or not; a key of which nothing is owed is left out. */
    Future<List<KeyQueue>> successors(Collection<KeyCursor> keys);

    /** The lanes of which rows behind these cursors are owed that were never tried. */
    Future<Set<Integer>> withMore(Collection<SliceCursor> cursors);

    /**
     * For each lane the smallest seq that is owed, tried or not; {@link Long#MAX_VALUE} when nothing is.
     *
     * @param oldestOpenByLane by lane, from where to look
     */
    Future<Map<Integer, Long>> smallestOwed(Map<Integer, Long> oldestOpenByLane);

    /** Which seqs are drawn, and who may have drawn one that is not visible yet. */
    Future<Watermark.Look> look();

    /**
     * For each lane, the first rows that were retried by hand and not tried since.
     *
     * @param oldestOpenByLane by lane, its oldest open position
     */
    Future<List<OwedDelivery>> renewed(Map<Integer, Long> oldestOpenByLane);

    /** What these deliveries send; an event whose day is gone is left out. */
    Future<Map<UUID, OwedBody>> bodies(Collection<OwedDelivery> deliveries);

    /** The rows of a lane with the smallest seq above {@code after}, tried or not. */
    Future<List<OwedDelivery>> oldest(int lane, long after, int limit);

    /** Every lane to which something is owed. */
    Future<List<Integer>> lanesWithWork();
}
