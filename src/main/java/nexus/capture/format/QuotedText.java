package nexus.capture.format;

import nexus.capture.json.JsonWriter;

/**
 * A quoted part of a composite's, an array's or an hstore's text. Backslash escapes in all of them; in a composite a
 * quote may also be doubled.
 */
final class QuotedText {
    private final byte[] text;
    private final int from;
    private final int to;
    private final int next;

    private QuotedText(byte[] text, int from, int to, int next) {
        this.text = text;
        this.from = from;
        this.to = to;
        this.next = next;
    }

    /**
     * @param open index of the opening quote
     * @param doubled whether two quotes stand for one
     * @throws MisfitException if the closing quote is missing
     */
    static QuotedText read(byte[] text, int open, int to, boolean doubled) {
        int escapes = 0;
        for (int at = open + 1; at < to; at++) {
            if (text[at] == '\\') {
                at++;
                escapes++;
            } else if (text[at] == '"') {
                if (doubled && at + 1 < to && text[at + 1] == '"') {
                    at++;
                    escapes++;
                } else if (escapes == 0) {
                    return new QuotedText(text, open + 1, at, at + 1);
                } else {
                    return unescaped(text, open + 1, at, escapes);
                }
            }
        }
        throw new MisfitException("not closed by a quote");
    }

    private static QuotedText unescaped(byte[] text, int from, int to, int escapes) {
        byte[] plain = new byte[to - from - escapes];
        int size = 0;
        for (int at = from; at < to; at++) {
            if (text[at] == '\\' || text[at] == '"') {
                at++; // the character after a backslash or a first quote
            }
            plain[size++] = text[at];
        }
        return new QuotedText(plain, 0, size, to + 1);
    }

    void write(JsonFormat format, JsonWriter out) {
        format.write(text, from, to, out);
    }

    /** The index after the closing quote. */
    int next() {
        return next;
    }
}
