package nexus.terminal;

import java.util.Locale;

/**
 * Escapes every character of a text that would move the cursor, change a colour, start a line, reverse the direction of
 * the text, or be invisible.
 */
public final class Printable {
    private Printable() {}

    /** On one line: a line break is escaped as well. */
    public static String line(String text) {
        return escaped(text, false);
    }

    /** Keeps line breaks and tabs. */
    public static String lines(String text) {
        return escaped(text, true);
    }

    private static String escaped(String text, boolean keepsLines) {
        if (text.codePoints().allMatch(c -> isShown(c, keepsLines))) {
            return text;
        }
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(c -> {
            if (isShown(c, keepsLines)) {
                escaped.appendCodePoint(c);
            } else {
                escaped.append("\\u{")
                        .append(Integer.toHexString(c).toUpperCase(Locale.ROOT))
                        .append('}');
            }
        });
        return escaped.toString();
    }

    private static boolean isShown(int c, boolean keepsLines) {
        if (c == '\n' || c == '\t') {
            return keepsLines;
        }
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
