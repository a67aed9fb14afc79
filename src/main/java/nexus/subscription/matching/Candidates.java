package nexus.subscription.matching;

import java.util.ArrayList;
import java.util.List;
import nexus.event.EventType;
import nexus.event.TypePattern;
import nexus.subscription.Subscription;

/**
 * Some subscriptions in groups of those with the same patterns. Immutable.
 *
 * @param byPatterns the groups that are not empty
 */
record Candidates(
        PersistentMap<List<TypePattern>, PatternGroup> byPatterns, PersistentMap<PatternGroup, Members> members) {
    static final Candidates NONE = new Candidates(PersistentMap.empty(), PersistentMap.empty());

    /**
     * Those of a group.
     *
     * @param unfiltered in the order of their lanes
     */
    record Members(List<Subscription> unfiltered, FilterIndex filtered) {
        static final Members NONE = new Members(List.of(), FilterIndex.EMPTY);

        private Members with(Subscription added) {
            return added.selection().filter().isEmpty()
                    ? new Members(Lanes.with(unfiltered, added), filtered)
                    : new Members(unfiltered, filtered.with(added));
        }

        private Members without(Subscription removed) {
            return removed.selection().filter().isEmpty()
                    ? new Members(Lanes.without(unfiltered, removed), filtered)
                    : new Members(unfiltered, filtered.without(removed));
        }

        private boolean isEmpty() {
            return unfiltered.isEmpty() && filtered.isEmpty();
        }
    }

    /**
     * What one type of event selects. It stays the same while filtered subscriptions join a group that has some.
     *
     * @param unfiltered in the order of their lanes
     * @param filtered the groups with filtered subscriptions
     */
    record OfType(List<Subscription> unfiltered, List<PatternGroup> filtered) {}

    Candidates with(Subscription added) {
        List<TypePattern> key = PatternGroup.key(added.selection());
        PatternGroup known = byPatterns.get(key);
        PatternGroup group = known == null ? PatternGroup.of(added.selection()) : known;
        return new Candidates(
                known == null ? byPatterns.with(key, group) : byPatterns,
                members.with(group, of(group).with(added)));
    }

    Candidates without(Subscription removed) {
        List<TypePattern> key = PatternGroup.key(removed.selection());
        PatternGroup group = byPatterns.get(key);
        if (group == null) {
            return this;
        }
        Members left = of(group).without(removed);
        return left.isEmpty()
                ? new Candidates(byPatterns.without(key), members.without(group))
                : new Candidates(byPatterns, members.with(group, left));
    }

    Members of(PatternGroup group) {
        Members known = members.get(group);
        return known == null ? Members.NONE : known;
    }

    /** Whether {@link #ofType} may be another than in an earlier version, for types that this subscription selects. */
    boolean isOtherThan(Candidates earlier, Subscription changed) {
        List<TypePattern> key = PatternGroup.key(changed.selection());
        PatternGroup now = byPatterns.get(key);
        PatternGroup before = earlier.byPatterns.get(key);
        if (now == null || now != before) {
            return now != before;
        }
        Members members = of(now);
        Members others = earlier.of(now);
        return members.unfiltered != others.unfiltered || members.filtered.isEmpty() != others.filtered.isEmpty();
    }

    OfType ofType(EventType type) {
        List<PatternGroup> including = new ArrayList<>();
        byPatterns.forEach((key, group) -> {
            if (group.includes(type)) {
                including.add(group);
            }
        });
        return new OfType(
                unfiltered(including),
                including.stream()
                        .filter(group -> !of(group).filtered.isEmpty())
                        .toList());
    }

    /** Types of one group share its list. */
    private List<Subscription> unfiltered(List<PatternGroup> groups) {
        List<List<Subscription>> lists = groups.stream()
                .map(group -> of(group).unfiltered)
                .filter(list -> !list.isEmpty())
                .toList();
        if (lists.size() == 1) {
            return lists.getFirst();
        }
        return Lanes.sorted(lists.stream().flatMap(List::stream).toList());
    }
}
