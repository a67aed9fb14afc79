package nexus.capture;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import nexus.capture.json.JsonWriter;
import nexus.event.Operation;
import org.jspecify.annotations.Nullable;

/**
 * One change as PostgreSQL itself described it in the transaction that made it.
 *
 * @param root schema and name of the topmost partitioned table, or its own
 * @param table of the partition itself, where it is one
 * @param isFull whether the replica identity was the whole row
 * @param untouched columns that the statement did not set
 * @param place in the history of statements
 */
record ExpectedChange(
        Operation operation,
        long oid,
        List<String> root,
        String schema,
        String table,
        boolean isFull,
        @Nullable Row before,
        @Nullable Row after,
        Set<String> untouched,
        int place) {
    /** Such texts are made of random digits: too long to be compressed into the row. */
    private static final int SURELY_TOASTED = 4_000;

    /** The catalog of the moment of reading, which is all that can be known about these three. */
    private static final String ROOT = """
            SELECT s.nspname, r.relname FROM pg_class c JOIN pg_class r ON r.oid = pg_partition_root(c.oid)
            JOIN pg_namespace s ON s.oid = r.relnamespace WHERE c.oid = ? AND c.relispartition""";

    private static final String EXISTS = "SELECT 'yes' FROM pg_class WHERE oid = ?";

    private static final String GENERATED = """
            SELECT attname FROM pg_attribute WHERE attrelid = ? AND attgenerated <> '' AND NOT attisdropped
            ORDER BY attnum""";
    private static final String SHAPE = "SELECT format_type(oid, NULL), oracle.shape(oid) FROM pg_type WHERE oid = ?";

    /** The published columns, in their order, and the names of the others. */
    record Row(List<Value> values, List<String> unpublished) {
        Row {
            values = List.copyOf(values);
            unpublished = List.copyOf(unpublished);
        }
    }

    /**
     * @param shape of its type, when that is not built in
     * @param text as PostgreSQL writes the value
     * @param json what {@code to_json} made of it
     */
    record Value(
            String name,
            long type,
            String shape,
            boolean isInIdentity,
            @Nullable String text,
            String json) {}

    /**
     * What the event's {@code data} may be, read when the catalog is as it is now. It is one alone while nothing has
     * changed that no message tells of: which table a partition is of, what a type of the user's is like, and which columns
     * are generated and not published. After that
     * it is as these are now, or still as they were.
     *
     * @param formerRoots of a partition that is no longer there: whether it was detached before nobody can say
     */
    Set<String> data(Connection catalog, Set<List<String>> formerRoots) throws SQLException {
        List<String> rootNow = strings(catalog, ROOT, oid);
        Set<List<String>> names = new LinkedHashSet<>();
        names.add(root);
        names.add(rootNow.isEmpty() ? List.of(schema, table) : rootNow);
        if (strings(catalog, EXISTS, oid).isEmpty()) {
            names.addAll(formerRoots);
        }
        Set<String> data = new LinkedHashSet<>();
        for (List<String> name : names) {
            for (boolean typesOfNow : List.of(false, true)) {
                for (boolean columnsOfNow : List.of(false, true)) {
                    data.add(data(name.getFirst(), name.getLast(), typesOfNow, columnsOfNow, catalog));
                }
            }
        }
        return data;
    }

    private String data(
            String schemaThen, String tableThen, boolean typesOfNow, boolean columnsOfNow, Connection catalog)
            throws SQLException {
        return "{\"type\":\"" + operation + "\",\"schema\":" + quoted(schemaThen) + ",\"table\":" + quoted(tableThen)
                + ",\"record\":" + record(typesOfNow, catalog)
                + ",\"old_record\":" + oldRecord(typesOfNow, catalog)
                + ",\"changed\":" + changed()
                + ",\"unavailable\":" + names(unavailable(columnsOfNow, catalog)) + "}";
    }

    private String record(boolean typesOfNow, Connection catalog) throws SQLException {
        if (after == null) {
            return "null";
        }
        List<Value> values = new ArrayList<>();
        for (Value value : after.values) {
            if (isFull || !isUnchangedToast(value)) {
                values.add(value);
            }
        }
        return object(values, typesOfNow, catalog);
    }

    private String oldRecord(boolean typesOfNow, Connection catalog) throws SQLException {
        if (before == null) {
            return "null";
        } else if (isFull) {
            return object(before.values, typesOfNow, catalog);
        }
        List<Value> key = before.values.stream().filter(Value::isInIdentity).toList();
        boolean isKnown =
                after == null || key.stream().anyMatch(value -> !Objects.equals(value.text, now(value.name).text));
        return isKnown ? object(key, typesOfNow, catalog) : "null";
    }

    private String changed() {
        if (before == null || after == null || !isFull) {
            return "null";
        }
        return names(before.values.stream()
                .filter(value -> !Objects.equals(value.text, now(value.name).text))
                .map(Value::name)
                .toList());
    }

    private List<String> unavailable(boolean columnsOfNow, Connection catalog) throws SQLException {
        List<String> names = new ArrayList<>();
        if (after != null) {
            Set<String> published = new HashSet<>();
            for (Value value : after.values) {
                published.add(value.name);
                if (!isFull && isUnchangedToast(value)) {
                    names.add(value.name);
                }
            }
            for (String generated : columnsOfNow ? strings(catalog, GENERATED, oid) : after.unpublished) {
                if (!published.contains(generated)) {
                    names.add(generated);
                }
            }
        }
        return names;
    }

    private boolean isUnchangedToast(Value value) {
        return untouched.contains(value.name) && value.text != null && value.text.length() > SURELY_TOASTED;
    }

    private Value now(String name) {
        return Objects.requireNonNull(after).values.stream()
                .filter(value -> value.name.equals(name))
                .findAny()
                .orElseThrow();
    }

    private static String object(List<Value> values, boolean typesOfNow, Connection catalog) throws SQLException {
        List<String> members = new ArrayList<>();
        for (Value value : values) {
            members.add(quoted(value.name) + ":" + (typesOfNow ? jsonNow(value, catalog) : value.json));
        }
        return "{" + String.join(",", members) + "}";
    }

    /**
     * What {@code to_json} said; but a value whose type is another one by now is read as that, if its text is one, and
     * is its text otherwise, or when the type is gone.
     */
    private static String jsonNow(Value value, Connection catalog) throws SQLException {
        if (value.text == null || value.shape.isEmpty()) {
            return value.json;
        }
        List<String> type = strings(catalog, SHAPE, value.type);
        if (type.isEmpty()) {
            return quoted(value.text);
        } else if (type.getLast().equals(value.shape)) {
            return value.json;
        }
        try (PreparedStatement statement =
                catalog.prepareStatement("SELECT to_json(?::text::" + type.getFirst() + ")::text")) {
            statement.setString(1, value.text);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getString(1);
            }
        } catch (SQLException e) {
            return quoted(value.text);
        }
    }

    private static String names(List<String> names) {
        return "[" + String.join(",", names.stream().map(ExpectedChange::quoted).toList()) + "]";
    }

    private static String quoted(String text) {
        JsonWriter out = new JsonWriter(Integer.MAX_VALUE);
        out.string(text);
        return new String(out.toBytes(), java.nio.charset.StandardCharsets.UTF_8);
    }

    private static List<String> strings(Connection catalog, String sql, long oid) throws SQLException {
        List<String> strings = new ArrayList<>();
        try (PreparedStatement statement = catalog.prepareStatement(sql.replace("= ?", "= ?::oid"))) {
            statement.setLong(1, oid);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                        strings.add(rows.getString(i));
                    }
                }
            }
        }
        return strings;
    }
}
