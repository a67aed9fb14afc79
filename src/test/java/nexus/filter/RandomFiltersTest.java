package nexus.filter;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import nexus.value.JsonValues;
import nexus.value.Value;
import nexus.value.ValueWriter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/** Random filters and events against a plain model that interprets the pattern, where null is unknown. */
class RandomFiltersTest {
    private static final int ROUNDS = 10_000;
    private static final List<String> NAMES = List.of("a", "b", "c", "hidden");
    private static final List<String> SCALARS = List.of(
            "0",
            "-0.0",
            "1",
            "1.0",
            "1.10",
            "1.1",
            "10e-1",
            "9007199254740993",
            "9007199254740992",
            "1e400",
            "-1e400",
            "\"\"",
            "\"a\"",
            "\"ab\"",
            "\"b\"",
            "\"1\"",
            "\"\\ud83d\\ude00\"",
            "\"\\ue000\"",
            "true",
            "false",
            "null");

    private Random random = new Random();

    @RepeatedTest(4)
    void agreesWithTheModel(RepetitionInfo repetition) {
        random = new Random(repetition.getCurrentRepetition());
        Map<Truth, Integer> seen = new EnumMap<>(Truth.class);
        for (int i = 0; i < ROUNDS; i++) {
            String body = body();
            String pattern = "{\"data\":{\"" + oneOf("record", "old_record") + "\":" + object(3) + "}}";
            EventFields event = EventFields.ofBody(JsonValues.read(body));
            Filter filter = FilterTest.filter(pattern);
            Truth truth = filter.test(event);
            assertThat(truth)
                    .as(() -> pattern + " on " + body)
                    .isEqualTo(truth(matches(JsonValues.read(pattern), event, event, List.of())));
            assertThat(filter.decide(event).isMatched()).isEqualTo(truth == Truth.TRUE);
            if (truth == Truth.TRUE) {
                assertThat(filter.equalities()).allSatisfy(equality -> {
                    Value value = equality.path().in(event);
                    assertThat(equality.values().contains(value)
                                    || (value instanceof Value.Items items
                                            && items.values().stream().anyMatch(equality.values()::contains)))
                            .as(() -> pattern + " on " + body)
                            .isTrue();
                });
            }
            seen.merge(truth, 1, Integer::sum);
        }
        assertThat(seen).hasSize(3).allSatisfy((truth, count) -> assertThat(count)
                .isGreaterThan(ROUNDS / 50));
    }

    private static Truth truth(@Nullable Boolean value) {
        return value == null ? Truth.UNKNOWN : Truth.of(value);
    }

