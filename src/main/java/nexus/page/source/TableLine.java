package nexus.page.source;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A table of the source as a line of a list, with what its capture lacks in words. */
final class TableLine {
    private TableLine() {}

    static Map<String, Object> of(Map<String, @Nullable Object> table) {
        Map<String, Object> line = new HashMap<>();
        List<?> captured = list(table.get("captured"));
        List<?> wanted = list(table.get("wanted"));
        List<?> key = list(table.get("primaryKey"));
        String identity = String.valueOf(table.get("replicaIdentity"));
        line.put("name", table.get("schema") + "." + table.get("table"));
        line.put("eventType", String.valueOf(table.get("eventType")));
        line.put("key", joined(key));
        line.put("identity", identity);
        line.put("columns", list(table.get("columns")).size());
        line.put("captured", joined(captured));
        line.put("wanted", joined(wanted));
        line.put("subscriptions", table.get("subscriptions") instanceof Number number ? number : Integer.valueOf(0));
        line.put("level", level(captured, wanted));
        line.put("note", note(captured, wanted, identity));
        line.put("fix", fix(table, captured, wanted, identity));
        line.put("mayBackfill", !key.isEmpty());
        return line;
    }

    private static String level(List<?> captured, List<?> wanted) {
        if (wanted.isEmpty()) {
            return "";
        }
        return captured.containsAll(wanted) ? "ok" : "warn";
    }

    private static String note(List<?> captured, List<?> wanted, String identity) {
        if (wanted.isEmpty()) {
            return "no subscription wants it";
        }
        if (!captured.containsAll(wanted)) {
            return identity.equals("none")
                    ? "updates and deletes cannot be captured: nothing identifies the old row"
                    : "not all that is wanted is published";
        }
        return switch (identity) {
            case "full" -> "old rows are known whole";
            case "key" -> "of old rows, only the key is known";
            default -> "";
        };
    }

    /** SQL for an administrator; empty when there is nothing to mend. */
    private static String fix(Map<String, @Nullable Object> table, List<?> captured, List<?> wanted, String identity) {
        String name = quoted(table.get("schema")) + "." + quoted(table.get("table"));
        if (!captured.containsAll(wanted) && identity.equals("none")) {
            return "ALTER TABLE " + name + " REPLICA IDENTITY FULL;";
        }
        return "";
    }

    static String quoted(@Nullable Object name) {
        return '"' + String.valueOf(name).replace("\"", "\"\"") + '"';
    }

    private static List<?> list(@Nullable Object value) {
        return value instanceof List<?> list ? list : List.of();
    }

    private static String joined(List<?> list) {
        return String.join(", ", list.stream().map(String::valueOf).toList());
    }
}
