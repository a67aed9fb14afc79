package nexus.page.subscription;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import nexus.value.JsonValues;
import nexus.value.Value;
import nexus.value.ValueWriter;

/**
 * A filter as rows of a table: each is one condition, and all of them must hold. A filter with alternatives or negations of
 * groups has no such form, and is edited as JSON.
 */
record FilterRows(List<Row> rows) {
    /** The word that stands for equality. */
    static final String IS = "is";

    /** The operators in the order in which they are offered. */
    static final List<Operator> OPERATORS = List.of(
            new Operator(IS, "is"),
            new Operator("$neq", "is not"),
            new Operator("$gt", ">"),
            new Operator("$gte", "≥"),
            new Operator("$lt", "<"),
            new Operator("$lte", "≤"),
            new Operator("$in", "is one of"),
            new Operator("$nin", "is none of"),
            new Operator("$startsWith", "starts with"),
            new Operator("$endsWith", "ends with"),
            new Operator("$contains", "contains"),
            new Operator("$exist", "exists (true or false)"),
            new Operator("$changed", "changed (true or false)"),
            new Operator("$ref", "equals the field"));

    private static final int MOST_ROWS = 100;

    FilterRows {
        rows = List.copyOf(rows);
    }

    /** An operator, and how it is named for a person. */
    record Operator(String name, String label) {}

    /**
     * A condition.
     *
     * @param path names with dots between them
     * @param value as it is entered: JSON, or a text without quotes
     */
    record Row(String path, String operator, String value) {}

    /** The posted rows, without empty ones. */
    static FilterRows ofForm(List<String> paths, List<String> operators, List<String> values) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < Math.min(paths.size(), MOST_ROWS); i++) {
            String path = paths.get(i).strip();
            String operator = i < operators.size() ? operators.get(i) : IS;
            if (!path.isEmpty()
                    && OPERATORS.stream().anyMatch(known -> known.name().equals(operator))) {
                rows.add(new Row(
                        path, operator, i < values.size() ? values.get(i).strip() : ""));
            }
        }
        return new FilterRows(rows);
    }

    /** Empty when the filter has no such form. */
    static Optional<FilterRows> ofJson(String json) {
        if (json.isBlank()) {
            return Optional.of(new FilterRows(List.of()));
        }
        try {
            List<Row> rows = new ArrayList<>();
            return JsonValues.read(json) instanceof Value.Fields fields && collect("", fields, rows)
                    ? Optional.of(new FilterRows(rows))
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static boolean collect(String at, Value.Fields fields, List<Row> rows) {
        for (String name : fields.names()) {
            Value value = fields.get(name);
            if (name.startsWith("$")) {
                boolean isKnown =
                        OPERATORS.stream().anyMatch(known -> known.name().equals(name));
                if (name.equals("$eq") && !at.isEmpty() && isScalar(value)) {
                    rows.add(new Row(at, IS, written(value)));
                } else if (!at.isEmpty() && isKnown && !(value instanceof Value.Fields)) {
                    rows.add(new Row(at, name, name.equals("$ref") ? plain(value) : written(value)));
                } else {
                    return false;
                }
            } else if (name.isEmpty() || name.indexOf('.') >= 0 || !name.equals(name.strip())) {
                return false;
            } else {
                String path = at.isEmpty() ? name : at + '.' + name;
                if (value instanceof Value.Fields inner) {
                    if (inner.names().isEmpty() || !collect(path, inner, rows)) {
                        return false;
                    }
                } else if (isScalar(value)) {
                    rows.add(new Row(path, IS, written(value)));
                } else {
                    return false;
                }
            }
        }
        return rows.size() <= MOST_ROWS;
    }

    private static boolean isScalar(Value value) {
        return !(value instanceof Value.Items) && !(value instanceof Value.Fields);
    }

    /** A text that could be taken for other JSON keeps its quotes. */
    private static String written(Value value) {
        if (value instanceof Value.Text text
                && !text.value().isEmpty()
                && text.value().equals(text.value().strip())) {
            return isJson(text.value()) || text.value().indexOf(',') >= 0 ? ValueWriter.text(value) : text.value();
        }
        return ValueWriter.text(value);
    }

    private static String plain(Value value) {
        return value instanceof Value.Text text ? text.value() : ValueWriter.text(value);
    }

    /** The filter; empty text when there are no rows. */
    String json() {
        if (rows.isEmpty()) {
            return "";
        }
        Map<String, Object> tree = new LinkedHashMap<>();
        for (Row row : rows) {
            Map<String, Object> at = tree;
            for (String name : row.path().split("\\.", -1)) {
                at = descend(at, name);
            }
            at.put(row.operator().equals(IS) ? "$eq" : row.operator(), value(row));
        }
        return written(tree);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> descend(Map<String, Object> at, String name) {
        return (Map<String, Object>) at.computeIfAbsent(name, first -> new LinkedHashMap<String, Object>());
    }

    /** A field with equality alone is written in the short form. */
    @SuppressWarnings("unchecked")
    private static String written(Object node) {
        if (!(node instanceof Map<?, ?> map)) {
            return String.valueOf(node);
        }
        if (map.size() == 1 && map.get("$eq") instanceof String equal) {
            return equal;
        }
        StringJoiner json = new StringJoiner(",", "{", "}");
        ((Map<String, Object>) map).forEach((name, value) -> json.add(ValueWriter.quoted(name) + ':' + written(value)));
        return json.toString();
    }

    private static String value(Row row) {
        String text = row.value();
        return switch (row.operator()) {
            case "$in", "$nin" -> text.startsWith("[") && isJson(text) ? text : list(text);
            case "$exist", "$changed" -> text.equalsIgnoreCase("false") ? "false" : "true";
            case "$ref", "$startsWith", "$endsWith" ->
                text.startsWith("\"") && isJson(text) ? text : ValueWriter.quoted(text);
            default -> scalar(text);
        };
    }

    private static String list(String text) {
        StringJoiner json = new StringJoiner(",", "[", "]");
        for (String one : text.split(",", -1)) {
            if (!one.isBlank()) {
                json.add(scalar(one.strip()));
            }
        }
        return json.toString();
    }

    private static String scalar(String text) {
        return !text.isEmpty() && text.charAt(0) != '{' && text.charAt(0) != '[' && isJson(text)
                ? text
                : ValueWriter.quoted(text);
    }

    private static boolean isJson(String text) {
        try {
            JsonValues.read(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
