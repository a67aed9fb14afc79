package nexus.backfill.table;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import nexus.backfill.condition.Condition;
import nexus.replication.source.SqlName;

/**
 * The statement that reads one chunk. Its first columns are the key, the next is the {@code mode} of the row, and the others
 * are its published columns.
 *
 * <p>The innermost query takes the next rows by the key alone, so the time of a chunk does not depend on how many rows the
 * condition selects. Values are read only for rows that are sent.
 */
record ChunkSql(Leaf leaf, Condition condition, int maxRows, long maxRowBytes, long maxBytes) {
    /** The row is read, but the condition excludes it. */
    static final int EXCLUDED = 0;

    static final int SENT = 1;
    /** The row is sent with its key alone, because it is too large. */
    static final int KEY_ONLY = 2;
    /** This row and all after it belong to a later chunk. */
    static final int LATER = 3;

    /** Memory of a row besides its values. */
    private static final int ROW_BYTES = 500;

    /** @param isContinued whether there is a parameter for each column of the key, of the last row before the chunk */
    String text(boolean isContinued, int rows) {
        String key = leaf.key().stream().map(column -> quoted(column.name())).collect(Collectors.joining(", "));
        String alias = quoted(leaf.root().table());
        String mode = unused("nexus_mode");
        String size = unused("nexus_size");
        String before = unused("nexus_before");
        String count = unused("nexus_count");
        String next = "SELECT * FROM ONLY " + quoted(leaf.name().schema()) + '.'
                + quoted(leaf.name().table()) + (isContinued ? " WHERE " + after() : "") + " ORDER BY " + key
                + " LIMIT " + rows;
        String judged = "SELECT *, CASE WHEN (" + leaf.rowFilter().orElse("true") + ") AND (\n" + condition.sql()
                + "\n) THEN CASE WHEN " + size() + " > " + maxRowBytes + " THEN " + KEY_ONLY + " ELSE " + SENT
                + " END ELSE " + EXCLUDED + " END AS " + mode + ", " + size() + " AS " + size
                + " FROM (" + next + ") AS " + alias;
        String summed = "SELECT *, pg_catalog.sum(CASE " + mode + " WHEN " + EXCLUDED + " THEN 0 WHEN " + KEY_ONLY
                + " THEN " + ROW_BYTES + " ELSE " + size + " END) OVER earlier AS " + before
                + ", pg_catalog.sum(CASE " + mode + " WHEN " + EXCLUDED + " THEN 0 ELSE 1 END) OVER earlier AS " + count
                + " FROM (" + judged + ") AS judged WINDOW earlier AS (ORDER BY " + key
                + " ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)";
        String isLater =
                "(coalesce(" + before + ", 0) >= " + maxBytes + " OR coalesce(" + count + ", 0) >= " + maxRows + ")";
        List<String> selected = new ArrayList<>();
        leaf.key().forEach(column -> selected.add(quoted(column.name())));
        selected.add("CASE WHEN " + isLater + " THEN " + LATER + " ELSE " + mode + " END");
        for (ReadColumn column : leaf.published()) {
            boolean isOfKey =
                    leaf.keyNames().contains(column.name()) || leaf.identity().contains(column.name());
            String shown = isOfKey ? mode + " <> " + EXCLUDED : mode + " = " + SENT;
            selected.add("CASE WHEN " + shown + " AND NOT " + isLater + " THEN " + quoted(column.name()) + " END");
        }
        return "SELECT " + String.join(", ", selected) + " FROM (" + summed + ") AS summed ORDER BY " + key;
    }

    /** The rows after the given key, in a form for which the index can be used. */
    private String after() {
        List<KeyColumn> key = leaf.key();
        if (isComparedAsRow()) {
            String columns = key.stream().map(column -> quoted(column.name())).collect(Collectors.joining(", "));
            String values = key.stream().map(ChunkSql::parameter).collect(Collectors.joining(", "));
            KeyColumn first = key.getFirst();
            String greater = operator(first, first.greater());
            return key.size() == 1
                    ? columns + greater + values
                    : "ROW(" + columns + ")" + greater + "ROW(" + values + ")";
        }
        KeyColumn first = key.getFirst();
        return quoted(first.name()) + operator(first, first.greaterOrEqual()) + parameter(first) + " AND " + after(0);
    }

    /** The comparison of the rows column by column, because their operators lie in different schemas. */
    private String after(int from) {
        KeyColumn column = leaf.key().get(from);
        String isGreater = quoted(column.name()) + operator(column, column.greater()) + parameter(column);
        return from == leaf.key().size() - 1
                ? isGreater
                : "(" + isGreater + " OR (" + quoted(column.name()) + operator(column, column.equal())
                        + parameter(column) + " AND " + after(from + 1) + "))";
    }

    /** The columns of the key whose values the parameters take, in their order. */
    List<Integer> parameters() {
        int columns = leaf.key().size();
        List<Integer> parameters = new ArrayList<>();
        if (isComparedAsRow()) {
            for (int i = 0; i < columns; i++) {
                parameters.add(i);
            }
            return parameters;
        }
        parameters.add(0);
        for (int i = 0; i < columns; i++) {
            parameters.add(i);
            if (i < columns - 1) {
                parameters.add(i);
            }
        }
        return parameters;
    }

    private boolean isComparedAsRow() {
        return leaf.key().stream()
                        .map(column -> column.schema() + ' ' + column.greater())
                        .distinct()
                        .count()
                == 1;
    }

    private static String parameter(KeyColumn column) {
        return "CAST(? AS " + column.type() + ")";
    }

    private static String operator(KeyColumn column, String name) {
        return " OPERATOR(" + quoted(column.schema()) + '.' + name + ") ";
    }

    private String size() {
        List<String> sizes = new ArrayList<>();
        sizes.add(Integer.toString(ROW_BYTES));
        for (ReadColumn column : leaf.published()) {
            switch (column.size()) {
                case FIXED -> {}
                case LENGTH -> sizes.add("coalesce(pg_catalog.octet_length(" + quoted(column.name()) + "), 0)::bigint");
                case STORED ->
                    sizes.add("coalesce(pg_catalog.pg_column_size(" + quoted(column.name()) + "), 0)::bigint");
            }
        }
        return "(" + String.join(" + ", sizes) + ")";
    }

    private String unused(String name) {
        Set<String> taken = new HashSet<>();
        leaf.columns().forEach(column -> taken.add(column.name()));
        String unused = name;
        while (taken.contains(unused)) {
            unused += "_";
        }
        return unused;
    }

    private static String quoted(String name) {
        return SqlName.quoted(name);
    }
}
