package nexus.preview;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import nexus.event.EventType;
import nexus.event.TypePattern;
import nexus.filter.EventFields;
import nexus.filter.Filter;
import nexus.subscription.Selection;
import nexus.value.JsonValues;

/**
 * Whether a subscription selects an event.
 *
 * @param reason the first condition that decided, in words
 */
record Decision(boolean matched, String reason) {
    /** Patterns that a reason names; a subscription may have a hundred long ones. */
    private static final int NAMED_PATTERNS = 5;

    /** Empty when the type is selected and the filter decides. */
    static Optional<Decision> byType(Selection selection, EventType type) {
        Optional<Decision> byPattern = byPattern(selection, type);
        return byPattern.isPresent() && selection.filter().isPresent()
                ? Optional.empty()
                : byPattern.or(() -> Optional.of(new Decision(false, noPattern(selection.patterns(), type))));
    }

    /** @param body of the event in the default format */
    static Decision of(Selection selection, EventType type, Buffer body) {
        return byType(selection, type)
                .orElseGet(() -> byFilter(selection.filter().orElseThrow(), body, byPattern(selection, type)));
    }

    private static Optional<Decision> byPattern(Selection selection, EventType type) {
        return selection.patterns().stream()
                .filter(pattern -> pattern.matches(type))
                .findFirst()
                .map(pattern -> new Decision(true, "eventTypes: " + pattern + " matches " + type));
    }

    private static Decision byFilter(Filter filter, Buffer body, Optional<Decision> byPattern) {
        EventFields event;
        try {
            event = EventFields.ofBody(JsonValues.read(body.getBytes()));
        } catch (IllegalArgumentException e) {
            return new Decision(false, "filter: the stored event cannot be read");
        }
        return switch (filter.decide(event)) {
            case nexus.filter.Decision.Matched matched ->
                new Decision(true, byPattern.map(Decision::reason).orElse("") + ", and the filter holds");
            case nexus.filter.Decision.NotMatched not -> new Decision(false, clause(not.clause()));
            case nexus.filter.Decision.Undecided undecided ->
                new Decision(false, clause(undecided.clause()) + ": the event does not carry this value");
        };
    }

    private static String clause(nexus.filter.Decision.Clause clause) {
        return "filter" + clause.pointer() + ": expected " + clause.expected() + ", seen " + clause.seen();
    }

    private static String noPattern(List<TypePattern> patterns, EventType type) {
        String named =
                patterns.stream().limit(NAMED_PATTERNS).map(TypePattern::value).collect(Collectors.joining(", "));
        String others = patterns.size() > NAMED_PATTERNS ? " and " + (patterns.size() - NAMED_PATTERNS) + " more" : "";
        return "eventTypes: " + type + " matches none of " + named + others;
    }
}
