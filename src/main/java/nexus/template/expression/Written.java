package nexus.template.expression;

import nexus.value.Value;
import nexus.value.ValueWriter;

/** Writes values as text and as JSON, and never more than a budget allows. Numbers keep their digits. */
public final class Written {
    /** More than any event has: a source's JSON nests at most 500 levels deep. */
    private static final int MAX_DEPTH = 600;

    private final StringBuilder out;
    private final Budget budget;

    private Written(StringBuilder out, Budget budget) {
        this.out = out;
        this.budget = budget;
    }

    /** The value inside a text: a string as it is, nothing for null, JSON for a list and an object. */
    public static String text(Value value, Budget budget) {
        return switch (value) {
            case Value.Missing m -> "";
            case Value.Unknown u -> "";
            case Value.Null n -> "";
            case Value.Bool bool -> String.valueOf(bool.value());
            case Value.Num num -> num.text();
            case Value.Text text -> text.value();
            case Moment moment -> Moments.shown(moment);
            case Span span -> Moments.shown(span);
            case Value.Items items -> json(items, budget);
            case Value.Fields fields -> json(fields, budget);
        };
    }

    private static String json(Value value, Budget budget) {
        StringBuilder out = new StringBuilder();
        json(value, out, budget);
        return out.toString();
    }

    /** Appends the value as JSON. */
    public static void json(Value value, StringBuilder out, Budget budget) {
        new Written(out, budget).write(value, 0);
    }

    private void write(Value value, int depth) {
        if (depth > MAX_DEPTH) {
            throw EvaluationFailed.atLimit("the result nests deeper than " + MAX_DEPTH);
        }
        budget.work(1);
        switch (value) {
            case Value.Missing m -> append("null");
            case Value.Unknown u -> append("null");
            case Value.Null n -> append("null");
            case Value.Bool bool -> append(String.valueOf(bool.value()));
            case Value.Num num -> append(num.text());
            case Value.Text text -> string(text.value());
            case Moment moment -> string(Moments.shown(moment));
            case Span span -> string(Moments.shown(span));
            case Value.Items items -> {
                char separator = '[';
                for (Value item : items.values()) {
                    out.append(separator);
                    separator = ',';
                    write(item, depth + 1);
                }
                append(separator == '[' ? "[]" : "]");
            }
            case Value.Fields fields -> {
                char separator = '{';
                for (String name : fields.names()) {
                    Value field = fields.get(name);
                    if (Evaluation.isThere(field)) {
                        out.append(separator);
                        separator = ',';
                        string(name);
                        out.append(':');
                        write(field, depth + 1);
                    }
                }
                append(separator == '{' ? "{}" : "}");
            }
        }
    }

    private void string(String text) {
        charge(text.length());
        out.append(ValueWriter.quoted(text));
        charge(0);
    }

    private void append(String text) {
        charge(text.length());
        out.append(text);
    }

    private void charge(int more) {
        if (out.length() + (long) more > Budget.MAX_RESULT) {
            throw tooLong();
        }
        budget.read(more);
    }

    /** The failure of a result above {@link Budget#MAX_RESULT} bytes. */
    public static EvaluationFailed tooLong() {
        return EvaluationFailed.atLimit("the result is longer than 256 KiB");
    }
}
