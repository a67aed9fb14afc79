package nexus.template.expression;

import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import nexus.value.Numeral;
import nexus.value.Value;

/** What the functions do with their arguments. */
final class Functions {
    private Functions() {}

    /** @throws EvaluationFailed when the arguments are not of the function's types, or a limit is reached */
    static Value apply(Function function, List<Value> arguments, Budget budget) {
        Value first = arguments.getFirst();
        Value second = arguments.size() > 1 ? arguments.get(1) : Value.MISSING;
        return switch (function) {
            case ADD -> add(first, second, budget);
            case SUBTRACT -> subtract(first, second, budget);
            case MULTIPLY, DIVIDE, MODULO -> calculate(function, first, second, budget);
            case NEGATE ->
                first instanceof Span span
                        ? Moments.of(span.length().negated())
                        : Numbers.negate(Kinds.number(function, first), budget);
            case NOT -> Value.of(!Kinds.bool("the operand of !", first));
            case EQUALS -> Value.of(Comparison.areEqual(first, second, budget));
            case NOT_EQUALS -> Value.of(!Comparison.areEqual(first, second, budget));
            case LESS -> Value.of(Comparison.order(function, first, second, budget) < 0);
            case LESS_EQUALS -> Value.of(Comparison.order(function, first, second, budget) <= 0);
            case GREATER -> Value.of(Comparison.order(function, first, second, budget) > 0);
            case GREATER_EQUALS -> Value.of(Comparison.order(function, first, second, budget) >= 0);
            case IN -> Value.of(Comparison.isIn(first, second, budget));
            case TYPE -> new Value.Text(Kinds.type(first));
            case DYN -> first;
            case INT, UINT, DOUBLE -> number(function, first, budget);
            case STRING -> new Value.Text(string(first, budget));
            case BOOL -> bool(first);
            case TIMESTAMP -> timestamp(first);
            case DURATION -> first instanceof Span ? first : Moments.duration(Kinds.text(function, first));
            case SIZE -> Value.Num.of(size(first, budget));
            case HAS_VALUE -> Value.of(!(first instanceof Value.Missing));
            case VALUE -> {
                if (first instanceof Value.Missing) {
                    throw new EvaluationFailed("value() of an optional that has none");
                }
                yield first;
            }
            case ABS, CEIL, FLOOR, TRUNC, ROUND, SIGN -> math(function, first, second, budget);
            case GREATEST, LEAST -> extreme(function, arguments, budget);
            case JOIN -> {
                if (!(first instanceof Value.Items items)) {
                    throw Kinds.misfit(function, first);
                }
                yield Texts.join(items, arguments.size() == 1 ? "" : Kinds.text(function, second), budget);
            }
            case CONTAINS,
                    STARTS_WITH,
                    ENDS_WITH,
                    CHAR_AT,
                    INDEX_OF,
                    LAST_INDEX_OF,
                    LOWER_ASCII,
                    UPPER_ASCII,
                    TRIM,
                    REPLACE,
                    SUBSTRING,
                    SPLIT -> text(function, Kinds.text(function, first), arguments, budget);
            case GET_FULL_YEAR,
                    GET_MONTH,
                    GET_DATE,
                    GET_DAY_OF_MONTH,
                    GET_DAY_OF_WEEK,
                    GET_DAY_OF_YEAR,
                    GET_HOURS,
                    GET_MINUTES,
                    GET_SECONDS,
                    GET_MILLISECONDS ->
                Moments.part(function, first, arguments.size() == 1 ? "UTC" : Kinds.text(function, second));
        };
    }

    private static Value add(Value a, Value b, Budget budget) {
        return switch (a) {
            case Value.Num x when b instanceof Value.Num y -> Numbers.add(x.number(), y.number(), budget);
            case Value.Text x when b instanceof Value.Text y -> Texts.concat(x.value(), y.value(), budget);
            case Value.Items x
            when b instanceof Value.Items y -> {
                budget.made(x.values().size() + (long) y.values().size());
                List<Value> all = new ArrayList<>(x.values());
                all.addAll(y.values());
                yield new Value.Items(List.copyOf(all));
            }
            case Moment x when b instanceof Span y -> Moments.plus(x, y.length());
            case Span x when b instanceof Moment y -> Moments.plus(y, x.length());
            case Span x when b instanceof Span y -> Moments.of(x.length().plus(y.length()));
            case Value.Text t when b instanceof Value.Num -> throw mixed();
            case Value.Num n when b instanceof Value.Text -> throw mixed();
            case Value v -> throw Kinds.misfit(Function.ADD, v, b);
        };
    }

    private static EvaluationFailed mixed() {
        return new EvaluationFailed("+ does not take a string and a number; string(…) makes a string of a number");
    }

    private static Value subtract(Value a, Value b, Budget budget) {
        return switch (a) {
            case Value.Num x when b instanceof Value.Num y -> Numbers.subtract(x.number(), y.number(), budget);
            case Moment x when b instanceof Moment y -> Moments.between(y, x);
            case Moment x when b instanceof Span y -> Moments.plus(x, y.length().negated());
            case Span x when b instanceof Span y -> Moments.of(x.length().minus(y.length()));
            case Value v -> throw Kinds.misfit(Function.SUBTRACT, v, b);
        };
    }

    private static Value calculate(Function function, Value a, Value b, Budget budget) {
        if (!(a instanceof Value.Num(Numeral x)) || !(b instanceof Value.Num(Numeral y))) {
            throw Kinds.misfit(function, a, b);
        }
        return switch (function) {
            case MULTIPLY -> Numbers.multiply(x, y, budget);
            case DIVIDE -> Numbers.divide(x, y, budget);
            case MODULO -> Numbers.modulo(x, y, budget);
            default -> throw new IllegalStateException("no calculation: " + function);
        };
    }

