package nexus.subscription.matching;

import java.util.Comparator;
import java.util.List;
import nexus.event.EventType;
import nexus.event.TypePattern;
import nexus.subscription.Selection;

/** The patterns that some subscriptions have in common. There is one object for each combination of patterns. */
final class PatternGroup {
    private final List<TypePattern> patterns;

    private PatternGroup(List<TypePattern> patterns) {
        this.patterns = patterns;
    }

    static PatternGroup of(Selection selection) {
        return new PatternGroup(key(selection));
    }

    /** The same for all subscriptions of a group. */
    static List<TypePattern> key(Selection selection) {
        List<TypePattern> patterns = selection.patterns();
        return patterns.size() == 1
                ? patterns
                : patterns.stream()
                        .distinct()
                        .sorted(Comparator.comparing(TypePattern::value))
                        .toList();
    }

    List<TypePattern> patterns() {
        return patterns;
    }

    boolean includes(EventType type) {
        for (int i = 0; i < patterns.size(); i++) { // no iterator: all groups are asked about each new type
            if (patterns.get(i).matches(type)) {
                return true;
            }
        }
        return false;
    }
}
