package nexus.replication;

/** Names and texts inside of SQL that takes no parameters. */
public final class SqlName {
    private SqlName() {}

    /** An identifier, always in double quotes. */
    public static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** A text literal; an escape string when there is a backslash in it, whatever the server's settings. */
    public static String literal(String text) {
        String doubled = text.replace("'", "''");
        return doubled.indexOf('\\') < 0 ? '\'' + doubled + '\'' : "E'" + doubled.replace("\\", "\\\\") + '\'';
    }
}
