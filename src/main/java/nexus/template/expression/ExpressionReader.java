package nexus.template.expression;

import com.google.common.collect.ImmutableList;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.parser.CelParser;
import dev.cel.parser.CelParserFactory;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nexus.value.Value;
import org.jspecify.annotations.Nullable;

/**
 * Compiles one expression. CEL's parser gives the syntax tree; names, functions and calls with constant arguments are
 * checked here.
 */
final class ExpressionReader {
    /** Of parentheses, brackets, braces, and operators within operators. */
    static final int MAX_DEPTH = 100;

    /** Longer constants are computed again each time, so that a compiled expression is not larger than its text. */
    private static final int MAX_FOLDED = 64;

    private static final Pattern NUMBER = Pattern.compile("(\\d+(\\.\\d+)?|\\.\\d+)([eE][+-]?\\d+)?");

    // The parser knows no macros: they are read here as the calls they look like.
    private static final CelParser PARSER = CelParserFactory.standardCelParserBuilder()
            .setOptions(CelOptions.current()
                    .maxExpressionCodePointSize(Expression.MAX_LENGTH)
                    .maxParseRecursionDepth(MAX_DEPTH)
                    .maxParseErrorRecoveryLimit(1)
                    .enableReservedIds(true)
                    .enableOptionalSyntax(true)
                    .enableQuotedIdentifierSyntax(true)
                    .populateMacroCalls(false)
                    .build())
            .build();

    /** The types that {@code type()} gives. */
    private static final Map<String, Value> TYPES = Map.of(
            "bool", new Value.Text("bool"),
            "double", new Value.Text("double"),
            "int", new Value.Text("int"),
            "list", new Value.Text("list"),
            "map", new Value.Text("map"),
            "null_type", new Value.Text("null_type"),
            "string", new Value.Text("string"));

    private final String source;
    private final CelAbstractSyntaxTree tree;
    private final Budget budget = new Budget(); // for all constant calls together
    private final Map<String, Integer> variables = new HashMap<>();
    private int slots;
    private int nodes;

    private ExpressionReader(String source, CelAbstractSyntaxTree tree, List<String> names) {
        this.source = source;
        this.tree = tree;
        names.forEach(name -> variables.put(name, slots++));
    }

    /** @param names of the event's variables, in the order in which their values are given */
    static Expression read(String source, List<String> names) throws WrongExpression {
        ExpressionReader reader = new ExpressionReader(source, parse(source), names);
        try {
            Node root = reader.node(reader.tree.getExpr(), 0);
            return new Expression(source, root, reader.slots - names.size(), reader.nodes);
        } catch (Wrong e) {
            throw new WrongExpression(reader.offset(e.at), e.words);
        }
    }

    private static CelAbstractSyntaxTree parse(String source) throws WrongExpression {
        if (source.length() > Expression.MAX_LENGTH) {
            throw new WrongExpression(0, "is longer than " + Expression.MAX_LENGTH + " characters");
        }
        checkNesting(source);
        try {
            CelValidationResult result = PARSER.parse(source);
            if (result.hasError()) {
                throw wrong(source, result);
            }
            return result.getAst();
        } catch (CelValidationException | StackOverflowError e) {
            throw new WrongExpression(0, "cannot be read as an expression");
        } catch (RuntimeException e) { // the parser's own checks, on a text that is broken in the middle of a token
            throw new WrongExpression(0, "cannot be read as an expression");
        }
    }

    /** The parser looks ahead over brackets that are open, and takes long when there are many. */
    private static void checkNesting(String source) throws WrongExpression {
        int depth = 0;
        for (int i = 0; i < source.length(); i++) {
            switch (source.charAt(i)) {
                case '(', '[', '{' -> depth++;
                case ')', ']', '}' -> depth--;
                case '"', '\'' -> i = CelText.end(source, i) - 1;
                default -> {
                    // part of a name, a number or an operator
                }
            }
            if (depth > MAX_DEPTH) {
                throw new WrongExpression(i, "nests deeper than " + MAX_DEPTH);
            }
        }
    }

    private static WrongExpression wrong(String source, CelValidationResult result) {
        ImmutableList<CelIssue> errors = result.getErrors();
        if (errors.isEmpty()) {
            return new WrongExpression(0, "cannot be read as an expression");
        }
        CelIssue first = errors.getFirst();
        int at = CelText.offset(
                source,
                first.getSourceLocation().getLine(),
                first.getSourceLocation().getColumn());
        return new WrongExpression(at, words(first.getMessage()));
    }

    /** The parser's message, without the long list of tokens that it would have accepted. */
    private static String words(String message) {
        String line = message.lines().findFirst().orElse("").strip();
        if (line.startsWith("For input string")) { // of Long.parseLong
            return "a whole number beyond 64 bits must be written as a decimal, such as 9223372036854775808.0";
        }
        int expecting = line.indexOf(" expecting {");
        String shown = expecting < 0 ? line : line.substring(0, expecting);
        return shown.length() > 200 ? shown.substring(0, 200) : shown;
    }