    private String oneOf(String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private String scalar() {
        return SCALARS.get(random.nextInt(SCALARS.size()));
    }

    private String several(int most, Supplier<String> each) {
        return String.join(
                ",",
                IntStream.range(0, random.nextInt(most + 1))
                        .mapToObj(i -> each.get())
                        .toList());
    }

    private String value(int depth) {
        return switch (random.nextInt(depth == 0 ? 1 : 5)) {
            case 1 -> "[" + several(3, () -> value(depth - 1)) + "]";
            case 2 -> row(depth - 1);
            default -> scalar();
        };
    }

    private String row(int depth) {
        List<String> members = new ArrayList<>();
        for (String name : NAMES.subList(0, 3)) {
            if (random.nextInt(4) > 0) {
                members.add("\"" + name + "\":" + value(depth));
            }
        }
        return "{" + String.join(",", members) + "}";
    }

    private String body() {
        String operation = oneOf("INSERT", "UPDATE", "DELETE");
        String record = operation.equals("DELETE") ? "null" : row(2);
        String old = operation.equals("INSERT") ? "null" : oneOf("null", row(2), row(2));
        String changed = operation.equals("UPDATE") && !old.equals("null") ? oneOf("null", "[]") : "null";
        return "{\"id\":\"x\",\"type\":\"pg.public.t.x\",\"createdAt\":\"2026\",\"payload\":{\"data\":{\"type\":\""
                + operation
                + "\",\"record\":" + record + ",\"old_record\":" + old + ",\"changed\":" + changed
                + ",\"unavailable\":[\"hidden\"]},\"metadata\":{}}}";
    }

    private String object(int depth) {
        List<String> members = new ArrayList<>();
        for (String name : NAMES) {
            if (random.nextInt(3) == 0) {
                members.add("\"" + name + "\":" + pattern(depth - 1));
            }
        }
        if (depth > 0 && random.nextInt(4) == 0) {
            members.add("\"$not\":" + object(depth - 1));
        }
        if (depth > 0 && random.nextInt(4) == 0) {
            members.add("\"" + oneOf("$or", "$and") + "\":[" + object(depth - 1) + "," + object(depth - 1) + "]");
        }
        return "{" + String.join(",", members) + "}";
    }

    private String pattern(int depth) {
        String reference =
                "{\"$ref\":\"data." + oneOf("record", "old_record") + "." + oneOf("a", "b", "hidden") + "\"}";
        return switch (random.nextInt(depth > 0 ? 12 : 10)) {
            case 0 -> scalar();
            case 1 ->
                "{\"" + oneOf("$eq", "$neq") + "\":" + oneOf(scalar(), "[" + several(2, this::scalar) + "]", reference)
                        + "}";
            case 2, 3 ->
                "{\"" + oneOf("$gt", "$gte", "$lt", "$lte") + "\":"
                        + oneOf("1.1", "\"a\"", "9007199254740992", "\"\\ue000\"", reference) + "}";
            case 4 -> "{\"" + oneOf("$in", "$nin") + "\":[" + several(4, this::scalar) + "]}";
            case 5 ->
                "{\"" + oneOf("$startsWith", "$endsWith") + "\":" + oneOf("\"\"", "\"a\"", "\"b\"", reference) + "}";
            case 6 -> "{\"$contains\":" + oneOf(scalar(), reference) + "}";
            case 7 -> "{\"$exist\":" + oneOf("true", "false") + "}";
            case 8 -> reference;
            case 9 -> "{\"$not\":" + scalar() + "}";
            case 10 -> "{\"$or\":[" + pattern(depth - 1) + "," + pattern(depth - 1) + "]}";
            default -> object(depth - 1);
        };
    }

    // the model

    private static @Nullable Boolean not(@Nullable Boolean value) {
        return value == null ? null : !value;
    }

    private static @Nullable Boolean all(List<@Nullable Boolean> parts) {
        return parts.contains(false) ? Boolean.FALSE : parts.contains(null) ? null : Boolean.TRUE;
    }

    private static @Nullable Boolean matches(Value pattern, Value here, EventFields event, List<String> path) {
        if (!(pattern instanceof Value.Fields fields)) {
            return equal(here, pattern);
        }
        List<@Nullable Boolean> parts = new ArrayList<>();
        for (String name : fields.names()) {
            Value operand = fields.get(name);
            if (!name.startsWith("$")) {
                parts.add(matches(
                        operand,
                        here instanceof Value.Fields inner
                                ? inner.get(name)
                                : here instanceof Value.Unknown ? here : Value.MISSING,
                        event,
                        path));
                continue;
            }
            parts.add(
                    switch (name) {
                        case "$not" -> not(matches(operand, here, event, path));
                        case "$and" -> all(each(operand, here, event, path));
                        case "$or" -> not(all(negated(each(operand, here, event, path))));
                        case "$in" -> among(here, (Value.Items) operand);
                        case "$nin" -> not(among(here, (Value.Items) operand));
                        case "$eq", "$ref" ->
                            equal(here, name.equals("$ref") ? at(operand, event) : resolved(operand, event));
                        case "$neq" -> not(equal(here, resolved(operand, event)));
                        case "$exist" ->
                            here instanceof Value.Unknown
                                    ? null
                                    : operand.equals(Value.TRUE) != here instanceof Value.Missing;
                        default -> compared(name, here, resolved(operand, event));
                    });
        }
        return all(parts);
    }

    private static List<@Nullable Boolean> negated(List<@Nullable Boolean> parts) {
        List<@Nullable Boolean> negated = new ArrayList<>();
        for (Boolean part : parts) {
            negated.add(not(part));
        }
        return negated;
    }

    private static List<@Nullable Boolean> each(Value operand, Value here, EventFields event, List<String> path) {
        List<@Nullable Boolean> each = new ArrayList<>();
        ((Value.Items) operand).values().forEach(part -> each.add(matches(part, here, event, path)));
        return each;
    }

    private static Value resolved(Value operand, EventFields event) {
        return operand instanceof Value.Fields fields ? at(fields.get("$ref"), event) : operand;
    }

    private static Value at(Value path, EventFields event) {
        Value value = event;
        for (String name : ((Value.Text) path).value().split("\\.", -1)) {
            value = value instanceof Value.Fields fields
                    ? fields.get(name)
                    : value instanceof Value.Unknown ? value : Value.MISSING;
        }
        return value;
    }

    private static @Nullable Boolean among(Value here, Value.Items choices) {
        List<@Nullable Boolean> each = new ArrayList<>();
        choices.values().forEach(choice -> each.add(not(equal(here, choice))));
        return not(all(each));
    }

    private static @Nullable Boolean equal(Value value, Value operand) {
        if (value instanceof Value.Missing || operand instanceof Value.Missing) {
            return false;
        }
        if (value instanceof Value.Unknown || operand instanceof Value.Unknown) {
            return null;
        }
        return same(value, operand)
                || (value instanceof Value.Items items
                        && !(operand instanceof Value.Null
                                || operand instanceof Value.Items
                                || operand instanceof Value.Fields)
                        && items.values().stream().anyMatch(item -> same(item, operand)));
    }

    private static boolean same(Value one, Value other) {
        return plain(one).equals(plain(other));
    }

    /** Numbers by value, and everything else as JSON. */
    private static Object plain(Value value) {
        return switch (value) {
            case Value.Num num -> new BigDecimal(num.text()).stripTrailingZeros();
            case Value.Items items ->
                items.values().stream().map(RandomFiltersTest::plain).toList();
            case Value.Fields fields ->
                fields.names().stream()
                                .sorted()
                                .map(name -> List.of(name, plain(fields.get(name))))
                                .toList()
                        + "object";
            default -> ValueWriter.text(value);
        };
    }

    private static @Nullable Boolean compared(String operator, Value value, Value operand) {
        if (value instanceof Value.Unknown || operand instanceof Value.Unknown) {
            return null;
        }
        if (operator.equals("$contains") && value instanceof Value.Items items) {
            return !(operand instanceof Value.Items
                            || operand instanceof Value.Fields
                            || operand instanceof Value.Missing)
                    && items.values().stream().anyMatch(item -> same(item, operand));
        }
        if (value instanceof Value.Num one && operand instanceof Value.Num other) {
            return ordered(operator, new BigDecimal(one.text()).compareTo(new BigDecimal(other.text())));
        }
        if (!(value instanceof Value.Text one) || !(operand instanceof Value.Text other)) {
            return false;
        }
        return switch (operator) {
            case "$startsWith" -> one.value().indexOf(other.value()) == 0;
            case "$endsWith" ->
                one.value().length() >= other.value().length()
                        && one.value()
                                .substring(one.value().length() - other.value().length())
                                .equals(other.value());
            case "$contains" -> one.value().indexOf(other.value()) >= 0;
            default ->
                ordered(
                        operator,
                        Arrays.compare(
                                one.value().codePoints().toArray(),
                                other.value().codePoints().toArray()));
        };
    }

    private static boolean ordered(String operator, int sign) {
        return switch (operator) {
            case "$gt" -> sign > 0;
            case "$gte" -> sign >= 0;
            case "$lt" -> sign < 0;
            case "$lte" -> sign <= 0;
            default -> false;
        };
    }
}
