package nexus.capture;

import java.nio.charset.StandardCharsets;

/**
 * {@code {1,NULL,3}} as {@code [1,null,3]}, of any dimension. Bounds other than 1, {@code [0:1]={…}}, are not in the
 * JSON.
 */
record ArrayFormat(JsonFormat element, char delimiter) implements JsonFormat {
    private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

    @Override
    public void write(byte[] text, int from, int to, JsonWriter out) {
        int depth = 0;
        int at = behindBounds(text, from, to);
        do {
            if (at >= to) {
                throw misfit();
            }
            byte b = text[at];
            if (b == '{') {
                out.put('[');
                depth++;
                at++;
            } else if (depth == 0) {
                throw misfit();
            } else if (b == '}') {
                out.put(']');
                depth--;
                at++;
            } else if (b == delimiter) {
                out.put(',');
                at++;
            } else if (b == '"') {
                QuotedText quoted = QuotedText.read(text, at, to, false);
                quoted.write(element, out);
                at = quoted.next();
            } else {
                at = unquoted(text, at, to, out);
            }
        } while (depth > 0);
        if (at != to) {
            throw misfit();
        }
    }

    @Override
    public boolean mayMisfit() {
        return element.mayMisfit();
    }

    private static int behindBounds(byte[] text, int from, int to) {
        int at = from;
        if (at < to && text[at] == '[') {
            while (at < to && text[at++] != '=') {
                // up to and over the equals sign
            }
        }
        return at;
    }

    private int unquoted(byte[] text, int from, int to, JsonWriter out) {
        int end = from;
        while (end < to && text[end] != delimiter && text[end] != '}') {
            end++;
        }
        if (isNull(text, from, end)) {
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
        return new MisfitException("an array's");
    }
}
