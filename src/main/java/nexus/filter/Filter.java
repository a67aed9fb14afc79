package nexus.filter;

import java.util.List;
import java.util.Optional;
import nexus.refusal.Refusal;
import nexus.value.Value;
import org.jspecify.annotations.Nullable;

/**
 * A pattern over an event, compiled once. Two filters are equal when they were written with the same text; {@link
 * #canonical} is the same for more of those that match the same events.
 *
 * <p>{@code $neq}, {@code $nin} and {@code $not} negate: {@code $neq} holds exactly where {@code $eq} does not, so also for
 * a missing field and a value of another type, and for an array that does not contain the operand. Whatever is compared
 * with an unknown value is unknown, and so is its negation.
 */
public final class Filter {
    private final String text;
    private final Condition condition;
    private final List<Equality> equalities;

    Filter(String text, Condition condition) {
        this.text = text;
        this.condition = condition;
        this.equalities = Equalities.of(condition);
    }

    /**
     * Compiles a filter.
     *
     * @param json a JSON object without a name twice in one object
     * @param pointer its place in the request, for errors
     * @return empty for {@code {}}
     * @throws Refusal.Invalid with every error and its pointer
     */
    public static Optional<Filter> read(String json, String pointer) {
        return FilterReader.read(json, pointer);
    }

    /** Compiles a filter that was stored. */
    public static Optional<Filter> stored(@Nullable String json) {
        return json == null ? Optional.empty() : read(json, "");
    }

    /** As it was written, digit for digit. */
    public String text() {
        return text;
    }

    /**
     * Whether an event matches.
     *
     * @param event see {@link EventFields}
     */
    public Truth test(Value.Fields event) {
        return condition.test(event, new Evaluation(event));
    }

    /** As {@link #test}, with the first clause that decided. Its pointers start at the filter itself. */
    public Decision decide(Value.Fields event) {
        return Explanation.of(condition, event);
    }

    /** Conditions that every matching event satisfies, for an index. May be empty. */
    public List<Equality> equalities() {
        return equalities;
    }

    /** The columns of row changes that it reads. */
    public List<ColumnUse> columnUses() {
        return ColumnUse.of(condition);
    }

    /** The same text for filters that differ only in the order of their parts, or in how a value is written. */
    public String canonical() {
        return Canonical.text(condition);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Filter filter && text.equals(filter.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** Its values stay out of logs. */
    @Override
    public String toString() {
        return "Filter[" + text.length() + " characters]";
    }
}
