package nexus.page;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nexus.value.Numeral;
import nexus.value.Value;
import nexus.value.ValueWriter;
import org.jspecify.annotations.Nullable;

/** Values of JSON in the types that templates know. */
final class PlainJson {
    private static final int LONG_DIGITS = 18;
    private static final int MOST_DIGITS = 40;
    private static final String STEP = "  ";

    private PlainJson() {}

    static @Nullable Object of(Value value) {
        return switch (value) {
            case Value.Missing missing -> null;
            case Value.Unknown unknown -> null;
            case Value.Null none -> null;
            case Value.Bool bool -> bool.value();
            case Value.Num num -> number(num.number());
            case Value.Text text -> text.value();
            case Value.Items items -> list(items);
            case Value.Fields fields -> map(fields);
        };
    }

    private static List<@Nullable Object> list(Value.Items items) {
        List<@Nullable Object> list = new ArrayList<>(items.values().size());
        items.values().forEach(item -> list.add(of(item)));
        return list;
    }

    private static Map<String, @Nullable Object> map(Value.Fields fields) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        fields.names().forEach(name -> map.put(name, of(fields.get(name))));
        return map;
    }

    /** A number that is computed with when it is small, and its digits when it is not. */
    private static Object number(Numeral number) {
        String text = number.text();
        if (text.length() <= LONG_DIGITS && text.chars().allMatch(c -> c == '-' || (c >= '0' && c <= '9'))) {
            return Long.parseLong(text);
        }
        BigDecimal decimal = text.length() <= MOST_DIGITS ? number.decimal(MOST_DIGITS) : null;
        return decimal != null && decimal.toPlainString().equals(text) ? decimal : text;
    }

    /** JSON for a person: a line for each value, with all digits as they came. */
    static String pretty(Value value) {
        StringBuilder out = new StringBuilder();
        pretty(value, "", out);
        return out.toString();
    }

    private static void pretty(Value value, String indent, StringBuilder out) {
        switch (value) {
            case Value.Fields fields
            when !fields.names().isEmpty() -> {
                String separator = "{\n";
                for (String name : fields.names()) {
                    out.append(separator).append(indent).append(STEP);
                    out.append(ValueWriter.quoted(name)).append(": ");
                    pretty(fields.get(name), indent + STEP, out);
                    separator = ",\n";
                }
                out.append('\n').append(indent).append('}');
            }
            case Value.Items items
            when !items.values().isEmpty() -> {
                String separator = "[\n";
                for (Value item : items.values()) {
                    out.append(separator).append(indent).append(STEP);
                    pretty(item, indent + STEP, out);
                    separator = ",\n";
                }
                out.append('\n').append(indent).append(']');
            }
            default -> out.append(ValueWriter.text(value));
        }
    }
}
