package nexus.template.expression;

/** Where the parts of a text in CEL begin and end. */
public final class CelText {
    private CelText() {}

    /**
     * The end of a string literal, or of the whole text when the literal has none.
     *
     * @param quote the place of its first quote
     */
    public static int end(String text, int quote) {
        char kind = text.charAt(quote);
        boolean isRaw = isRaw(text, quote);
        String triple = String.valueOf(kind).repeat(3);
        String closing = text.startsWith(triple, quote) ? triple : String.valueOf(kind);
        for (int i = quote + closing.length(); i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && !isRaw) {
                i++;
            } else if (text.startsWith(closing, i)) {
                return i + closing.length();
            }
        }
        return text.length();
    }

    /** After {@code r}, which {@code b} may stand before, but no other part of a name. */
    private static boolean isRaw(String text, int quote) {
        int before = quote - 1;
        if (before < 0 || (text.charAt(before) != 'r' && text.charAt(before) != 'R')) {
            return false;
        }
        if (before > 0 && (text.charAt(before - 1) == 'b' || text.charAt(before - 1) == 'B')) {
            before--;
        }
        return before == 0 || !Character.isJavaIdentifierPart(text.charAt(before - 1));
    }

    /**
     * The place of a line's column.
     *
     * @param line from 1
     * @param column in code points, from 0
     */
    static int offset(String text, int line, int column) {
        int start = 0;
        for (int i = 1; i < line; i++) {
            int end = text.indexOf('\n', start);
            if (end < 0) {
                break;
            }
            start = end + 1;
        }
        int rest = text.codePointCount(start, text.length());
        return text.offsetByCodePoints(start, Math.clamp(column, 0, rest));
    }
}
