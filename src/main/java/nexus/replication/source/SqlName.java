package nexus.replication.source;

import nexus.terminal.Printable;

/**
 * Writes identifiers and literals into SQL that takes no parameters. The SQL is also shown for pasting, so line breaks
 * and invisible characters are written as escapes.
 */
public final class SqlName {
    private SqlName() {}

    /** An identifier, always in double quotes. */
    public static String quoted(String name) {
        return isShownAsItIs(name)
                ? '"' + name.replace("\"", "\"\"") + '"'
                : "U&\"" + escaped(name, "\\+%06X").replace("\"", "\"\"") + '"';
    }

    /** A text literal; an escape string if it contains a backslash, whatever the settings of the server. */
    public static String literal(String text) {
        String doubled = text.replace("'", "''");
        if (isShownAsItIs(text)) {
            return doubled.indexOf('\\') < 0 ? '\'' + doubled + '\'' : "E'" + doubled.replace("\\", "\\\\") + '\'';
        }
        return "E'" + escaped(doubled, "\\U%08X") + '\'';
    }

    private static boolean isShownAsItIs(String text) {
        return Printable.line(text).equals(text);
    }

    private static String escaped(String text, String format) {
        StringBuilder escaped = new StringBuilder();
        text.codePoints().forEach(c -> {
            String character = Character.toString(c);
            if (c == '\\') {
                escaped.append("\\\\");
            } else if (isShownAsItIs(character)) {
                escaped.append(character);
            } else {
                escaped.append(format.formatted(c));
            }
        });
        return escaped.toString();
    }
}
