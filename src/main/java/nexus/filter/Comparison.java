package nexus.filter;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import nexus.filter.RowChangeFields.UnreadRow;
import nexus.value.Value;

/** How two values compare. */
final class Comparison {
    private Comparison() {}

    /** An order between two numbers or two strings. */
    enum Order {
        GREATER("$gt"),
        AT_LEAST("$gte"),
        LESS("$lt"),
        AT_MOST("$lte");

        private final String operator;

        Order(String operator) {
            this.operator = operator;
        }

        String operator() {
            return operator;
        }

        private boolean holds(int sign) {
            return switch (this) {
                case GREATER -> sign > 0;
                case AT_LEAST -> sign >= 0;
                case LESS -> sign < 0;
                case AT_MOST -> sign <= 0;
            };
        }

        /** False between values of different types. */
        Truth test(Value value, Value operand) {
            if (value instanceof Value.Unknown || operand instanceof Value.Unknown) {
                return Truth.UNKNOWN;
            }
            if (value instanceof Value.Num number && operand instanceof Value.Num other) {
                return Truth.of(holds(number.number().compareTo(other.number())));
            }
            if (value instanceof Value.Text text && operand instanceof Value.Text other) {
                return Truth.of(holds(byCodePoint(text.value(), other.value())));
            }
            return Truth.FALSE;
        }
    }

    /** Whether the value is the operand, or an array that contains it. */
    static Truth equal(Value value, Value operand) {
        Truth whole = same(value, operand);
        return whole != Truth.TRUE && value instanceof Value.Items items && isScalar(operand)
                ? contains(items.values(), operand)
                : whole;
    }

    /** Whether both are the same value. A missing value equals nothing. */
    static Truth same(Value one, Value other) {
        if (one instanceof Value.Missing || other instanceof Value.Missing) {
            return Truth.FALSE;
        }
        if (one instanceof Value.Unknown || other instanceof Value.Unknown) {
            return Truth.UNKNOWN;
        }
        if (isNull(one) || isNull(other)) {
            boolean bothAre = isNull(one) && isNull(other);
            // an old row that the WAL has nothing of may be this row
            return !bothAre && one instanceof Value.Fields && other instanceof Value.Fields
                    ? Truth.UNKNOWN
                    : Truth.of(bothAre);
        }
        return switch (one) {
            case Value.Bool bool -> Truth.of(other instanceof Value.Bool its && bool.value() == its.value());
            case Value.Num num ->
                Truth.of(other instanceof Value.Num its && num.number().equals(its.number()));
            case Value.Text text ->
                Truth.of(other instanceof Value.Text its && text.value().equals(its.value()));
            case Value.Items items -> other instanceof Value.Items its ? sameItems(items, its) : Truth.FALSE;
            case Value.Fields fields -> other instanceof Value.Fields its ? sameFields(fields, its) : Truth.FALSE;
            case Value.Null none -> Truth.FALSE;
            case Value.Missing none -> Truth.FALSE;
            case Value.Unknown none -> Truth.UNKNOWN;
        };
    }

    static boolean isNull(Value value) {
        return value instanceof Value.Null || value instanceof UnreadRow;
    }

    static boolean isScalar(Value value) {
        return value instanceof Value.Text || value instanceof Value.Num || value instanceof Value.Bool;
    }

    private static Truth sameItems(Value.Items one, Value.Items other) {
        if (one.values().size() != other.values().size()) {
            return Truth.FALSE;
        }
        Truth all = Truth.TRUE;
        for (int i = 0; i < one.values().size() && all != Truth.FALSE; i++) {
            all = all.and(same(one.values().get(i), other.values().get(i)));
        }
        return all;
    }

    private static Truth sameFields(Value.Fields one, Value.Fields other) {
        if (one.names().size() != other.names().size()) {
            return Truth.FALSE;
        }
        Truth all = Truth.TRUE;
        for (String name : one.names()) {
            all = all.and(same(one.get(name), other.get(name)));
            if (all == Truth.FALSE) {
                return all;
            }
        }
        return all;
    }

    static Truth contains(List<Value> items, Value operand) {
        for (Value item : items) {
            if (same(item, operand) == Truth.TRUE) {
                return Truth.TRUE;
            }
        }
        return Truth.FALSE;
    }

    /** Whether the value is one of these scalars, or an array that has one of them. Takes time in proportion to both. */
    static Truth isAmong(Value value, List<Value> choices) {
        if (value instanceof Value.Unknown) {
            return choices.isEmpty() ? Truth.FALSE : Truth.UNKNOWN;
        }
        Set<Value> scalars = new HashSet<>();
        boolean hasNull = false;
        for (Value choice : choices) {
            hasNull |= isNull(choice);
            if (isScalar(choice)) {
                scalars.add(choice);
            }
        }
        return isAmong(value, scalars, hasNull);
    }

    static Truth isAmong(Value value, Set<Value> scalars, boolean orNull) {
        return switch (value) {
            case Value.Unknown unknown -> scalars.isEmpty() && !orNull ? Truth.FALSE : Truth.UNKNOWN;
            case Value.Items items -> {
                for (Value item : items.values()) {
                    if (isScalar(item) && scalars.contains(item)) {
                        yield Truth.TRUE;
                    }
                }
                yield Truth.FALSE;
            }
            case Value.Text text -> Truth.of(scalars.contains(text));
            case Value.Num num -> Truth.of(scalars.contains(num));
            case Value.Bool bool -> Truth.of(scalars.contains(bool));
            case Value.Null none -> Truth.of(orNull);
            case Value.Fields fields -> Truth.of(orNull && isNull(fields));
            case Value.Missing missing -> Truth.FALSE;
        };
    }

    /** The order of code points, which differs from the order of UTF-16's units. */
    static int byCodePoint(String one, String other) {
        int length = Math.min(one.length(), other.length());
        int at = 0;
        while (at < length && one.charAt(at) == other.charAt(at)) {
            at++;
        }
        if (at == length) {
            return Integer.compare(one.length(), other.length());
        }
        if (at > 0 && Character.isHighSurrogate(one.charAt(at - 1))) {
            at--; // they may differ in the second half of a code point
        }
        int difference = Integer.compare(one.codePointAt(at), other.codePointAt(at));
        return difference != 0 ? difference : Integer.compare(one.length(), other.length());
    }
}
