package nexus.subscription;

import java.util.List;
import java.util.Optional;
import nexus.event.EventType;
import nexus.event.TypePattern;
import nexus.filter.Filter;

/**
 * The events that a subscription selects.
 *
 * @param filter empty: every event whose type matches
 */
public record Selection(List<TypePattern> patterns, Optional<Filter> filter) {
    public Selection {
        patterns = List.copyOf(patterns);
    }

    public Selection(List<TypePattern> patterns) {
        this(patterns, Optional.empty());
    }

    public Selection with(Optional<Filter> other) {
        return new Selection(patterns, other);
    }

    /** Whether an event of this type is selected, as far as its type decides. */
    public boolean includes(EventType type) {
        for (TypePattern pattern : patterns) { // no stream: all subscriptions are asked about each new type
            if (pattern.matches(type)) {
                return true;
            }
        }
        return false;
    }

    /** Whether row changes may be among them. */
    public boolean isAboutTables() {
        return patterns.stream().anyMatch(TypePattern::isAboutTables);
    }
}
