package nexus.template.expression;

import java.time.Duration;
import java.time.Instant;
import nexus.value.Numeral;
import nexus.value.Value;

/** The types of values: their names in messages and in CEL, and values as arguments of one type. */
final class Kinds {
    private Kinds() {}

    /** With its article, as messages name it. */
    static String described(Value value) {
        return switch (value) {
            case Value.Missing m -> "a missing value";
            case Value.Unknown u -> "an unknown value";
            case Value.Null n -> "null";
            case Value.Bool b -> "a bool";
            case Value.Num n -> "a number";
            case Value.Text t -> "a string";
            case Value.Items i -> "a list";
            case Moment m -> "a timestamp";
            case Span s -> "a duration";
            case Value.Fields f -> "an object";
        };
    }

    /** The name of CEL's type. */
    static String type(Value value) {
        return switch (value) {
            case Value.Missing m -> "optional_type";
            case Value.Unknown u -> "optional_type";
            case Value.Null n -> "null_type";
            case Value.Bool b -> "bool";
            case Value.Num n -> Numbers.isInt(n.number()) ? "int" : "double";
            case Value.Text t -> "string";
            case Value.Items i -> "list";
            case Moment m -> "google.protobuf.Timestamp";
            case Span s -> "google.protobuf.Duration";
            case Value.Fields f -> "map";
        };
    }

    static EvaluationFailed misfit(Function function, Value... values) {
        StringBuilder words = new StringBuilder(function.shown()).append(" does not take ");
        for (int i = 0; i < values.length; i++) {
            words.append(i == 0 ? "" : i == values.length - 1 ? " and " : ", ").append(described(values[i]));
        }
        return new EvaluationFailed(words.toString());
    }

    static String text(Function function, Value value) {
        if (value instanceof Value.Text text) {
            return text.value();
        }
        throw misfit(function, value);
    }

    static boolean bool(String of, Value value) {
        if (value instanceof Value.Bool bool) {
            return bool.value();
        }
        throw new EvaluationFailed(of + " must be a bool, not " + described(value));
    }

    static Numeral number(Function function, Value value) {
        if (value instanceof Value.Num num) {
            return num.number();
        }
        throw misfit(function, value);
    }

    /** A whole number that is small enough to be a position. */
    static int position(String of, Value value) {
        try {
            if (value instanceof Value.Num num) {
                return Numbers.exact(num.number()).intValueExact();
            }
        } catch (ArithmeticException e) {
            // it has a fraction, or is too large
        }
        throw new EvaluationFailed(of + " must be a small whole number");
    }

    static Value of(Instant at) {
        return new Moment(at);
    }

    static Value of(Duration length) {
        return new Span(length);
    }
}
