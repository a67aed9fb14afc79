package nexus.subscription;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The subscriptions that select one type of event. Immutable.
 *
 * @param unfiltered in the order of their lanes
 */
record Candidates(List<Subscription> unfiltered) {
    private static final Comparator<Subscription> BY_LANE = Comparator.comparingInt(Subscription::lane);

    Candidates with(Subscription added) {
        List<Subscription> more = new ArrayList<>(unfiltered.size() + 1);
        more.addAll(unfiltered);
        more.add(added);
        more.sort(BY_LANE);
        return new Candidates(List.copyOf(more));
    }

    Candidates without(Subscription removed) {
        return new Candidates(
                unfiltered.stream().filter(one -> one.lane() != removed.lane()).toList());
    }

    /** Collects all of them at once. */
    static final class Builder {
        private final List<Subscription> unfiltered = new ArrayList<>();

        void add(Subscription subscription) {
            unfiltered.add(subscription);
        }

        Candidates build() {
            unfiltered.sort(BY_LANE);
            return new Candidates(List.copyOf(unfiltered));
        }
    }
}
