package nexus.page.subscription;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import nexus.event.EventType;
import nexus.event.Operation;

/** Patterns for the changes of a table that a person chose. */
final class EventTypeChoice {
    private static final Pattern PLAIN = Pattern.compile("pg(\\.[A-Za-z0-9_%-]+){2}");
    private static final int ALL = 4;

    private EventTypeChoice() {}

    /**
     * The patterns that are there, and those of the table.
     *
     * @param table as {@code schema.table}, or what its event types begin with
     * @param operations none or all of them are one pattern
     */
    static String added(String patterns, String table, List<String> operations) {
        Set<String> all = new LinkedHashSet<>();
        patterns.lines().map(String::strip).filter(line -> !line.isEmpty()).forEach(all::add);
        String begin = PLAIN.matcher(table).matches() ? table : begin(table);
        if (operations.isEmpty() || operations.size() >= ALL) {
            all.add(begin + ".*");
        } else {
            operations.forEach(operation -> all.add(begin + "." + operation));
        }
        return String.join("\n", all);
    }

    private static String begin(String table) {
        int dot = table.indexOf('.');
        String schema = dot < 0 ? "public" : table.substring(0, dot);
        String name = dot < 0 ? table : table.substring(dot + 1);
        String insert = EventType.rowChange(schema.strip(), name.strip(), Operation.INSERT)
                .value();
        return insert.substring(0, insert.lastIndexOf('.'));
    }
}
