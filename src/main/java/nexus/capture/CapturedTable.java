package nexus.capture;

import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import nexus.capture.catalog.CatalogTable;
import nexus.capture.format.JsonFormat;
import nexus.capture.format.MisfitException;
import nexus.capture.format.TypeFormats;
import nexus.capture.json.JsonText;
import nexus.capture.json.JsonWriter;
import nexus.capture.json.UniqueNames;
import nexus.event.EventKey;
import nexus.event.EventType;
import nexus.event.Operation;
import nexus.pgoutput.PgOutputMessage.Column;
import nexus.pgoutput.PgOutputMessage.OldRow;
import nexus.pgoutput.PgOutputMessage.Relation;
import nexus.pgoutput.TupleData;
import org.jspecify.annotations.Nullable;

/**
 * A table as a RELATION message and the catalog describe it: the root of its partition tree, the JSON format of each
 * column, and the key of its rows.
 *
 * @param schema of the topmost partitioned table
 * @param name of the topmost partitioned table
 * @param partition {@code schema.table} of the partition itself, if it is one
 * @param unpublished columns of the table that no message contains
 * @param names finds a column by its name
 */
record CapturedTable(
        Relation relation,
        String schema,
        String name,
        Optional<String> partition,
        Map<Operation, EventType> types,
        List<JsonColumn> columns,
        List<JsonText> unpublished,
        RowKey key,
        ColumnNames names) {
    private static final String OWN_SCHEMA = "nexus";
    private static final String SNAPSHOT = "SNAPSHOT";
    private static final String MISFIT = "not what the catalog says of the type";
    /** Characters that are kept of a schema or table name when the whole name would make the event type too long. */
    private static final int SHORTENED_NAME = 33;

    /**
     * @param name as a JSON string
     * @param member as the name of a JSON member
     * @param isInKey whether it is one of the columns that identify a row
     */
    record JsonColumn(JsonText name, JsonText member, JsonFormat format, boolean isInIdentity, boolean isInKey) {
        private static final String UNFORMATTED = "not of the type's form";

        /** Writes a value of kind TEXT, as a string when the format fails. */
        void write(TupleData row, int column, JsonWriter out) {
            int start = out.size();
            try {
                format.write(row.bytes(), row.from(column), row.to(column), out);
            } catch (JsonWriter.FullException e) {
                throw e;
            } catch (MisfitException e) {
                writeInstead(e.why(), start, row, column, out);
            } catch (RuntimeException | StackOverflowError e) {
                writeInstead(UNFORMATTED, start, row, column, out);
            }
            out.endColumn(name);
        }

        private static void writeInstead(String why, int start, TupleData row, int column, JsonWriter out) {
            out.backTo(start);
            new JsonFormat.AsText(why).write(row.bytes(), row.from(column), row.to(column), out);
        }

        JsonColumn asText(String why) {
            return new JsonColumn(name, member, new JsonFormat.AsText(why), isInIdentity, isInKey);
        }
    }

    /** @param catalogTable empty when the table does not exist any more; then only the message describes it */
    static CapturedTable of(Relation relation, Optional<CatalogTable> catalogTable, TypeFormats formats) {
        CatalogTable described = catalogTable.orElse(CatalogTable.unknown(Optional.empty()));
        CatalogTable.Name own = described.name().orElse(new CatalogTable.Name(relation.schema(), relation.table()));
        CatalogTable.Name root = described.root().orElse(own);
        String schema = root.schema();
        String name = root.table();
        RowKey key = RowKey.of(relation, EventKey.ofTable(schema, name), described.primaryKey());
        List<JsonColumn> columns = columns(relation, key, formats);
        return new CapturedTable(
                relation,
                schema,
                name,
                root.equals(own) ? Optional.empty() : Optional.of(own.schema() + '.' + own.table()),
                types(schema, name),
                columns,
                unpublished(relation, described.perhapsUnpublished()),
                key,
                new ColumnNames(columns));
    }

    /** A copy that writes values of composite types as text, because they do not match the catalog. */
    CapturedTable withMisfitsAsText(@Nullable OldRow before, @Nullable TupleData after, int maxBytes) {
        List<JsonColumn> asText = IntStream.range(0, columns.size())
                .mapToObj(i -> {
                    boolean fits = (before == null || fits(before.values(), i, maxBytes))
                            && (after == null || fits(after, i, maxBytes));
                    return fits ? columns.get(i) : columns.get(i).asText(MISFIT);
                })
                .toList();
        return new CapturedTable(relation, schema, name, partition, types, asText, unpublished, key, names);
    }

    /** A copy that writes all values as text, for a change that could not be written in any other way. */
    CapturedTable asText(String why) {
        List<JsonColumn> asText =
                columns.stream().map(column -> column.asText(why)).toList();
        return new CapturedTable(relation, schema, name, partition, types, asText, unpublished, key, names);
    }

    /** Whether it is one of Nexus's own tables, whose changes arrive when all tables are published and never become events. */
    static boolean isOwn(Relation relation) {
        return relation.schema().equals(OWN_SCHEMA);
    }

    /** The bytes of all column names, which are written for each row. */
    int nameBytes() {
        int bytes = 0;
        for (JsonColumn column : columns) {
            bytes += column.member().bytes() + 1;
        }
        return bytes;
    }

    EventType type(Operation operation) {
        return Objects.requireNonNull(types.get(operation));
    }

    RowChange.Action action(Operation operation) {
        return new RowChange.Action(type(operation), operation.name());
    }

    /** The action of a row that a backfill has read. */
    RowChange.Action snapshot() {
        try {
            return new RowChange.Action(EventType.snapshot(schema, name), SNAPSHOT);
        } catch (IllegalArgumentException e) {
            return new RowChange.Action(EventType.snapshot(shortened(schema), shortened(name)), SNAPSHOT);
        }
    }

    /**
     * Whether the values can be written as the catalog describes their types.
     *
     * @param maxBytes values above this size are not examined, because they are never written
     * @throws BrokenStreamException if the values do not match this table's columns, or are not text
     */
    boolean fits(@Nullable OldRow before, @Nullable TupleData after, int maxBytes) {
        return (before == null || fits(before.values(), maxBytes)) && (after == null || fits(after, maxBytes));
    }

    private boolean fits(TupleData row, int maxBytes) {
        if (row.size() != columns.size()) {
            throw new BrokenStreamException("a row of " + row.size() + " columns for " + columns.size() + " of "
                    + relation.schema() + '.' + relation.table());
        }
        for (int i = 0; i < row.size(); i++) {
            if (row.kind(i) == TupleData.Kind.BINARY) {
                throw new BrokenStreamException("a binary value, which nobody asked for");
            }
            if (!fits(row, i, maxBytes)) {
                return false;
            }
        }
        return true;
    }

    private boolean fits(TupleData row, int column, int maxBytes) {
        JsonFormat format = columns.get(column).format();
        if (!format.mayMisfit() || row.kind(column) != TupleData.Kind.TEXT) {
            return true;
        }
        JsonWriter tried = new JsonWriter(maxBytes);
        try {
            columns.get(column).write(row, column, tried);
        } catch (JsonWriter.FullException e) {
            return true;
        }
        return !tried.hasNotes();
    }

    private static Map<Operation, EventType> types(String schema, String name) {
        Map<Operation, EventType> types = new EnumMap<>(Operation.class);
        for (Operation operation : Operation.values()) {
            types.put(operation, type(schema, name, operation));
        }
        return types;
    }

    /** Names of 63 bytes fit; a server may be built with longer names, or have names that are not UTF-8. */
    private static EventType type(String schema, String name, Operation operation) {
        try {
            return EventType.rowChange(schema, name, operation);
        } catch (IllegalArgumentException e) {
            return EventType.rowChange(shortened(schema), shortened(name), operation);
        }
    }

    private static String shortened(String name) {
        if (name.isEmpty()) {
            return "_";
        }
        return name.codePointCount(0, name.length()) <= SHORTENED_NAME
                ? name
                : name.substring(0, name.offsetByCodePoints(0, SHORTENED_NAME));
    }

    private static List<JsonColumn> columns(Relation relation, RowKey key, TypeFormats formats) {
        List<String> names =
                UniqueNames.of(relation.columns().stream().map(Column::name).toList());
        return IntStream.range(0, names.size())
                .mapToObj(i -> {
                    Column column = relation.columns().get(i);
                    return new JsonColumn(
                            JsonText.string(names.get(i)),
                            JsonText.member(names.get(i)),
                            formats.of(column.typeOid()),
                            column.isInIdentity(),
                            key.columns().contains(i));
                })
                .toList();
    }

    private static List<JsonText> unpublished(Relation relation, Set<String> perhaps) {
        Set<String> published = new HashSet<>();
        relation.columns().forEach(column -> published.add(column.name()));
        return perhaps.stream()
                .filter(name -> !published.contains(name))
                .map(JsonText::string)
                .toList();
    }
}
