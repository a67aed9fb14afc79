package nexus.subscription.listener;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nexus.refusal.Refusal;

/**
 * A table as a caller names it: {@code users} (schema public) or {@code sales.orders}, in the catalog's spelling, so
 * nothing is folded to lower case; quotes are needed only round a dot or a quote.
 */
public record TableName(String schema, String table) {
    public static final int MAX_CHARACTERS = 300;
    private static final String DEFAULT_SCHEMA = "public";
    /** PostgreSQL cuts longer names off: none of its tables can have one. */
    private static final int MAX_NAME_BYTES = 63;

    private static final Pattern NAME = Pattern.compile("\"((?:[^\"]|\"\")+)\"|([^\".]+)");
    private static final String OWN_SCHEMA = "nexus";

    public static TableName parse(String text, String pointer) {
        List<String> names = new ArrayList<>();
        Matcher matcher = NAME.matcher(text);
        int at = 0;
        while (matcher.region(at, text.length()).lookingAt()) {
            names.add(matcher.group(1) != null ? matcher.group(1).replace("\"\"", "\"") : matcher.group(2));
            at = matcher.end();
            if (at == text.length() || text.charAt(at) != '.') {
                break;
            }
            at++;
        }
        boolean isRead = at == text.length() && !text.endsWith(".") && (names.size() == 1 || names.size() == 2);
        if (!isRead || names.stream().anyMatch(name -> name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES)) {
            throw new Refusal.Invalid(
                    pointer,
                    "must be table or schema.table as the catalog spells them, with \"quotes\" round a name that has a"
                            + " dot or a quote in it");
        }
        TableName table = new TableName(names.size() == 2 ? names.getFirst() : DEFAULT_SCHEMA, names.getLast());
        if (table.schema().equals(OWN_SCHEMA)) {
            throw new Refusal.Invalid(pointer, "must not be in schema nexus: Nexus's own tables are never captured");
        }
        return table;
    }

    /** As {@link #parse} reads it, without the schema when that is public. */
    @Override
    public String toString() {
        return schema.equals(DEFAULT_SCHEMA) ? quoted(table) : quoted(schema) + "." + quoted(table);
    }

    private static String quoted(String name) {
        return name.indexOf('.') >= 0 || name.indexOf('"') >= 0 ? '"' + name.replace("\"", "\"\"") + '"' : name;
    }
}
