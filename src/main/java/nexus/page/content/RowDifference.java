package nexus.page.content;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import nexus.value.Value;
import nexus.value.ValueWriter;

/**
 * The old and the new row of a row change, column by column.
 *
 * @param operation INSERT, UPDATE, DELETE, TRUNCATE or SNAPSHOT; another text of the event as it is
 * @param table with its schema, for people
 * @param lines one for each column, the changed ones first
 * @param left number of columns that are not shown
 * @param notes what the event does not contain, and why
 * @param fix the SQL with which later events contain more; empty when there is none
 */
public record RowDifference(
        String operation, String table, List<Line> lines, int left, List<String> notes, Optional<String> fix) {
    private static final int MOST_LINES = 400;
    private static final int MOST_CHARACTERS = 2_000;
    private static final String CUT = "…";

    /** How one column changed. */
    public enum Kind {
        ADDED("new"),
        REMOVED("old"),
        CHANGED("changed"),
        SAME("same"),
        /** It has a value now, and the old one is not in the event. */
        NOW("now"),
        /** The event has no value of it. */
        UNAVAILABLE("not in the event");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }

    /**
     * One column.
     *
     * @param before the old value as JSON, cut when it is long; empty when it is not known or there was none
     * @param after the new value likewise
     */
    public record Line(String name, Kind kind, Optional<String> before, Optional<String> after) {
        public boolean isChange() {
            return switch (kind) {
                case ADDED, REMOVED, CHANGED -> true;
                case SAME, NOW, UNAVAILABLE -> false;
            };
        }

        /** Payloads stay out of logs. */
        @Override
        public String toString() {
            return "Line[redacted]";
        }
    }

    public RowDifference {
        lines = List.copyOf(lines);
        notes = List.copyOf(notes);
    }

    /**
     * Reads the difference.
     *
     * @param data of the event's payload
     * @return empty when this is no row change
     */
    public static Optional<RowDifference> of(Value data) {
        if (!(data instanceof Value.Fields change) || !(change.get("table") instanceof Value.Text table)) {
            return Optional.empty();
        }
        String schema = text(change.get("schema"));
        return Optional.of(new Reading(change, schema, table.value()).difference());
    }

    /** How many columns changed as far as the event tells. */
    public long changes() {
        return lines.stream().filter(Line::isChange).count();
    }

    private static String text(Value value) {
        return value instanceof Value.Text text ? text.value() : "";
    }

    /** Reads one row change. */
    private static final class Reading {
        private final String operation;
        private final String schema;
        private final String table;
        private final Value record;
        private final Value oldRecord;
        private final Value changed;
        private final Set<String> unavailable;
        private final boolean isOversized;

        Reading(Value.Fields change, String schema, String table) {
            this.operation = text(change.get("type"));
            this.schema = schema;
            this.table = table;
            this.record = change.get("record");
            this.oldRecord = change.get("old_record");
            this.changed = change.get("changed");
            this.unavailable = names(change.get("unavailable"));
            this.isOversized = change.get("oversized") instanceof Value.Bool big && big.value();
        }

        RowDifference difference() {
            List<Line> all = new ArrayList<>();
            Set<String> columns = new LinkedHashSet<>(namesOf(record));
            columns.addAll(namesOf(oldRecord));
            columns.addAll(unavailable);
            for (String column : columns) {
                all.add(line(column));
            }
            List<Line> shown = new ArrayList<>();
            all.stream().filter(Line::isChange).forEach(shown::add);
            all.stream().filter(line -> !line.isChange()).forEach(shown::add);
            int most = Math.min(shown.size(), MOST_LINES);
            return new RowDifference(
                    operation,
                    schema.isEmpty() ? table : schema + '.' + table,
                    shown.subList(0, most),
                    shown.size() - most,
                    notes(),
                    isOldUnknown() && !schema.isEmpty()
                            ? Optional.of("ALTER TABLE " + identifier(schema) + '.' + identifier(table)
                                    + " REPLICA IDENTITY FULL;")
                            : Optional.empty());
        }

        private Line line(String column) {
            Optional<Value> now = valueIn(record, column);
            Optional<Value> old = valueIn(oldRecord, column);
            return new Line(
                    column, kind(column, now, old), old.map(RowDifference::shown), now.map(RowDifference::shown));
        }

        private Kind kind(String column, Optional<Value> now, Optional<Value> old) {
            if (now.isEmpty() && (unavailable.contains(column) || old.isEmpty())) {
                return Kind.UNAVAILABLE;
            }
            return switch (operation) {
                case "INSERT", "SNAPSHOT" -> Kind.ADDED;
                case "DELETE" -> Kind.REMOVED;
                default -> {
                    if (changed instanceof Value.Items items) {
                        yield items.values().contains(new Value.Text(column)) ? Kind.CHANGED : Kind.SAME;
                    }
                    if (now.isEmpty()) {
                        yield Kind.REMOVED;
                    }
                    if (old.isEmpty()) {
                        yield Kind.NOW;
                    }
                    yield ValueWriter.text(now.get()).equals(ValueWriter.text(old.get())) ? Kind.SAME : Kind.CHANGED;
                }
            };
        }

        private boolean isOldUnknown() {
            return operation.equals("UPDATE") && !(changed instanceof Value.Items);
        }

        private List<String> notes() {
            List<String> notes = new ArrayList<>();
            if (operation.equals("TRUNCATE")) {
                notes.add("All rows of the table were deleted at once. The WAL does not list them.");
            }
            if (isOversized) {
                notes.add("The change is larger than EVENT_MAX_BYTES, so the event contains only the key columns.");
            } else if (!unavailable.isEmpty()) {
                notes.add("The WAL does not contain " + listed(unavailable)
                        + ": a large value that this statement did not change, or a column that is not published.");
            }
            if (isOldUnknown()) {
                notes.add(
                        namesOf(oldRecord).isEmpty()
                                ? "The WAL contains the new row only, so which columns changed is not known."
                                : "Of the old row the WAL contains the key only, which changed. Whether other columns"
                                        + " changed is not known.");
            }
            if (operation.equals("DELETE") && !namesOf(oldRecord).isEmpty() && isOldRowPartial()) {
                notes.add("Under the table's replica identity, the WAL may contain only the key of a deleted row.");
            }
            return notes;
        }

        /** A whole row nearly always has more columns than its key; the event does not tell them apart. */
        private boolean isOldRowPartial() {
            return namesOf(oldRecord).size() <= 2;
        }
    }

    private static Set<String> names(Value list) {
        return list instanceof Value.Items items
                ? items.values().stream().map(RowDifference::text).collect(Collectors.toCollection(LinkedHashSet::new))
                : Set.of();
    }

    private static Collection<String> namesOf(Value row) {
        return row instanceof Value.Fields fields ? fields.names() : List.of();
    }

    private static Optional<Value> valueIn(Value row, String column) {
        if (!(row instanceof Value.Fields fields)) {
            return Optional.empty();
        }
        Value value = fields.get(column);
        return value instanceof Value.Missing || value instanceof Value.Unknown ? Optional.empty() : Optional.of(value);
    }

    private static String shown(Value value) {
        String text = ValueWriter.text(value);
        if (text.length() <= MOST_CHARACTERS) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(MOST_CHARACTERS - 1)) ? MOST_CHARACTERS - 1 : MOST_CHARACTERS;
        return text.substring(0, end) + CUT;
    }

    private static String listed(Set<String> names) {
        String first = names.stream().limit(5).collect(Collectors.joining(", "));
        return names.size() > 5 ? first + " and " + (names.size() - 5) + " more columns" : first;
    }

    private static String identifier(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** Payloads stay out of logs. */
    @Override
    public String toString() {
        return "RowDifference[redacted]";
    }
}