    /** A mistake in a part of the tree. */
    private static final class Wrong extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final long at;
        private final String words;

        Wrong(CelExpr at, String words) {
            super(words, null, false, false);
            this.at = at.id();
            this.words = words;
        }
    }

    private int offset(long id) {
        Integer position = tree.getSource().getPositionsMap().get(id);
        return position == null || position < 0 || position > source.codePointCount(0, source.length())
                ? 0
                : source.offsetByCodePoints(0, position);
    }

    private Node node(CelExpr expr, int depth) {
        if (depth > MAX_DEPTH) {
            throw new Wrong(expr, "nests deeper than " + MAX_DEPTH);
        }
        nodes++;
        int inner = depth + 1;
        return switch (expr.exprKind().getKind()) {
            case CONSTANT -> new Node.Constant(constant(expr, expr.constant()));
            case IDENT -> variable(expr, expr.ident().name());
            case SELECT ->
                new Node.Select(
                        node(expr.select().operand(), inner), expr.select().field(), false);
            case CALL -> call(expr, expr.call(), inner);
            case LIST -> new Node.ListOf(nodes(expr.list().elements(), inner));
            case MAP ->
                new Node.MapOf(
                        expr.map().entries().stream()
                                .map(entry -> key(entry.key(), inner))
                                .toList(),
                        expr.map().entries().stream()
                                .map(entry -> node(entry.value(), inner))
                                .toList());
            case STRUCT -> throw new Wrong(expr, "messages cannot be made: use {'name': value}");
            case COMPREHENSION, NOT_SET -> throw new Wrong(expr, "cannot be read as an expression");
        };
    }

    private Node key(CelExpr expr, int depth) {
        Node key = node(expr, depth);
        if (key instanceof Node.Constant constant && !(constant.value() instanceof Value.Text)) {
            throw new Wrong(expr, "the keys of an object must be strings, as in JSON");
        }
        return key;
    }

    private List<Node> nodes(List<CelExpr> exprs, int depth) {
        return exprs.stream().map(expr -> node(expr, depth)).toList();
    }

    private Value constant(CelExpr expr, CelConstant constant) {
        return switch (constant.getKind()) {
            case NULL_VALUE -> Value.NULL;
            case BOOLEAN_VALUE -> Value.of(constant.booleanValue());
            case INT64_VALUE -> Value.Num.of(constant.int64Value());
            case UINT64_VALUE -> Value.Num.of(constant.uint64Value().toString());
            case DOUBLE_VALUE -> decimal(expr, constant.doubleValue());
            case STRING_VALUE -> new Value.Text(constant.stringValue());
            case BYTES_VALUE -> throw new Wrong(expr, "bytes are not supported, JSON has none");
            default -> throw new Wrong(expr, "cannot be read as an expression");
        };
    }

    /** The parser has rounded the number; its digits are in the text. */
    private Value decimal(CelExpr expr, double rounded) {
        Matcher number = NUMBER.matcher(source);
        if (number.find(offset(expr.id())) && number.start() <= offset(expr.id()) + 1) {
            try {
                BigDecimal exact = new BigDecimal(number.group());
                return Value.Num.of((Math.copySign(1, rounded) < 0 ? exact.negate() : exact).toString());
            } catch (NumberFormatException e) {
                throw new Wrong(expr, "the exponent of a number is too large");
            }
        }
        throw new Wrong(expr, "cannot be read as a number");
    }

    private Node variable(CelExpr expr, String name) {
        String plain = name.startsWith(".") ? name.substring(1) : name;
        Integer slot = variables.get(plain);
        if (slot != null) {
            return new Node.Variable(slot, plain);
        }
        Value type = TYPES.get(plain);
        if (type == null) {
            throw new Wrong(expr, "there is no variable " + shortened(plain));
        }
        return new Node.Constant(type);
    }

    private Node call(CelExpr expr, CelExpr.CelCall call, int depth) {
        if (call.target().isPresent()) {
            return member(expr, call.target().get(), call.function(), call.args(), depth);
        }
        List<CelExpr> arguments = call.args();
        return switch (call.function()) {
            case "_?_:_" ->
                new Node.Choice(
                        node(arguments.get(0), depth), node(arguments.get(1), depth), node(arguments.get(2), depth));
            case "_||_" -> new Node.Logic(true, node(arguments.get(0), depth), node(arguments.get(1), depth));
            case "_&&_" -> new Node.Logic(false, node(arguments.get(0), depth), node(arguments.get(1), depth));
            case "_[_]" -> new Node.Index(node(arguments.get(0), depth), node(arguments.get(1), depth), false);
            case "_[?_]" -> new Node.Index(node(arguments.get(0), depth), node(arguments.get(1), depth), true);
            case "_?._" ->
                new Node.Select(
                        node(arguments.get(0), depth),
                        arguments.get(1).constant().stringValue(),
                        true);
            case "has" -> has(expr, arguments, depth);
            default -> function(expr, Function.global(call.function()), call.function(), nodes(arguments, depth));
        };
    }

    private Node has(CelExpr expr, List<CelExpr> arguments, int depth) {
        if (arguments.size() != 1 || arguments.getFirst().exprKind().getKind() != CelExpr.ExprKind.Kind.SELECT) {
            throw new Wrong(expr, "has takes a field, such as has(record.name)");
        }
        CelExpr.CelSelect select = arguments.getFirst().select();
        return new Node.Has(node(select.operand(), depth), select.field());
    }

    private Node member(CelExpr expr, CelExpr target, String name, List<CelExpr> arguments, int depth) {
        if (isNamespace(target, "math")) {
            return function(expr, Function.math(name), "math." + name, nodes(arguments, depth));
        }
        if (isNamespace(target, "cel") && name.equals("bind")) {
            return let(expr, arguments, depth);
        }
        Node.Macro macro = macro(name);
        if (macro != null) {
            return loop(expr, macro, target, arguments, depth);
        }
        if (name.equals("orValue") && arguments.size() == 1) {
            return new Node.OrValue(node(target, depth), node(arguments.getFirst(), depth));
        }
        List<Node> all = new ArrayList<>();
        all.add(node(target, depth));
        all.addAll(nodes(arguments, depth));
        return function(expr, Function.member(name), name, List.copyOf(all));
    }

    private boolean isNamespace(CelExpr target, String name) {
        return target.exprKind().getKind() == CelExpr.ExprKind.Kind.IDENT
                && target.ident().name().equals(name)
                && !variables.containsKey(name);
    }

    private static Node.@Nullable Macro macro(String name) {
        return switch (name) {
            case "all" -> Node.Macro.ALL;
            case "exists" -> Node.Macro.EXISTS;
            case "exists_one", "existsOne" -> Node.Macro.EXISTS_ONE;
            case "filter" -> Node.Macro.FILTER;
            case "map" -> Node.Macro.MAP;
            default -> null;
        };
    }

    private Node loop(CelExpr expr, Node.Macro macro, CelExpr target, List<CelExpr> arguments, int depth) {
        boolean hasCondition = macro == Node.Macro.MAP && arguments.size() == 3;
        if (arguments.size() != 2 && !hasCondition) {
            throw new Wrong(expr, "a loop takes a variable and an expression, such as filter(t, t != 'x')");
        }
        Node range = node(target, depth);
        String name = introduced(arguments.getFirst());
        int slot = slots++;
        Integer before = variables.put(name, slot);
        Node condition = hasCondition ? node(arguments.get(1), depth) : null;
        Node body = node(arguments.getLast(), depth);
        restore(name, before);
        return new Node.Loop(macro, range, slot, condition, body);
    }

    private Node let(CelExpr expr, List<CelExpr> arguments, int depth) {
        if (arguments.size() != 3) {
            throw new Wrong(expr, "cel.bind takes a variable, its value and an expression");
        }
        Node value = node(arguments.get(1), depth);
        String name = introduced(arguments.getFirst());
        int slot = slots++;
        Integer before = variables.put(name, slot);
        Node body = node(arguments.get(2), depth);
        restore(name, before);
        return new Node.Let(slot, value, body);
    }

    private static String introduced(CelExpr variable) {
        if (variable.exprKind().getKind() != CelExpr.ExprKind.Kind.IDENT
                || variable.ident().name().startsWith(".")) {
            throw new Wrong(variable, "the variable must be a simple name");
        }
        return variable.ident().name();
    }

    private void restore(String name, @Nullable Integer before) {
        if (before == null) {
            variables.remove(name);
        } else {
            variables.put(name, before);
        }
    }

    private Node function(CelExpr expr, @Nullable Function function, String name, List<Node> arguments) {
        if (function == null) {
            throw new Wrong(
                    expr,
                    name.equals("matches")
                            ? "regular expressions are not supported: use contains, startsWith or endsWith"
                            : "there is no function " + shortened(name) + " that is called like this");
        }
        if (!function.takes(arguments.size())) {
            throw new Wrong(expr, "the function " + shortened(name) + " does not take this number of arguments");
        }
        Node.Call call = new Node.Call(function, arguments);
        if (!arguments.stream().allMatch(Node.Constant.class::isInstance)) {
            return call;
        }
        try {
            Value value = new Evaluation(List.of(), 0, budget).of(call);
            return isSmall(value) ? new Node.Constant(value) : call;
        } catch (EvaluationFailed e) {
            throw new Wrong(expr, "always fails: " + e.words());
        }
    }

    private static boolean isSmall(Value value) {
        return switch (value) {
            case Value.Text text -> text.value().length() <= MAX_FOLDED;
            case Value.Num num -> num.text().length() <= MAX_FOLDED;
            case Value.Bool b -> true;
            case Moment m -> true;
            case Span s -> true;
            case Value other -> false;
        };
    }

    private static String shortened(String name) {
        return name.length() > 50 ? name.substring(0, 50) + "…" : name;
    }
}
