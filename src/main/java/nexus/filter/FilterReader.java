package nexus.filter;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import nexus.filter.Comparison.Order;
import nexus.filter.Condition.Source;
import nexus.refusal.Refusal;
import nexus.value.JsonValues;
import nexus.value.Value;
import nexus.value.ValueWriter;

/** Compiles a filter, and notes everything that is wrong with it. */
final class FilterReader {
    static final int MAX_BYTES = 16 << 10;
    static final int MAX_DEPTH = 16;
    static final int MAX_OPERANDS = 1_000;
    private static final int MAX_ERRORS = 20;

    private static final Condition NOTHING = new Condition.All(new Source("", "{}"), List.of());
    private static final Path RECORD = new Path(List.of("data", RowChangeFields.RECORD));
    private static final String OPERATORS = "$eq, $neq, $gt, $gte, $lt, $lte, $in, $nin, $startsWith, $endsWith,"
            + " $contains, $exist, $changed, $ref, $and, $or, $not";
    private static final Set<String> REGULAR_EXPRESSIONS =
            Set.of("$regex", "$regexp", "$regExp", "$match", "$matches", "$pattern", "$like", "$ilike", "$options");

    private final String pointer;
    private final List<Refusal.FieldError> errors = new ArrayList<>();
    private int operands;
    private boolean isTooLong;

    private FilterReader(String pointer) {
        this.pointer = pointer;
    }

    /** A place in the filter, and the place in the event that it is about. */
    private record Place(String pointer, Path path, int depth) {
        Place member(String name) {
            return new Place(pointer + "/" + name.replace("~", "~0").replace("/", "~1"), path, depth);
        }

        Place item(int index) {
            return new Place(pointer + "/" + index, path, depth);
        }

        Place about(String field) {
            return new Place(pointer, path.then(field), depth);
        }

        Place within() {
            return new Place(pointer, path, depth + 1);
        }

        Source source(String text) {
            return new Source(pointer, Shown.bounded(text));
        }
    }

    static Optional<Filter> read(String json, String pointer) {
        if (json.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            throw new Refusal.Invalid(pointer, "must have at most " + (MAX_BYTES >> 10) + " KiB");
        }
        FilterReader reader = new FilterReader(pointer);
        Value pattern = JsonValues.read(json);
        Condition condition = reader.root(pattern);
        if (!reader.errors.isEmpty()) {
            throw new Refusal.Invalid(reader.errors);
        }
        boolean isEmpty =
                pattern instanceof Value.Fields fields && fields.names().isEmpty();
        return isEmpty ? Optional.empty() : Optional.of(new Filter(json, condition));
    }

    private Condition root(Value pattern) {
        Place root = new Place("", Path.ROOT, 0);
        return pattern instanceof Value.Fields ? condition(pattern, root) : wrong(root, "must be an object, or null");
    }

    private Condition wrong(Place at, String detail) {
        if (errors.size() < MAX_ERRORS) {
            errors.add(new Refusal.FieldError(pointer + at.pointer, detail));
        }
        return NOTHING;
    }

    private Condition condition(Value pattern, Place at) {
        return switch (pattern) {
            case Value.Fields fields -> object(fields, at);
            case Value.Items items ->
                wrong(at, "must not be an array: {\"$in\": […]} is any of its values, {\"$eq\": […]} the same array");
            default -> equal(pattern, at);
        };
    }

    private Condition object(Value.Fields pattern, Place outside) {
        Place at = outside.within();
        if (isTooDeep(at)) {
            return NOTHING;
        }
        List<Condition> parts = new ArrayList<>();
        for (String name : pattern.names()) {
            if (isTooLong) {
                return NOTHING;
            }
            Value value = pattern.get(name);
            Place place = at.member(name);
            if (name.startsWith("$")) {
                parts.add(operator(name, value, place));
            } else if (at.path.names().isEmpty() && !EventFields.NAMES.contains(name)) {
                wrong(place, unknownField(name));
            } else {
                parts.add(new Condition.Field(name, condition(value, place.about(name))));
            }
        }
        if (parts.isEmpty()) {
            count(at);
        }
        return all(parts, at.source(shown(pattern)));
    }

    private static String unknownField(String name) {
        return "is not a field of an event: those are " + String.join(", ", EventFields.NAMES)
                + (name.startsWith("data.") || name.startsWith("metadata.")
                        ? "; a path is written as nested objects"
                        : "");
    }

    private static Condition all(List<Condition> parts, Source source) {
        return parts.size() == 1 ? parts.getFirst() : new Condition.All(source, List.copyOf(parts));
    }

