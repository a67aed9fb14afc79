package nexus.template.expression;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The operators and functions of expressions, with the number of their arguments. A receiver is the first argument. */
enum Function {
    ADD("_+_", Style.GLOBAL, 2, 2),
    SUBTRACT("_-_", Style.GLOBAL, 2, 2),
    MULTIPLY("_*_", Style.GLOBAL, 2, 2),
    DIVIDE("_/_", Style.GLOBAL, 2, 2),
    MODULO("_%_", Style.GLOBAL, 2, 2),
    NEGATE("-_", Style.GLOBAL, 1, 1),
    NOT("!_", Style.GLOBAL, 1, 1),
    EQUALS("_==_", Style.GLOBAL, 2, 2),
    NOT_EQUALS("_!=_", Style.GLOBAL, 2, 2),
    LESS("_<_", Style.GLOBAL, 2, 2),
    LESS_EQUALS("_<=_", Style.GLOBAL, 2, 2),
    GREATER("_>_", Style.GLOBAL, 2, 2),
    GREATER_EQUALS("_>=_", Style.GLOBAL, 2, 2),
    IN("@in", Style.GLOBAL, 2, 2),

    TYPE("type", Style.GLOBAL, 1, 1),
    DYN("dyn", Style.GLOBAL, 1, 1),
    INT("int", Style.GLOBAL, 1, 1),
    UINT("uint", Style.GLOBAL, 1, 1),
    DOUBLE("double", Style.GLOBAL, 1, 1),
    STRING("string", Style.GLOBAL, 1, 1),
    BOOL("bool", Style.GLOBAL, 1, 1),
    TIMESTAMP("timestamp", Style.GLOBAL, 1, 1),
    DURATION("duration", Style.GLOBAL, 1, 1),

    SIZE("size", Style.BOTH, 1, 1),
    CONTAINS("contains", Style.MEMBER, 2, 2),
    STARTS_WITH("startsWith", Style.MEMBER, 2, 2),
    ENDS_WITH("endsWith", Style.MEMBER, 2, 2),
    CHAR_AT("charAt", Style.MEMBER, 2, 2),
    INDEX_OF("indexOf", Style.MEMBER, 2, 2),
    LAST_INDEX_OF("lastIndexOf", Style.MEMBER, 2, 2),
    LOWER_ASCII("lowerAscii", Style.MEMBER, 1, 1),
    UPPER_ASCII("upperAscii", Style.MEMBER, 1, 1),
    TRIM("trim", Style.MEMBER, 1, 1),
    REPLACE("replace", Style.MEMBER, 3, 3),
    SUBSTRING("substring", Style.MEMBER, 2, 3),
    SPLIT("split", Style.MEMBER, 2, 2),
    JOIN("join", Style.MEMBER, 1, 2),

    HAS_VALUE("hasValue", Style.MEMBER, 1, 1),
    VALUE("value", Style.MEMBER, 1, 1),

    ABS("abs", Style.MATH, 1, 1),
    CEIL("ceil", Style.MATH, 1, 1),
    FLOOR("floor", Style.MATH, 1, 1),
    TRUNC("trunc", Style.MATH, 1, 1),
    ROUND("round", Style.MATH, 1, 2),
    SIGN("sign", Style.MATH, 1, 1),
    GREATEST("greatest", Style.MATH, 1, 100),
    LEAST("least", Style.MATH, 1, 100),

    GET_FULL_YEAR("getFullYear", Style.MEMBER, 1, 2),
    GET_MONTH("getMonth", Style.MEMBER, 1, 2),
    GET_DATE("getDate", Style.MEMBER, 1, 2),
    GET_DAY_OF_MONTH("getDayOfMonth", Style.MEMBER, 1, 2),
    GET_DAY_OF_WEEK("getDayOfWeek", Style.MEMBER, 1, 2),
    GET_DAY_OF_YEAR("getDayOfYear", Style.MEMBER, 1, 2),
    GET_HOURS("getHours", Style.MEMBER, 1, 2),
    GET_MINUTES("getMinutes", Style.MEMBER, 1, 2),
    GET_SECONDS("getSeconds", Style.MEMBER, 1, 2),
    GET_MILLISECONDS("getMilliseconds", Style.MEMBER, 1, 2);

    /** How a function is called. */
    enum Style {
        /** {@code f(x)}. */
        GLOBAL,
        /** {@code x.f()}. */
        MEMBER,
        /** {@code f(x)} or {@code x.f()}. */
        BOTH,
        /** {@code math.f(x)}. */
        MATH
    }

    private static final Set<Style> GLOBAL_CALLS = Set.of(Style.GLOBAL, Style.BOTH);
    private static final Set<Style> MEMBER_CALLS = Set.of(Style.MEMBER, Style.BOTH);

    private static final Map<String, Function> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(f -> f.word, UnaryOperator.identity()));

    private final String word;
    private final Style style;
    private final int min;
    private final int max;

    Function(String word, Style style, int min, int max) {
        this.word = word;
        this.style = style;
        this.min = min;
        this.max = max;
    }

    static @Nullable Function global(String name) {
        return withStyle(name, GLOBAL_CALLS);
    }

    static @Nullable Function member(String name) {
        return withStyle(name, MEMBER_CALLS);
    }

    static @Nullable Function math(String name) {
        return withStyle(name, Set.of(Style.MATH));
    }

    private static @Nullable Function withStyle(String name, Set<Style> styles) {
        Function function = BY_NAME.get(name);
        return function != null && styles.contains(function.style) ? function : null;
    }

    boolean takes(int arguments) {
        return arguments >= min && arguments <= max;
    }

    /** As it is written in an expression. */
    String shown() {
        return word.replace("_", "").replace("@", "");
    }
}
