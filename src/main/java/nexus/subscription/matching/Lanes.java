package nexus.subscription.matching;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import nexus.subscription.Subscription;

/** Lists of subscriptions in the order of their lanes. */
final class Lanes {
    private static final Comparator<Subscription> ORDER = Comparator.comparingInt(Subscription::lane);

    private Lanes() {}

    static List<Subscription> with(List<Subscription> subscriptions, Subscription added) {
        List<Subscription> more = new ArrayList<>(subscriptions.size() + 1);
        more.addAll(subscriptions);
        more.add(added);
        return sorted(more);
    }

    static List<Subscription> without(List<Subscription> subscriptions, Subscription removed) {
        return subscriptions.stream()
                .filter(one -> one.lane() != removed.lane())
                .toList();
    }

    static List<Subscription> sorted(Collection<Subscription> subscriptions) {
        Subscription[] sorted = subscriptions.toArray(Subscription[]::new);
        Arrays.sort(sorted, ORDER);
        return List.of(sorted);
    }
}