    private Condition operator(String name, Value operand, Place at) {
        if (at.path.names().isEmpty() && !Set.of("$and", "$or", "$not").contains(name)) {
            return isOperator(name)
                    ? wrong(
                            at,
                            "compares a field: write it inside one, such as {\"data\": {\"total\": {\"" + name
                                    + "\": …}}}")
                    : unknown(name, at);
        }
        return switch (name) {
            case "$eq" -> equal(operand, at);
            case "$neq" -> new Condition.Not(equal(operand, at), false);
            case "$gt" -> ordered(Order.GREATER, operand, at);
            case "$gte" -> ordered(Order.AT_LEAST, operand, at);
            case "$lt" -> ordered(Order.LESS, operand, at);
            case "$lte" -> ordered(Order.AT_MOST, operand, at);
            case "$in" -> among(operand, at);
            case "$nin" -> new Condition.Not(among(operand, at), false);
            case "$startsWith" -> affix(true, operand, at);
            case "$endsWith" -> affix(false, operand, at);
            case "$contains" -> containing(operand, at);
            case "$exist" -> existing(operand, at);
            case "$changed" -> changed(operand, at);
            case "$ref" -> equalToReference(operand, at);
            case "$and" -> several(operand, at, parts -> all(parts, at.source("{\"$and\":" + shown(operand) + "}")));
            case "$or" ->
                several(
                        operand,
                        at,
                        parts -> parts.size() == 1
                                ? parts.getFirst()
                                : new Condition.Any(at.source("{\"$or\":" + shown(operand) + "}"), List.copyOf(parts)));
            case "$not" -> new Condition.Not(condition(operand, at), true);
            default -> unknown(name, at);
        };
    }

    private static boolean isOperator(String name) {
        return List.of(OPERATORS.split(", ")).contains(name);
    }

    private Condition unknown(String name, Place at) {
        return wrong(
                at,
                REGULAR_EXPRESSIONS.contains(name)
                        ? "is a regular expression, which filters do not have: use $startsWith, $endsWith or $contains"
                        : "is not an operator: those are " + OPERATORS);
    }

    private Condition equal(Value operand, Place at) {
        if (at.path.names().isEmpty()) {
            return wrong(at, "must be an object");
        }
        String name = operatorAt(at);
        Source source = at.source(name.equals("$eq") || name.equals("$neq") ? named(at, operand) : shown(operand));
        if (isReference(operand)) {
            return operand(operand, at, value -> true, "")
                    .<Condition>map(known -> new Condition.Equal(source, known))
                    .orElse(NOTHING);
        }
        literal(operand, at);
        return new Condition.Equal(source, new Operand.Literal(operand));
    }

    private Condition equalToReference(Value operand, Place at) {
        return path(operand, at)
                .<Condition>map(path -> new Condition.Equal(at.source(named(at, operand)), new Operand.Reference(path)))
                .orElse(NOTHING);
    }

    private Condition ordered(Order order, Value operand, Place at) {
        return operand(
                        operand,
                        at,
                        value -> value instanceof Value.Num || value instanceof Value.Text,
                        "a number, a string")
                .<Condition>map(known -> new Condition.Ordered(at.source(named(at, operand)), order, known))
                .orElse(NOTHING);
    }

    private Condition affix(boolean isAtStart, Value operand, Place at) {
        return operand(operand, at, value -> value instanceof Value.Text, "a string")
                .<Condition>map(known -> new Condition.Affix(at.source(named(at, operand)), isAtStart, known))
                .orElse(NOTHING);
    }

    private Condition containing(Value operand, Place at) {
        return operand(
                        operand,
                        at,
                        value -> Comparison.isScalar(value) || value instanceof Value.Null,
                        "a string, number, boolean, null")
                .<Condition>map(known -> new Condition.Containing(
                        at.source(named(at, operand)),
                        known,
                        new Needle(operand instanceof Value.Text text ? text.value() : "")))
                .orElse(NOTHING);
    }

    private Condition existing(Value operand, Place at) {
        count(at);
        return operand instanceof Value.Bool bool
                ? new Condition.Existing(at.source(named(at, operand)), bool.value())
                : wrong(at, "must be true or false");
    }

    private Condition changed(Value operand, Place at) {
        count(at);
        if (!at.path.isWithin(RECORD) || at.path.equals(RECORD)) {
            return wrong(at, "compares a column with its old value: it stands below data.record alone");
        }
        List<String> names = new ArrayList<>(at.path.names());
        names.set(RECORD.names().size() - 1, RowChangeFields.OLD_RECORD);
        return operand instanceof Value.Bool bool
                ? new Condition.Changed(
                        at.source(named(at, operand)),
                        bool.value(),
                        new Path(names),
                        names.get(RowChangeFields.COLUMN_DEPTH - 1))
                : wrong(at, "must be true or false");
    }