    private static Value number(Function function, Value value, Budget budget) {
        Value number =
                switch (value) {
                    case Value.Num num -> num;
                    case Value.Text text -> Numbers.parsed(function, text.value(), budget);
                    case Value.Bool bool -> Value.Num.of(bool.value() ? 1 : 0);
                    case Moment moment
                    when function == Function.INT -> Value.Num.of(moment.at().getEpochSecond());
                    case Value other -> throw Kinds.misfit(function, other);
                };
        Numeral numeral = Kinds.number(function, number);
        return switch (function) {
            case INT -> Numbers.toInt(numeral, budget);
            case UINT -> Numbers.toUint(numeral, budget);
            case DOUBLE -> Numbers.toDouble(numeral);
            default -> throw new IllegalStateException("no number: " + function);
        };
    }

    /** Lists and objects become JSON. */
    private static String string(Value value, Budget budget) {
        if (value instanceof Value.Null || value instanceof Value.Missing || value instanceof Value.Unknown) {
            throw Kinds.misfit(Function.STRING, value);
        }
        return Written.text(value, budget);
    }

    private static Value bool(Value value) {
        if (value instanceof Value.Bool) {
            return value;
        }
        return switch (Kinds.text(Function.BOOL, value)) {
            case "true", "TRUE", "True", "t", "1" -> Value.TRUE;
            case "false", "FALSE", "False", "f", "0" -> Value.FALSE;
            default -> throw new EvaluationFailed("bool needs the string true or false");
        };
    }

    private static Value timestamp(Value value) {
        return switch (value) {
            case Moment moment -> moment;
            case Value.Num num -> Moments.ofSeconds(Numbers.exact(num.number()));
            case Value other -> Moments.timestamp(Kinds.text(Function.TIMESTAMP, other));
        };
    }

    private static int size(Value value, Budget budget) {
        return switch (value) {
            case Value.Text text -> Texts.size(text.value(), budget);
            case Value.Items items -> items.values().size();
            case Moment moment -> throw Kinds.misfit(Function.SIZE, moment);
            case Span span -> throw Kinds.misfit(Function.SIZE, span);
            case Value.Fields fields -> fields.names().size();
            case Value other -> throw Kinds.misfit(Function.SIZE, other);
        };
    }

    private static Value math(Function function, Value value, Value digits, Budget budget) {
        Numeral number = Kinds.number(function, value);
        return switch (function) {
            case ABS -> Numbers.abs(number, budget);
            case CEIL -> Numbers.rounded(number, 0, RoundingMode.CEILING, budget);
            case FLOOR -> Numbers.rounded(number, 0, RoundingMode.FLOOR, budget);
            case TRUNC -> Numbers.rounded(number, 0, RoundingMode.DOWN, budget);
            case ROUND ->
                Numbers.rounded(
                        number,
                        digits instanceof Value.Missing ? 0 : Kinds.position("the digits of round", digits),
                        RoundingMode.HALF_UP,
                        budget);
            case SIGN -> Value.Num.of(number.compareTo(Numeral.of("0")));
            default -> throw new IllegalStateException("not of math: " + function);
        };
    }

    /** Of several numbers, or of one list of them. */
    private static Value extreme(Function function, List<Value> arguments, Budget budget) {
        List<Value> numbers =
                arguments.size() == 1 && arguments.getFirst() instanceof Value.Items items ? items.values() : arguments;
        if (numbers.isEmpty()) {
            throw new EvaluationFailed(function.shown() + " of an empty list");
        }
        Value found = numbers.getFirst();
        Kinds.number(function, found);
        for (Value other : numbers) {
            budget.work(1);
            Kinds.number(function, other);
            int order = Comparison.order(Function.LESS, other, found, budget);
            if (function == Function.LEAST ? order < 0 : order > 0) {
                found = other;
            }
        }
        return found;
    }

    private static Value text(Function function, String text, List<Value> arguments, Budget budget) {
        Value second = arguments.size() > 1 ? arguments.get(1) : Value.MISSING;
        return switch (function) {
            case CONTAINS -> Value.of(Texts.contains(text, Kinds.text(function, second), budget));
            case STARTS_WITH -> Value.of(Texts.startsWith(text, Kinds.text(function, second), budget));
            case ENDS_WITH -> Value.of(Texts.endsWith(text, Kinds.text(function, second), budget));
            case CHAR_AT -> Texts.charAt(text, Kinds.position("a position in a string", second), budget);
            case INDEX_OF -> Texts.indexOf(text, Kinds.text(function, second), budget);
            case LAST_INDEX_OF -> Texts.lastIndexOf(text, Kinds.text(function, second), budget);
            case LOWER_ASCII -> Texts.ascii(text, 'A', 'Z', 'a' - 'A', budget);
            case UPPER_ASCII -> Texts.ascii(text, 'a', 'z', 'A' - 'a', budget);
            case TRIM -> Texts.trim(text, budget);
            case REPLACE ->
                Texts.replace(text, Kinds.text(function, second), Kinds.text(function, arguments.get(2)), budget);
            case SUBSTRING ->
                Texts.substring(
                        text,
                        Kinds.position("a position in a string", second),
                        arguments.size() > 2
                                ? Kinds.position("a position in a string", arguments.get(2))
                                : Texts.size(text, budget),
                        budget);
            case SPLIT -> Texts.split(text, Kinds.text(function, second), budget);
            default -> throw new IllegalStateException("not of strings: " + function);
        };
    }
}
