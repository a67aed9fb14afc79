package nexus.queue.lease;

import java.util.Set;

/**
 * The shards of this process.
 *
 * @param version increases within the term
 * @param shards all shards that it owns
 * @param leaving shards among them that another process will get: nothing is started there, and each is reported to the lease
 *     as soon as it has no delivery in progress
 */
public record Holding(Term term, long version, Set<Integer> shards, Set<Integer> leaving) {
    public Holding {
        shards = Set.copyOf(shards);
        leaving = Set.copyOf(leaving);
    }
}
