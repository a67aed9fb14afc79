package nexus.subscription;

import java.util.List;
import nexus.event.EventType;
import nexus.event.TypePattern;

/** The events that a subscription selects. */
public record Selection(List<TypePattern> patterns) {
    public Selection {
        patterns = List.copyOf(patterns);
    }

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
