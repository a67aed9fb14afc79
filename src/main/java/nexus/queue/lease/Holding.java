package nexus.queue.lease;

import java.util.Set;

/**
 * What this process owns.
 *
 * @param version counts up within the term
 * @param shards all that are its own
 * @param leaving those of them that another process is to have: nothing is started there, and each is told to the lease
 *     as soon as nothing is under way in it
 */
public record Holding(Term term, long version, Set<Integer> shards, Set<Integer> leaving) {
    public Holding {
        shards = Set.copyOf(shards);
        leaving = Set.copyOf(leaving);
    }
}
