package nexus.queue.backlog;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import nexus.queue.lease.Shards;
import nexus.queue.owed.OwedDelivery;

/** The deliveries of all lanes from taking to settling. Belongs to the backlog's event loop. */
final class InProgress {
    private final Set<Long> seqs = new HashSet<>(); // unique over all lanes
    private final Map<Integer, Integer> byShard = new HashMap<>();
    private int withoutOutcome;

    void begin(OwedDelivery row) {
        if (seqs.add(row.seq())) {
            withoutOutcome++;
            byShard.merge(Shards.of(row.lane()), 1, Integer::sum);
        }
    }

    /** Records that it has an outcome that is to be stored. */
    void answered(OwedDelivery row) {
        withoutOutcome -= seqs.contains(row.seq()) ? 1 : 0;
    }

    /**
     * Ends it: it is settled, or as if it had never been taken.
     *
     * @param hadOutcome it was {@link #answered}
     */
    void end(OwedDelivery row, boolean hadOutcome) {
        if (seqs.remove(row.seq())) {
            withoutOutcome -= hadOutcome ? 0 : 1;
            byShard.computeIfPresent(
                    Shards.of(row.lane()), (shard, count) -> count == 1 ? null : Integer.valueOf(count - 1));
        }
    }

    boolean contains(OwedDelivery row) {
        return seqs.contains(row.seq());
    }

    boolean isAnyOf(int shard) {
        return byShard.containsKey(shard);
    }

    int count() {
        return seqs.size();
    }

    /** Outcomes that are not stored yet. */
    int unsettled() {
        return seqs.size() - withoutOutcome;
    }
}
