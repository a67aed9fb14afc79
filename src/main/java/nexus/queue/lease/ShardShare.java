package nexus.queue.lease;

import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Computes the fair share of shards of a process. Pure. */
final class ShardShare {
    private ShardShare() {}

    /**
     * The number of shards that a process should own. The shares add up to {@link Shards#COUNT}.
     *
     * @param rank of the process among those that share, from 0
     */
    static int of(int rank, int processes) {
        if (rank < 0 || rank >= processes) {
            throw new IllegalArgumentException("rank " + rank + " of " + processes);
        }
        return Shards.COUNT / processes + (rank < Shards.COUNT % processes ? 1 : 0);
    }

    /** The shards to release, spread evenly, so that lanes created one after the other are separated. */
    static Set<Integer> tooMany(SortedSet<Integer> owned, int share) {
        int surplus = Math.max(0, owned.size() - share);
        List<Integer> sorted = List.copyOf(owned);
        return IntStream.range(0, surplus)
                .mapToObj(i -> sorted.get(i * sorted.size() / surplus))
                .collect(Collectors.toUnmodifiableSet());
    }
}
