package nexus.template.expression;

import java.util.List;
import java.util.function.BiConsumer;
import nexus.value.Value;
import org.jspecify.annotations.Nullable;

/** An expression that is compiled. It may be evaluated any number of times, by several threads at once. */
public final class Expression {
    /** Characters of one expression. */
    public static final int MAX_LENGTH = 16 * 1024;

    private static final int MAX_SHOWN = 60;

    private final String source;
    private final Node root;
    private final int innerVariables;
    private final int nodes;

    Expression(String source, Node root, int innerVariables, int nodes) {
        this.source = source;
        this.root = root;
        this.innerVariables = innerVariables;
        this.nodes = nodes;
    }

    /**
     * Compiles a text.
     *
     * @param names of the variables that the expression may use
     */
    public static Expression compile(String source, List<String> names) throws WrongExpression {
        return ExpressionReader.read(source, names);
    }

    /**
     * Evaluates the expression.
     *
     * @param variables the values, in the order of the names with which it was compiled
     * @return missing when it is an optional without a value
     * @throws EvaluationFailed when it has no value
     */
    public Value evaluate(List<Value> variables, Budget budget) {
        return new Evaluation(variables, innerVariables, budget).of(root);
    }

    /** About how many bytes of memory it takes. */
    public long weight() {
        return 128 + source.length() + 64L * nodes;
    }

    /** The text, or the beginning of a long one. */
    public String shown() {
        String line = source.strip().replaceAll("\\s+", " ");
        return line.length() > MAX_SHOWN ? line.substring(0, MAX_SHOWN) + "…" : line;
    }

    /**
     * Passes on each field that is selected from a variable by name and must be there, as {@code record.total}: the path
     * before it, such as {@code data.record}, and its name.
     */
    public void forEachField(BiConsumer<String, String> action) {
        visit(root, action);
    }

    private static void visit(@Nullable Node node, BiConsumer<String, String> action) {
        switch (node) {
            case null -> {}
            case Node.Constant c -> {}
            case Node.Variable v -> {}
            case Node.Select select -> {
                String path = Node.path(select.operand());
                if (!path.isEmpty() && !select.isOptional()) {
                    action.accept(path, select.field());
                }
                visit(select.operand(), action);
            }
            case Node.Index index -> {
                visit(index.operand(), action);
                visit(index.key(), action);
            }
            case Node.Has has -> visit(has.operand(), action);
            case Node.Choice choice -> {
                visit(choice.condition(), action);
                visit(choice.yes(), action);
                visit(choice.no(), action);
            }
            case Node.Logic logic -> {
                visit(logic.left(), action);
                visit(logic.right(), action);
            }
            case Node.OrValue either -> {
                visit(either.optional(), action);
                visit(either.other(), action);
            }
            case Node.ListOf list -> list.elements().forEach(element -> visit(element, action));
            case Node.MapOf map -> {
                map.keys().forEach(key -> visit(key, action));
                map.values().forEach(value -> visit(value, action));
            }
            case Node.Call call -> call.arguments().forEach(argument -> visit(argument, action));
            case Node.Loop loop -> {
                visit(loop.range(), action);
                visit(loop.condition(), action);
                visit(loop.body(), action);
            }
            case Node.Let let -> {
                visit(let.value(), action);
                visit(let.body(), action);
            }
        }
    }
}
