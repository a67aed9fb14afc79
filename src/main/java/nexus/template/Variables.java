package nexus.template;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import nexus.value.Value;

/** The variables of expressions. */
final class Variables {
    /** Their values are given in this order. */
    static final List<String> NAMES =
            List.of("id", "type", "createdAt", "data", "metadata", "record", "old", "changed");

    private static final Set<String> ROWS = Set.of("record", "old", "data.record", "data.old_record");

    private Variables() {}

    /** @param event with id, type, createdAt, data and metadata */
    static List<Value> of(Value.Fields event) {
        Value data = event.get("data");
        Value record = Value.NULL;
        if (data instanceof Value.Fields fields) {
            data = withUnknown(fields);
            record = part(data, "record");
        }
        return List.of(
                event.get("id"),
                event.get("type"),
                event.get("createdAt"),
                data,
                event.get("metadata"),
                record,
                part(data, "old_record"),
                part(data, "changed"));
    }

    /** Null, where the event has no such part: a published event has none of them. */
    private static Value part(Value data, String name) {
        Value part = data instanceof Value.Fields fields ? fields.get(name) : Value.NULL;
        return part instanceof Value.Missing ? Value.NULL : part;
    }

    /** The row, in which the columns that the event lists as unavailable are unknown instead of missing. */
    private static Value withUnknown(Value.Fields data) {
        if (!(data.get("record") instanceof Value.Fields row)
                || !(data.get("unavailable") instanceof Value.Items unavailable)
                || unavailable.values().isEmpty()) {
            return data;
        }
        Set<String> unknown = unavailable.values().stream()
                .filter(Value.Text.class::isInstance)
                .map(name -> ((Value.Text) name).value())
                .collect(Collectors.toUnmodifiableSet());
        Map<String, Value> parts = new LinkedHashMap<>();
        data.names().forEach(name -> parts.put(name, data.get(name)));
        parts.put("record", new Row(row, unknown));
        return Value.Fields.of(parts);
    }

    private record Row(Value.Fields row, Set<String> unknown) implements Value.Fields {
        @Override
        public Value get(String name) {
            Value value = row.get(name);
            return value instanceof Value.Missing && unknown.contains(name) ? Value.UNKNOWN : value;
        }

        @Override
        public Collection<String> names() {
            return row.names();
        }
    }

    /** Takes paths and fields, and keeps the fields that are columns of a row. */
    static BiConsumer<String, String> collectColumns(Set<String> columns) {
        return (path, field) -> {
            if (ROWS.contains(path)) {
                columns.add(field);
            }
        };
    }
}
