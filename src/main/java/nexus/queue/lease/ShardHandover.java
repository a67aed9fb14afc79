package nexus.queue.lease;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * The shards of this process during a term. A shard that leaves is finished here, and is reported to the lease once nothing
 * of it is in progress. Belongs to the backlog's event loop.
 */
public final class ShardHandover {
    private Set<Integer> owned = Set.of();
    private Set<Integer> leaving = Set.of();
    private final Set<Integer> reported = new HashSet<>(); // to the lease, which has not responded yet

    /**
     * Applies the latest state of the lease.
     *
     * @return whether there is a new shard
     */
    public boolean hold(Holding latest) {
        reported.removeIf(shard -> !latest.leaving().contains(shard));
        Set<Integer> shards = new HashSet<>(latest.shards());
        shards.removeAll(reported);
        boolean hasNew = !owned.containsAll(shards);
        owned = shards;
        leaving = new HashSet<>(latest.leaving());
        leaving.removeAll(reported);
        return hasNew;
    }

    /** Whether something may be started in this lane, known or not. */
    public boolean mayStart(int lane) {
        int shard = Shards.of(lane);
        return owned.contains(shard) && !leaving.contains(shard);
    }

    /** Whether this process has the lane, even if nothing starts in it any more. */
    public boolean has(int lane) {
        return owned.contains(Shards.of(lane));
    }

    public boolean isAnyLeaving() {
        return !leaving.isEmpty();
    }

    /**
     * Gives up the leaving shards without deliveries in progress.
     *
     * @return those to report to the lease
     */
    public List<Integer> handOver(IntPredicate isInProgress) {
        List<Integer> drained =
                leaving.stream().filter(shard -> !isInProgress.test(shard)).toList();
        for (Integer shard : drained) {
            leaving.remove(shard);
            owned.remove(shard);
            reported.add(shard);
        }
        return drained;
    }
}
