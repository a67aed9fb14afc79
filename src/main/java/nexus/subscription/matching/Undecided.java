package nexus.subscription.matching;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import nexus.subscription.Subscription;

/**
 * Events that filters could not decide, counted by subscription: a value that a filter is about was not in the WAL. Many
 * subscriptions that need the same value are counted together, until the counts are asked for. For one thread.
 */
public final class Undecided {
    private final Map<Integer, Long> byLane = new HashMap<>();
    private final IdentityHashMap<FilterIndex.Branch, Long> together = new IdentityHashMap<>();

    void add(Subscription subscription) {
        byLane.merge(subscription.lane(), 1L, Long::sum);
    }

    void addAll(FilterIndex.Branch branch) {
        together.merge(branch, 1L, Long::sum);
    }

    public boolean isEmpty() {
        return byLane.isEmpty() && together.isEmpty();
    }

    /** @param counts as {@link #counts} gave them */
    public void addAll(Map<Integer, Long> counts) {
        counts.forEach((lane, count) -> byLane.merge(lane, count, Long::sum));
    }

    public void addAll(Undecided others) {
        addAll(others.byLane);
        others.together.forEach((branch, count) -> together.merge(branch, count, Long::sum));
    }

    /** The number of events by lane. Takes time for each subscription that is counted. */
    public Map<Integer, Long> counts() {
        Map<Integer, Long> counts = new HashMap<>(byLane);
        together.forEach(
                (branch, count) -> branch.lanes().forEach((lane, one) -> counts.merge(lane, count, Long::sum)));
        return counts;
    }
}
