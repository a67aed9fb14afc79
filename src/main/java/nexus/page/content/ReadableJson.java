package nexus.page.content;

import nexus.value.JsonValues;
import nexus.value.Value;
import nexus.value.ValueWriter;

/**
 * JSON with a line for each member, or the text as it is when that is not possible.
 *
 * @param text at most {@link #MOST} characters
 * @param left number of characters that are not shown; above zero the end of the text is missing
 */
public record ReadableJson(String text, int left) {
    /** Characters that are shown. */
    public static final int MOST = 64 * 1024;
    /** A longer text is not read, because reading takes a multiple of its size in memory. */
    private static final int MOST_READ = 256 * 1024;

    private static final String INDENT = "  ";

    public static ReadableJson of(String json) {
        if (json.length() > MOST_READ) {
            return cut(json);
        }
        Value value;
        try {
            value = JsonValues.read(json);
        } catch (IllegalArgumentException e) { // an answer, or a body that a template made
            return cut(json);
        }
        StringBuilder out = new StringBuilder(json.length() * 2);
        write(value, "\n", out);
        return cut(out.toString());
    }

    /** Text that is shown as it is. */
    public static ReadableJson plain(String text) {
        return cut(text);
    }

    public boolean isCut() {
        return left > 0;
    }

    private static ReadableJson cut(String text) {
        if (text.length() <= MOST) {
            return new ReadableJson(text, 0);
        }
        int end = Character.isHighSurrogate(text.charAt(MOST - 1)) ? MOST - 1 : MOST;
        return new ReadableJson(text.substring(0, end), text.length() - end);
    }

    private static void write(Value value, String lineBreak, StringBuilder out) {
        switch (value) {
            case Value.Fields fields -> fields(fields, lineBreak, out);
            case Value.Items items -> items(items, lineBreak, out);
            case Value.Missing other -> out.append(ValueWriter.text(other));
            case Value.Unknown other -> out.append(ValueWriter.text(other));
            case Value.Null other -> out.append(ValueWriter.text(other));
            case Value.Bool other -> out.append(ValueWriter.text(other));
            case Value.Num other -> out.append(ValueWriter.text(other));
            case Value.Text other -> out.append(ValueWriter.text(other));
        }
    }

    private static void fields(Value.Fields fields, String lineBreak, StringBuilder out) {
        if (fields.names().isEmpty()) {
            out.append("{}");
            return;
        }
        String inner = lineBreak + INDENT;
        char separator = '{';
        for (String name : fields.names()) {
            out.append(separator).append(inner).append(ValueWriter.quoted(name)).append(": ");
            separator = ',';
            write(fields.get(name), inner, out);
        }
        out.append(lineBreak).append('}');
    }

    private static void items(Value.Items items, String lineBreak, StringBuilder out) {
        if (items.values().isEmpty()) {
            out.append("[]");
            return;
        }
        String inner = lineBreak + INDENT;
        char separator = '[';
        for (Value item : items.values()) {
            out.append(separator).append(inner);
            separator = ',';
            write(item, inner, out);
        }
        out.append(lineBreak).append(']');
    }

    /** Payloads stay out of logs. */
    @Override
    public String toString() {
        return "ReadableJson[redacted]";
    }
}
