package nexus.page.start;

import java.util.Optional;
import java.util.regex.Pattern;
import nexus.event.EventType;
import nexus.event.Operation;
import nexus.value.ValueWriter;

/**
 * What is tried: the changes of a table, or a type that is published.
 *
 * @param what as it was entered: {@code public.users} or {@code order.paid}
 */
record Trial(Kind kind, String what) {
    private static final Pattern TYPE = Pattern.compile("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*");
    private static final int LONGEST = 200;

    /** How an event comes about. */
    enum Kind {
        TABLE,
        TYPE
    }

    /** Empty if nothing can be tried with it. */
    static Optional<Trial> of(String kind, String what) {
        String text = what.strip();
        if (text.isEmpty() || text.length() > LONGEST) {
            return Optional.empty();
        }
        if (kind.equals("table")) {
            return Optional.of(new Trial(Kind.TABLE, text.indexOf('.') > 0 ? text : "public." + text));
        }
        return TYPE.matcher(text).matches() && !text.startsWith("pg.") && !text.startsWith("nexus.")
                ? Optional.of(new Trial(Kind.TYPE, text))
                : Optional.empty();
    }

    String word() {
        return kind == Kind.TABLE ? "table" : "type";
    }

    /** The pattern of the subscription. */
    String eventType() {
        if (kind == Kind.TYPE) {
            return what;
        }
        String insert = EventType.rowChange(schema(), table(), Operation.INSERT).value();
        return insert.substring(0, insert.lastIndexOf('.')) + ".*";
    }

    private String schema() {
        return what.substring(0, what.indexOf('.'));
    }

    private String table() {
        return what.substring(what.indexOf('.') + 1);
    }

    boolean isDemo() {
        return kind == Kind.TABLE && what.equals("public.users");
    }

    /** SQL that a person completes, for a table that Nexus must not write to. */
    String sql() {
        return "UPDATE " + quoted(schema()) + "." + quoted(table()) + " SET … WHERE …;";
    }

    private static String quoted(String name) {
        return name.matches("[a-z_][a-z0-9_]*") ? name : '"' + name.replace("\"", "\"\"") + '"';
    }

    /** The subscription that sends to an inbox. Its retries come soon, so that one can be watched. */
    String subscription(String endpoint) {
        return "{\"name\":" + ValueWriter.quoted("First steps: " + what) + ",\"endpointUrl\":"
                + ValueWriter.quoted(endpoint) + ",\"eventTypes\":[" + ValueWriter.quoted(eventType())
                + "],\"retry\":{\"baseSeconds\":2}}";
    }
}
