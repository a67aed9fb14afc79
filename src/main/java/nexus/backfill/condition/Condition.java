package nexus.backfill.condition;

import java.util.Set;
import nexus.refusal.Refusal;

/**
 * A condition on rows. Its SQL cannot leave the parentheses around it: it has no comment, no semicolon, no parameter and no
 * open quote or bracket.
 *
 * @param text as the caller wrote it
 * @param sql for the driver, which reads a question mark as a parameter unless it is doubled
 * @param calls the names before opening parentheses: functions, types and keywords
 * @param qualifiedCalls those with the name of a schema
 */
public record Condition(String text, String sql, Set<String> calls, Set<String> qualifiedCalls) {
    public static final int MAX_CHARACTERS = 4096;

    /** The condition that every row fulfils. */
    public static final Condition NONE = new Condition("", "true", Set.of(), Set.of());

    /** @throws Refusal.Invalid if it is anything but one condition */
    public static Condition parse(String text, String pointer) {
        if (text.isBlank()) {
            throw new Refusal.Invalid(pointer, "must be an SQL condition, such as \"status = 'open'\"");
        }
        ConditionScan scan = new ConditionScan(text, pointer);
        return new Condition(text, scan.sql(), Set.copyOf(scan.calls()), Set.copyOf(scan.qualifiedCalls()));
    }

    public boolean isNone() {
        return text.isEmpty();
    }

    /** The values in it stay out of logs. */
    @Override
    public String toString() {
        return "Condition[" + text.length() + " characters]";
    }
}
