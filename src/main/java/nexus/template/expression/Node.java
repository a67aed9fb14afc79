package nexus.template.expression;

import java.util.List;
import nexus.value.Value;
import org.jspecify.annotations.Nullable;

/** A compiled expression as a tree. {@link Evaluation} gives it its meaning. */
sealed interface Node {
    record Constant(Value value) implements Node {}

    /** A variable of the event, or of a loop. */
    record Variable(int slot, String name) implements Node {}

    /** {@code operand.field}, or {@code operand.?field}. */
    record Select(Node operand, String field, boolean isOptional) implements Node {}

    /** {@code operand[key]}, or {@code operand[?key]}. */
    record Index(Node operand, Node key, boolean isOptional) implements Node {}

    /** {@code has(operand.field)}. */
    record Has(Node operand, String field) implements Node {}

    record Choice(Node condition, Node yes, Node no) implements Node {}

    /** {@code left || right}, or {@code left && right}. */
    record Logic(boolean isOr, Node left, Node right) implements Node {}

    /** {@code optional.orValue(other)}: the other is evaluated only when it is needed. */
    record OrValue(Node optional, Node other) implements Node {}

    record ListOf(List<Node> elements) implements Node {}

    record MapOf(List<Node> keys, List<Node> values) implements Node {}

    record Call(Function function, List<Node> arguments) implements Node {}

    /** {@code range.macro(variable, condition, body)}; only {@code map} has a condition besides its body. */
    record Loop(Macro macro, Node range, int slot, @Nullable Node condition, Node body) implements Node {}

    /** {@code cel.bind(variable, value, body)}. */
    record Let(int slot, Node value, Node body) implements Node {}

    enum Macro {
        ALL,
        EXISTS,
        EXISTS_ONE,
        FILTER,
        MAP
    }

    /** The path as the template names it, such as {@code data.record}; empty when it is computed. */
    static String path(Node node) {
        return switch (node) {
            case Variable variable -> variable.name;
            case Select select -> {
                String operand = path(select.operand);
                yield operand.isEmpty() ? "" : operand + "." + select.field;
            }
            case Constant c -> "";
            case Index i -> "";
            case Has h -> "";
            case Choice c -> "";
            case Logic l -> "";
            case OrValue o -> "";
            case ListOf l -> "";
            case MapOf m -> "";
            case Call c -> "";
            case Loop l -> "";
            case Let l -> "";
        };
    }
}
