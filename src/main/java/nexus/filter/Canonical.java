package nexus.filter;

import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nexus.value.Value;
import nexus.value.ValueWriter;

/** A text for comparing filters: the order of parts and the notation of values make no difference. */
final class Canonical {
    private Canonical() {}

    static String text(Condition condition) {
        return switch (condition) {
            case Condition.Field field -> ValueWriter.quoted(field.name()) + ":" + text(field.inner());
            case Condition.All all ->
                all.parts().size() == 1 ? text(all.parts().getFirst()) : "all" + set(all.parts(), Canonical::text);
            case Condition.Any any -> "any" + set(any.parts(), Canonical::text);
            case Condition.Not not -> "not(" + text(not.inner()) + ")";
            case Condition.Equal equal -> "=" + operand(equal.operand());
            case Condition.Among among -> among(among);
            case Condition.AmongOthers others -> "in" + operand(others.operand());
            case Condition.Ordered ordered -> ordered.order().operator() + operand(ordered.operand());
            case Condition.Affix affix -> (affix.isAtStart() ? "start" : "end") + operand(affix.operand());
            case Condition.Containing containing -> "contains" + operand(containing.operand());
            case Condition.Existing existing -> "exist" + existing.expected();
            case Condition.Changed changed -> "changed" + changed.expected();
        };
    }

    private static String among(Condition.Among among) {
        List<Value> values = Stream.concat(
                        among.scalars().stream(), among.orNull() ? Stream.of(Value.NULL) : Stream.empty())
                .toList();
        return values.size() == 1 ? "=" + value(values.getFirst()) : "in" + set(values, Canonical::value);
    }

    private static String operand(Operand operand) {
        return switch (operand) {
            case Operand.Literal literal -> value(literal.literal());
            case Operand.Reference reference ->
                reference.path().names().stream().map(ValueWriter::quoted).collect(Collectors.joining("/", "<", ">"));
        };
    }

    private static String value(Value value) {
        return switch (value) {
            case Value.Num num -> num.number().normalized();
            case Value.Items items ->
                items.values().stream().map(Canonical::value).collect(Collectors.joining(",", "[", "]"));
            case Value.Fields fields -> {
                TreeMap<String, String> members = new TreeMap<>();
                fields.names().forEach(name -> members.put(ValueWriter.quoted(name), value(fields.get(name))));
                yield members.toString();
            }
            default -> ValueWriter.text(value);
        };
    }

    private static <T> String set(Collection<T> parts, Function<T, String> text) {
        return parts.stream().map(text).distinct().sorted().collect(Collectors.joining(",", "(", ")"));
    }
}
