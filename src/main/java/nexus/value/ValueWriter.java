package nexus.value;

import java.nio.charset.StandardCharsets;

/** Writes values as JSON: numbers with their digits, and nothing for a field that has no value. */
public final class ValueWriter {
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private final StringBuilder out = new StringBuilder();

    /** In UTF-8. What is missing or unknown counts as null here. */
    public static byte[] bytes(Value value) {
        return text(value).getBytes(StandardCharsets.UTF_8);
    }

    public static String text(Value value) {
        ValueWriter writer = new ValueWriter();
        writer.write(value);
        return writer.out.toString();
    }

    /** A string of JSON, with its quotes. */
    public static String quoted(String text) {
        ValueWriter writer = new ValueWriter();
        writer.string(text);
        return writer.out.toString();
    }

    private void write(Value value) {
        switch (value) {
            case Value.Missing m -> out.append("null");
            case Value.Unknown u -> out.append("null");
            case Value.Null n -> out.append("null");
            case Value.Bool bool -> out.append(bool.value());
            case Value.Num num -> out.append(num.text());
            case Value.Text text -> string(text.value());
            case Value.Items items -> items(items);
            case Value.Fields fields -> fields(fields);
        }
    }

    private void items(Value.Items items) {
        char separator = '[';
        for (Value item : items.values()) {
            out.append(separator);
            separator = ',';
            write(item);
        }
        out.append(separator == '[' ? "[]" : "]");
    }

    private void fields(Value.Fields fields) {
        char separator = '{';
        for (String name : fields.names()) {
            Value value = fields.get(name);
            if (value instanceof Value.Missing || value instanceof Value.Unknown) {
                continue;
            }
            out.append(separator);
            separator = ',';
            string(name);
            out.append(':');
            write(value);
        }
        out.append(separator == '{' ? "{}" : "}");
    }

    private void string(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> {
                    if (c < 0x20 || isAlone(text, i)) {
                        escaped(c);
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    /** Half of a surrogate pair, which UTF-8 cannot hold. */
    private static boolean isAlone(String text, int at) {
        char c = text.charAt(at);
        if (Character.isHighSurrogate(c)) {
            return at + 1 == text.length() || !Character.isLowSurrogate(text.charAt(at + 1));
        }
        return Character.isLowSurrogate(c) && (at == 0 || !Character.isHighSurrogate(text.charAt(at - 1)));
    }

    private void escaped(char c) {
        out.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
            out.append(HEX[(c >> shift) & 0xf]);
        }
    }
}
