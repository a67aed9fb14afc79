package nexus.subscription.matching;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import nexus.event.EventType;
import nexus.subscription.Subscription;
import nexus.value.Value;
import org.jspecify.annotations.Nullable;

/**
 * Finds those of some subscriptions that select an event. Immutable, except that it remembers the types that it has matched:
 * the next version shares with it what did not change.
 */
final class Matcher {
    static final Matcher NONE = new Matcher(Candidates.NONE, PersistentMap.empty());

    /** Types remembered at most: types are few, but a publisher could make them up without end. */
    private static final int REMEMBERED_TYPES = 10_000;
    /** After more changes at once, all types are matched again. */
    private static final int MOST_COMPARED = 100;

    private final Candidates candidates;
    /** A race forgets a type, which is matched again. */
    private volatile PersistentMap<EventType, Candidates.OfType> remembered;

    private Matcher(Candidates candidates, PersistentMap<EventType, Candidates.OfType> remembered) {
        this.candidates = candidates;
        this.remembered = remembered;
    }

    /**
     * One subscription, before and after.
     *
     * @param before null when it was not among them
     * @param now null when it is not among them any more
     */
    record Change(@Nullable Subscription before, @Nullable Subscription now) {
        private boolean concerns(EventType type) {
            return (before != null && before.selection().includes(type))
                    || (now != null && now.selection().includes(type));
        }
    }

    boolean isEmpty() {
        return candidates.byPatterns().isEmpty();
    }

    /** The next version. Takes time for what changed, not for all that there is. */
    Matcher with(Collection<Change> changes) {
        if (changes.isEmpty()) {
            return this;
        }
        Candidates next = candidates;
        for (Change change : changes) {
            if (change.before != null) {
                next = next.without(change.before);
            }
            if (change.now != null) {
                next = next.with(change.now);
            }
        }
        return new Matcher(next, remembered(changes, next));
    }

    private PersistentMap<EventType, Candidates.OfType> remembered(Collection<Change> changes, Candidates next) {
        PersistentMap<EventType, Candidates.OfType> known = remembered;
        List<Change> others = changes.stream()
                .filter(change -> (change.before != null && next.isOtherThan(candidates, change.before))
                        || (change.now != null && next.isOtherThan(candidates, change.now)))
                .toList();
        if (others.isEmpty() || known.isEmpty()) {
            return known;
        }
        if (others.size() > MOST_COMPARED) {
            return PersistentMap.empty();
        }
        List<EventType> outdated = new ArrayList<>();
        known.forEach((type, selecting) -> {
            if (others.stream().anyMatch(change -> change.concerns(type))) {
                outdated.add(type);
            }
        });
        for (EventType type : outdated) {
            known = known.without(type);
        }
        return known;
    }

    /**
     * The subscriptions that select an event, in the order of their lanes.
     *
     * @param event its values, which are asked for only when there are filters for its type
     * @param undecided receives the subscriptions whose filters are about a value that the event does not contain
     */
    List<Subscription> selecting(EventType type, Supplier<Value.Fields> event, Undecided undecided) {
        Candidates.OfType selecting = ofType(type);
        if (selecting.filtered().isEmpty()) {
            return selecting.unfiltered();
        }
        List<Subscription> wanting = new ArrayList<>();
        Value.Fields values = event.get();
        for (PatternGroup group : selecting.filtered()) {
            candidates.of(group).filtered().match(values, wanting::add, undecided);
        }
        if (wanting.isEmpty()) {
            return selecting.unfiltered();
        }
        wanting.addAll(selecting.unfiltered());
        return Lanes.sorted(wanting);
    }

    private Candidates.OfType ofType(EventType type) {
        PersistentMap<EventType, Candidates.OfType> all = remembered;
        Candidates.OfType known = all.get(type);
        if (known != null) {
            return known;
        }
        Candidates.OfType selecting = candidates.ofType(type);
        if (all.size() < REMEMBERED_TYPES) {
            remembered = all.with(type, selecting);
        }
        return selecting;
    }
}
