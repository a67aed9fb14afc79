package nexus.template.expression;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import nexus.value.Value;
import org.jspecify.annotations.Nullable;

/** One evaluation of one expression. */
final class Evaluation {
    private final Value[] slots;
    private final Budget budget;

    /** @param inner the number of variables that the expression itself introduces */
    Evaluation(List<Value> variables, int inner, Budget budget) {
        this.slots = Arrays.copyOf(variables.toArray(Value[]::new), variables.size() + inner);
        this.budget = budget;
    }

    static boolean isThere(Value value) {
        return !(value instanceof Value.Missing) && !(value instanceof Value.Unknown);
    }

    /** @throws EvaluationFailed when it has no value */
    Value of(Node node) {
        budget.work(1);
        return switch (node) {
            case Node.Constant constant -> constant.value();
            case Node.Variable variable -> slots[variable.slot()];
            case Node.Select select -> select(select);
            case Node.Index index -> index(index);
            case Node.Has has -> Value.of(has(has));
            case Node.Choice choice ->
                Kinds.bool("the condition of ?:", of(choice.condition())) ? of(choice.yes()) : of(choice.no());
            case Node.Logic logic -> Value.of(logic(logic));
            case Node.OrValue either -> {
                Value value = of(either.optional());
                yield value instanceof Value.Missing ? of(either.other()) : value;
            }
            case Node.ListOf list -> list(list);
            case Node.MapOf map -> map(map);
            case Node.Call call -> call(call);
            case Node.Loop loop -> loop(loop);
            case Node.Let let -> {
                slots[let.slot()] = of(let.value());
                yield of(let.body());
            }
        };
    }

    private Value call(Node.Call call) {
        List<Node> arguments = call.arguments();
        return switch (arguments.size()) {
            case 1 -> Functions.apply(call.function(), List.of(of(arguments.getFirst())), budget);
            case 2 ->
                Functions.apply(call.function(), List.of(of(arguments.getFirst()), of(arguments.getLast())), budget);
            default ->
                Functions.apply(
                        call.function(), arguments.stream().map(this::of).toList(), budget);
        };
    }

    private Value select(Node.Select select) {
        Value operand = of(select.operand());
        return field(operand, select.field(), Node.path(select.operand()), select.isOptional());
    }

    /** @param path of the operand, for the message; empty when it is computed */
    private static Value field(Value operand, String name, String path, boolean isOptional) {
        return switch (operand) {
            case Value.Missing missing -> missing; // an optional chain goes on without a value
            case Value.Null n when isOptional -> Value.MISSING;
            case Value.Fields fields -> {
                Value value = fields.get(name);
                if (isThere(value)) {
                    yield value;
                }
                if (isOptional && !(operand instanceof Moment) && !(operand instanceof Span)) {
                    yield Value.MISSING;
                }
                throw value instanceof Value.Unknown
                        ? new EvaluationFailed("the event does not carry the value of " + named(path, name)
                                + ": the column is unchanged and large, or it is not published")
                        : new EvaluationFailed("there is no " + named(path, name));
            }
            case Value other ->
                throw new EvaluationFailed("there is no " + named(path, name) + ": "
                        + (path.isEmpty() ? "the value before it" : path) + " is " + Kinds.described(other));
        };
    }

    private static String named(String path, String field) {
        return path.isEmpty() ? "field " + field : path + "." + field;
    }

    private Value index(Node.Index index) {
        Value operand = of(index.operand());
        Value key = of(index.key());
        boolean isOptional = index.isOptional();
        return switch (operand) {
            case Value.Missing missing -> missing;
            case Value.Null n when isOptional -> Value.MISSING;
            case Value.Items items -> {
                if (!(key instanceof Value.Num)) {
                    throw new EvaluationFailed("the index of a list must be a number, not " + Kinds.described(key));
                }
                int at = Kinds.position("an index", key);
                if (at >= 0 && at < items.values().size()) {
                    yield items.values().get(at);
                }
                if (isOptional) {
                    yield Value.MISSING;
                }
                throw new EvaluationFailed("an index is outside its list");
            }
            case Value.Fields fields -> {
                if (!(key instanceof Value.Text name)) {
                    throw new EvaluationFailed("the key of an object must be a string, not " + Kinds.described(key));
                }
                yield index.key() instanceof Node.Constant
                        ? field(operand, name.value(), Node.path(index.operand()), isOptional)
                        : computed(fields.get(name.value()), isOptional);
            }
            case Value other -> throw new EvaluationFailed(Kinds.described(other) + " has no elements");
        };
    }

    /** The message of a failure must not name a key that comes from the event. */
    private static Value computed(Value value, boolean isOptional) {
        if (isThere(value)) {
            return value;
        }
        if (isOptional) {
            return Value.MISSING;
        }
        throw new EvaluationFailed("there is no field with the key that was computed, or the event does not carry it");
    }

