package nexus.filter;

import java.util.List;
import nexus.filter.Condition.Source;
import nexus.value.Value;
import org.jspecify.annotations.Nullable;

/** Finds the first clause that decided. */
final class Explanation {
    private final Evaluation evaluation;

    private Explanation(Evaluation evaluation) {
        this.evaluation = evaluation;
    }

    static Decision of(Condition condition, Value.Fields event) {
        Explanation explanation = new Explanation(new Evaluation(event));
        Truth truth = condition.test(event, explanation.evaluation);
        return switch (truth) {
            case TRUE -> Decision.MATCHED;
            case FALSE -> new Decision.NotMatched(explanation.deciding(condition, event, truth, ""));
            case UNKNOWN -> new Decision.Undecided(explanation.deciding(condition, event, truth, ""));
        };
    }

    /**
     * The first clause without which the condition would not have this truth.
     *
     * @param negations "not " for each negation around the condition
     */
    private Decision.Clause deciding(Condition condition, Value here, Truth truth, String negations) {
        return switch (condition) {
            case Condition.Field field -> deciding(field.inner(), Path.step(here, field.name()), truth, negations);
            case Condition.Not not ->
                deciding(not.inner(), here, truth.not(), not.isWritten() ? "not " + negations : negations);
            case Condition.All all -> among(all.source(), all.parts(), Truth.TRUE, here, truth, negations);
            case Condition.Any any -> among(any.source(), any.parts(), Truth.FALSE, here, truth, negations);
            case Condition.Clause clause -> shown(clause.source(), here, negations + expected(clause));
        };
    }

    /** @param indifferent the truth of the whole when no part decides: then the whole is the clause */
    private Decision.Clause among(
            Source source, List<Condition> parts, Truth indifferent, Value here, Truth truth, String negations) {
        if (truth != indifferent || parts.size() == 1) {
            for (Condition part : parts) {
                if (part.test(here, evaluation) == truth) {
                    return deciding(part, here, truth, negations);
                }
            }
        }
        return shown(source, here, negations + source.text());
    }

    private static Decision.Clause shown(Source source, Value here, String expected) {
        return new Decision.Clause(source.pointer(), Shown.bounded(expected), Shown.text(here));
    }

    /** The clause as it was written, with the value of what it refers to. */
    private String expected(Condition.Clause clause) {
        Operand.@Nullable Reference reference =
                switch (clause) {
                    case Condition.Equal equal -> reference(equal.operand());
                    case Condition.Ordered ordered -> reference(ordered.operand());
                    case Condition.Affix affix -> reference(affix.operand());
                    case Condition.Containing containing -> reference(containing.operand());
                    case Condition.AmongOthers others -> others.operand();
                    case Condition.Changed changed -> new Operand.Reference(changed.old());
                    case Condition.Among among -> null;
                    case Condition.Existing existing -> null;
                };
        String text = clause.source().text();
        return reference == null
                ? text
                : text + ", where " + reference.path() + " is " + Shown.text(reference.value(evaluation.event()));
    }

    private static Operand.@Nullable Reference reference(Operand operand) {
        return operand instanceof Operand.Reference reference ? reference : null;
    }
}
