package nexus.queue.lease;

import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Which part of the shards is a process's fair one. Pure. */
final class ShardShare {
    private ShardShare() {}

    /**
     * How many shards a process should own; together all of them have {@link Shards#COUNT}.
     *
     * @param rank of the process among those that share, from 0
     */
    static int of(int rank, int processes) {
        if (rank < 0 || rank >= processes) {
            throw new IllegalArgumentException("rank " + rank + " of " + processes);
        }
        return Shards.COUNT / processes + (rank < Shards.COUNT % processes ? 1 : 0);
    }

    /** Those to give up to come down to the share: evenly spread, so that lanes made one after the other are parted. */
    static Set<Integer> tooMany(SortedSet<Integer> owned, int share) {
        int surplus = Math.max(0, owned.size() - share);
        List<Integer> sorted = List.copyOf(owned);
        return IntStream.range(0, surplus)
                .mapToObj(i -> sorted.get(i * sorted.size() / surplus))
                .collect(Collectors.toUnmodifiableSet());
    }
}
