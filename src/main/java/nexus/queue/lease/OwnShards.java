package nexus.queue.lease;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * The shards of a process during a term, as known to the process.
 *
 * @param owned all shards that the store has assigned to it
 * @param leaving shards among them that another process will get; nothing starts there
 * @param isRetired whether the process has announced that it takes no more shards
 */
record OwnShards(Term term, Set<Integer> owned, Set<Integer> leaving, boolean isRetired) {
    OwnShards {
        owned = Set.copyOf(owned);
        leaving = Set.copyOf(leaving);
    }

    static OwnShards none(Term term) {
        return new OwnShards(term, Set.of(), Set.of(), false);
    }

    /** The shards in which deliveries may start. */
    Set<Integer> staying() {
        return without(owned, leaving);
    }

    OwnShards with(Collection<Integer> claimed) {
        return new OwnShards(term, union(owned, claimed), leaving, isRetired);
    }

    OwnShards without(Collection<Integer> released) {
        return new OwnShards(term, without(owned, released), without(leaving, released), isRetired);
    }

    OwnShards givingUp(Collection<Integer> shards) {
        return new OwnShards(term, owned, union(leaving, shards), isRetired);
    }

    OwnShards retired() {
        return new OwnShards(term, owned, owned, true);
    }

    private static Set<Integer> union(Set<Integer> some, Collection<Integer> others) {
        Set<Integer> all = new HashSet<>(some);
        all.addAll(others);
        return all;
    }

    private static Set<Integer> without(Set<Integer> all, Collection<Integer> some) {
        Set<Integer> rest = new HashSet<>(all);
        rest.removeAll(some);
        return rest;
    }
}
