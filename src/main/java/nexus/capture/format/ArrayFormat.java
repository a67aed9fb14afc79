package nexus.capture.format;

import java.nio.charset.StandardCharsets;
import nexus.capture.json.JsonWriter;

/**
 * {@code {1,NULL,3}} as {@code [1,null,3]}, of any dimension. Bounds other than 1, {@code [0:1]={…}}, are not in the
 * JSON.
 */
public record ArrayFormat(JsonFormat element, char delimiter) implements JsonFormat {
    private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

    /** The limit of PostgreSQL. */
    private static final int MAX_DIMENSIONS = 6;

    @Override
    public void write(byte[] text, int from, int to, JsonWriter out) {
        if (dimension(text, behindBounds(text, from, to), to, MAX_DIMENSIONS, out) != to) {
            throw misfit();
        }
    }

    /** Reads an array with its braces. */
    private int dimension(byte[] text, int from, int to, int mostDimensions, JsonWriter out) {
        if (mostDimensions == 0 || !has('{', text, from, to)) {
            throw misfit();
        }
        out.put('[');
        int at = from + 1;
        if (!has('}', text, at, to)) {
            at = item(text, at, to, mostDimensions, out);
            while (has(delimiter, text, at, to)) {
                out.put(',');
                at = item(text, at + 1, to, mostDimensions, out);
            }
        }
        if (!has('}', text, at, to)) {
            throw misfit();
        }
        out.put(']');
        return at + 1;
    }

    private int item(byte[] text, int from, int to, int mostDimensions, JsonWriter out) {
        if (has('{', text, from, to)) {
            return dimension(text, from, to, mostDimensions - 1, out);
        } else if (has('"', text, from, to)) {
            QuotedText quoted = QuotedText.read(text, from, to, false);
            quoted.write(element, out);
            return quoted.next();
        }
        return unquoted(text, from, to, out);
    }

    private static boolean has(char c, byte[] text, int at, int to) {
        return at < to && text[at] == c;
    }

    @Override
    public boolean mayMisfit() {
        return element.mayMisfit();
    }

    private static int behindBounds(byte[] text, int from, int to) {
        int at = from;
        if (at < to && text[at] == '[') {
            while (at < to && text[at++] != '=') {
                // skips the bounds and the equals sign
            }
        }
        return at;
    }

    private int unquoted(byte[] text, int from, int to, JsonWriter out) {
        int end = from;
        while (end < to && text[end] != delimiter && text[end] != '}') {
            end++;
        }
        if (end == from) {
            throw misfit(); // an empty string is quoted
        } else if (isNull(text, from, end)) {
            out.raw(NULL);
        } else {
            element.write(text, from, end, out);
        }
        return end;
    }

    /** The string "NULL" is quoted in the text. */
    private static boolean isNull(byte[] text, int from, int to) {
        return to - from == 4
                && text[from] == 'N'
                && text[from + 1] == 'U'
                && text[from + 2] == 'L'
                && text[from + 3] == 'L';
    }

    private static MisfitException misfit() {
        return new MisfitException("not an array");
    }
}