    private boolean has(Node.Has has) {
        return of(has.operand()) instanceof Value.Fields fields && isThere(fields.get(has.field()));
    }

    /** As CEL has it: an operand that decides counts also when the other one fails. */
    private boolean logic(Node.Logic logic) {
        boolean deciding = logic.isOr();
        String name = deciding ? "an operand of ||" : "an operand of &&";
        @Nullable EvaluationFailed failed = null;
        try {
            if (Kinds.bool(name, of(logic.left())) == deciding) {
                return deciding;
            }
        } catch (EvaluationFailed e) {
            failed = e;
        }
        return failed == null ? Kinds.bool(name, of(logic.right())) : decides(logic.right(), deciding, name, failed);
    }

    private boolean decides(Node right, boolean deciding, String name, EvaluationFailed failed) {
        if (failed.isFinal()) {
            throw failed;
        }
        try {
            if (Kinds.bool(name, of(right)) == deciding) {
                return deciding;
            }
        } catch (EvaluationFailed e) {
            throw e.isFinal() ? e : failed;
        }
        throw failed;
    }

    /** Optional elements without a value are left out. */
    private Value list(Node.ListOf list) {
        budget.made(list.elements().size());
        List<Value> values = new ArrayList<>(list.elements().size());
        for (Node element : list.elements()) {
            Value value = of(element);
            if (isThere(value)) {
                values.add(value);
            }
        }
        return new Value.Items(List.copyOf(values));
    }

    private Value map(Node.MapOf map) {
        budget.made(2L * map.keys().size());
        Map<String, Value> fields = new LinkedHashMap<>();
        for (int i = 0; i < map.keys().size(); i++) {
            Value key = of(map.keys().get(i));
            if (!(key instanceof Value.Text name)) {
                throw new EvaluationFailed("the keys of an object must be strings, not " + Kinds.described(key));
            }
            budget.read(name.value().length());
            Value value = of(map.values().get(i));
            if (isThere(value) && fields.put(name.value(), value) != null) {
                throw new EvaluationFailed("an object has one key twice");
            }
        }
        return Value.Fields.of(fields);
    }

    private Value loop(Node.Loop loop) {
        List<Value> range = range(of(loop.range()));
        return switch (loop.macro()) {
            case ALL -> Value.of(!any(range, loop, holds -> !holds));
            case EXISTS -> Value.of(any(range, loop, holds -> holds));
            case EXISTS_ONE -> Value.of(kept(range, loop).size() == 1);
            case FILTER -> new Value.Items(kept(range, loop));
            case MAP -> new Value.Items(mapped(range, loop));
        };
    }

    /** The elements of a list, or the keys of an object. */
    private List<Value> range(Value range) {
        return switch (range) {
            case Value.Items items -> items.values();
            case Moment m -> throw noRange(m);
            case Span s -> throw noRange(s);
            case Value.Fields fields -> {
                budget.made(fields.names().size());
                List<Value> names = new ArrayList<>();
                fields.names().forEach(name -> names.add(new Value.Text(name)));
                yield names;
            }
            case Value other -> throw noRange(other);
        };
    }

    private static EvaluationFailed noRange(Value value) {
        return new EvaluationFailed("a loop goes over a list or an object, not over " + Kinds.described(value));
    }

    /** As CEL has it: an element that decides counts also when others fail. */
    private boolean any(List<Value> range, Node.Loop loop, Predicate<Boolean> decides) {
        @Nullable EvaluationFailed failed = null;
        for (Value value : range) {
            budget.step();
            slots[loop.slot()] = value;
            try {
                if (decides.test(holds(loop.body()))) {
                    return true;
                }
            } catch (EvaluationFailed e) {
                if (e.isFinal()) {
                    throw e;
                }
                failed = e;
            }
        }
        if (failed != null) {
            throw failed;
        }
        return false;
    }

    private List<Value> kept(List<Value> range, Node.Loop loop) {
        List<Value> kept = new ArrayList<>();
        for (Value value : range) {
            budget.step();
            budget.made(1);
            slots[loop.slot()] = value;
            if (holds(loop.body())) {
                kept.add(value);
            }
        }
        return List.copyOf(kept);
    }

    private boolean holds(Node condition) {
        return Kinds.bool("the condition of a loop", of(condition));
    }

    private List<Value> mapped(List<Value> range, Node.Loop loop) {
        Node condition = loop.condition();
        List<Value> mapped = new ArrayList<>();
        for (Value value : range) {
            budget.step();
            budget.made(1);
            slots[loop.slot()] = value;
            Value result = condition == null || holds(condition) ? of(loop.body()) : Value.MISSING;
            if (isThere(result)) {
                mapped.add(result);
            }
        }
        return List.copyOf(mapped);
    }
}
