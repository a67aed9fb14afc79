package nexus.template.expression;

import java.util.Iterator;
import nexus.value.Value;

/** Equality and order. Values of different types are not equal, and have no order. */
final class Comparison {
    /** Deeper values are not compared. */
    private static final int MAX_DEPTH = 500;

    private Comparison() {}

    static boolean areEqual(Value a, Value b, Budget budget) {
        return areEqual(a, b, budget, 0);
    }

    private static boolean areEqual(Value a, Value b, Budget budget, int depth) {
        budget.work(1);
        if (depth > MAX_DEPTH) {
            throw EvaluationFailed.atLimit("values that nest this deeply are not compared");
        }
        return switch (a) {
            case Value.Missing m -> b instanceof Value.Missing;
            case Value.Unknown u -> b instanceof Value.Unknown;
            case Value.Null n -> b instanceof Value.Null;
            case Value.Bool x -> x.equals(b);
            case Value.Num x -> b instanceof Value.Num y && compare(x, y, budget) == 0;
            case Value.Text x -> b instanceof Value.Text y && areEqual(x.value(), y.value(), budget);
            case Value.Items x -> b instanceof Value.Items y && areEqual(x, y, budget, depth);
            case Moment x -> x.equals(b);
            case Span x -> x.equals(b);
            case Value.Fields x ->
                b instanceof Value.Fields y
                        && !(y instanceof Moment)
                        && !(y instanceof Span)
                        && areEqual(x, y, budget, depth);
        };
    }

    private static boolean areEqual(String a, String b, Budget budget) {
        if (a.length() != b.length()) {
            return false;
        }
        budget.read(a.length());
        return a.equals(b);
    }

    private static boolean areEqual(Value.Items a, Value.Items b, Budget budget, int depth) {
        if (a.values().size() != b.values().size()) {
            return false;
        }
        Iterator<Value> others = b.values().iterator();
        for (Value value : a.values()) {
            if (!areEqual(value, others.next(), budget, depth + 1)) {
                return false;
            }
        }
        return true;
    }

    private static boolean areEqual(Value.Fields a, Value.Fields b, Budget budget, int depth) {
        if (a.names().size() != b.names().size()) {
            return false;
        }
        for (String name : a.names()) {
            if (!areEqual(a.get(name), b.get(name), budget, depth + 1)) {
                return false;
            }
        }
        return true;
    }

    /** @throws EvaluationFailed for values without order */
    static int order(Function function, Value a, Value b, Budget budget) {
        return switch (a) {
            case Value.Num x when b instanceof Value.Num y -> compare(x, y, budget);
            case Value.Text x when b instanceof Value.Text y -> compare(x.value(), y.value(), budget);
            case Value.Bool x when b instanceof Value.Bool y -> Boolean.compare(x.value(), y.value());
            case Moment x when b instanceof Moment y -> x.at().compareTo(y.at());
            case Span x when b instanceof Span y -> x.length().compareTo(y.length());
            case Value v -> throw Kinds.misfit(function, v, b);
        };
    }

    private static int compare(Value.Num a, Value.Num b, Budget budget) {
        budget.read((long) a.text().length() + b.text().length());
        return a.number().compareTo(b.number());
    }

    /** By code point, not by UTF-16 unit. */
    private static int compare(String a, String b, Budget budget) {
        int length = Math.min(a.length(), b.length());
        budget.read(length);
        for (int i = 0; i < length; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                if (Character.isSurrogate(x) == Character.isSurrogate(y)) {
                    return Character.compare(x, y);
                }
                return Character.isSurrogate(x) ? 1 : -1; // a pair stands for a code point above all others
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    static boolean isIn(Value value, Value container, Budget budget) {
        return switch (container) {
            case Value.Items items -> {
                boolean found = false;
                for (Value item : items.values()) {
                    if (areEqual(value, item, budget)) {
                        found = true;
                        break;
                    }
                }
                yield found;
            }
            case Moment m -> throw Kinds.misfit(Function.IN, value, container);
            case Span s -> throw Kinds.misfit(Function.IN, value, container);
            case Value.Fields fields ->
                value instanceof Value.Text name && Evaluation.isThere(fields.get(name.value()));
            case Value other -> throw Kinds.misfit(Function.IN, value, other);
        };
    }
}