    private Condition among(Value operand, Place at) {
        Source source = at.source(named(at, operand));
        if (isReference(operand)) {
            return referenced(operand, at)
                    .<Condition>map(path -> new Condition.AmongOthers(source, new Operand.Reference(path)))
                    .orElse(NOTHING);
        }
        if (!(operand instanceof Value.Items items)) {
            return wrong(at, "must be an array of strings, numbers, booleans and null, or {\"$ref\": \"path\"}");
        }
        Set<Value> scalars = new HashSet<>();
        boolean hasNull = false;
        List<Condition> references = new ArrayList<>();
        for (int i = 0; i < items.values().size() && !isTooLong; i++) {
            Value item = items.values().get(i);
            Place place = at.item(i);
            if (item instanceof Value.Null) {
                count(place);
                hasNull = true;
            } else if (Comparison.isScalar(item)) {
                literal(item, place);
                scalars.add(item);
            } else if (isReference(item)) {
                referenced(item, place)
                        .ifPresent(path -> references.add(new Condition.Equal(source, new Operand.Reference(path))));
            } else {
                wrong(place, "must be a string, number, boolean, null or {\"$ref\": \"path\"}");
            }
        }
        Condition known = new Condition.Among(source, Set.copyOf(scalars), hasNull);
        if (references.isEmpty()) {
            return known;
        }
        references.addFirst(known);
        return new Condition.Any(source, List.copyOf(references));
    }

    private Condition several(Value operand, Place at, Function<List<Condition>, Condition> together) {
        if (!(operand instanceof Value.Items items) || items.values().isEmpty()) {
            return wrong(at, "must be an array of one or more conditions");
        }
        Place inside = at.within();
        if (isTooDeep(inside)) {
            return NOTHING;
        }
        List<Condition> parts = new ArrayList<>();
        for (int i = 0; i < items.values().size() && !isTooLong; i++) {
            parts.add(condition(items.values().get(i), inside.item(i)));
        }
        return together.apply(parts);
    }

    private Optional<Operand> operand(Value operand, Place at, Predicate<Value> isRight, String rule) {
        if (isReference(operand)) {
            return referenced(operand, at).map(Operand.Reference::new);
        }
        if (!isRight.test(operand)) {
            wrong(at, "must be " + rule + " or {\"$ref\": \"path\"}");
            return Optional.empty();
        }
        literal(operand, at);
        return Optional.of(new Operand.Literal(operand));
    }

    /** Whether an operand is {@code {"$ref": "path"}}. */
    private static boolean isReference(Value operand) {
        return operand instanceof Value.Fields fields
                && fields.names().size() == 1
                && !(fields.get("$ref") instanceof Value.Missing);
    }

    private Optional<Path> referenced(Value reference, Place at) {
        return path(Path.step(reference, "$ref"), at.member("$ref"));
    }

    /** Names with dots between them, or a JSON pointer for names that contain dots. */
    private Optional<Path> path(Value operand, Place at) {
        count(at);
        if (operand instanceof Value.Text text) {
            List<String> names = text.value().startsWith("/")
                    ? List.of(text.value().substring(1).split("/", -1)).stream()
                            .map(name -> name.replace("~1", "/").replace("~0", "~"))
                            .toList()
                    : List.of(text.value().split("\\.", -1));
            if (names.size() <= MAX_DEPTH
                    && EventFields.NAMES.contains(names.getFirst())
                    && names.stream().noneMatch(String::isEmpty)) {
                return Optional.of(new Path(names));
            }
        }
        wrong(at, "must be the path of a field of the event, such as \"data.old_record.total\"");
        return Optional.empty();
    }

    /** Checks a value that is compared as it stands. */
    private void literal(Value value, Place at) {
        switch (value) {
            case Value.Text text -> {
                count(at);
                checkText(text.value(), at);
            }
            case Value.Items items -> {
                Place inside = at.within();
                count(at);
                if (!isTooDeep(inside)) {
                    for (int i = 0; i < items.values().size() && !isTooLong; i++) {
                        literal(items.values().get(i), inside.item(i));
                    }
                }
            }
            case Value.Fields fields -> {
                Place inside = at.within();
                count(at);
                if (!isTooDeep(inside)) {
                    for (String name : fields.names()) {
                        if (name.startsWith("$")) {
                            wrong(inside.member(name), "must not be an operator: $eq and $neq compare with a value");
                        } else if (!isTooLong) {
                            literal(fields.get(name), inside.member(name));
                        }
                    }
                }
            }
            default -> count(at);
        }
    }

    private void checkText(String text, Place at) {
        int c;
        for (int i = 0; i < text.length(); i += Character.charCount(c)) {
            c = text.codePointAt(i);
            if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
                wrong(at, "must not contain half of a surrogate pair");
                return;
            }
        }
    }

    private boolean isTooDeep(Place at) {
        if (at.depth > MAX_DEPTH) {
            wrong(at, "must not nest deeper than " + MAX_DEPTH + " levels");
            return true;
        }
        return false;
    }

    private void count(Place at) {
        operands++;
        if (operands > MAX_OPERANDS && !isTooLong) {
            isTooLong = true;
            wrong(at, "is one operand too many: a filter has at most " + MAX_OPERANDS);
        }
    }

    private static String operatorAt(Place at) {
        return at.pointer.substring(at.pointer.lastIndexOf('/') + 1);
    }

    private static String named(Place at, Value operand) {
        return "{" + ValueWriter.quoted(operatorAt(at)) + ":" + shown(operand) + "}";
    }

    private static String shown(Value value) {
        return Shown.text(value);
    }
}
