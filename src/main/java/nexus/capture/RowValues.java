package nexus.capture;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import nexus.capture.CapturedTable.JsonColumn;
import nexus.capture.format.JsonFormat;
import nexus.capture.json.JsonScan;
import nexus.capture.json.JsonText;
import nexus.capture.json.JsonWriter;
import nexus.pgoutput.TupleData;
import nexus.value.JsonValues;
import nexus.value.Value;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a row as values. A column is formatted when it is asked for, once. One whose value was not received is
 * unknown. For one thread.
 */
final class RowValues implements Value.Fields {
    private static final char REPLACEMENT = '\ufffd';

    private final RowChange change;
    private final CapturedTable table;
    private final TupleData row;
    private final boolean isIdentityOnly;
    private final @Nullable Value[] known;

    /** @param isIdentityOnly whether only the columns of the identity have values */
    RowValues(RowChange change, TupleData row, boolean isIdentityOnly) {
        this.change = change;
        this.table = change.table();
        this.row = row;
        this.isIdentityOnly = isIdentityOnly;
        this.known = new Value[row.size()];
    }

    @Override
    public Value get(String name) {
        int column = table.names().position(name);
        if (column >= 0 && column < known.length) {
            Value value = known[column];
            if (value == null) {
                value = value(column);
                known[column] = value;
            }
            return value;
        }
        for (JsonText unpublished : table.unpublished()) {
            if (unpublished.text().equals(name)) {
                return Value.UNKNOWN;
            }
        }
        return Value.MISSING;
    }

    @Override
    public Collection<String> names() {
        List<String> names = new ArrayList<>(known.length);
        for (int i = 0; i < known.length; i++) {
            if (isReceived(i)) {
                names.add(table.columns().get(i).name().text());
            }
        }
        return names;
    }

    private boolean isReceived(int column) {
        if (isIdentityOnly && !table.columns().get(column).isInIdentity()) {
            return false;
        }
        return switch (change.holderOf(row, column).kind(column)) {
            case NULL, TEXT -> true;
            case UNCHANGED, BINARY, OMITTED -> false;
        };
    }

    private Value value(int column) {
        if (!isReceived(column)) {
            return Value.UNKNOWN;
        }
        TupleData holder = change.holderOf(row, column);
        return holder.kind(column) == TupleData.Kind.NULL
                ? Value.NULL
                : formatted(table.columns().get(column), holder, column);
    }

    private Value formatted(JsonColumn column, TupleData holder, int i) {
        JsonFormat format = column.format();
        if (format == JsonFormat.Plain.STRING) {
            String text = holder.text(i);
            if (text.indexOf(REPLACEMENT) < 0) { // else it may not be UTF-8
                return new Value.Text(text);
            }
        } else if (format == JsonFormat.Plain.NUMBER
                && holder.from(i) < holder.to(i)
                && JsonScan.endOfNumber(holder.bytes(), holder.from(i), holder.to(i)) == holder.to(i)) {
            return Value.Num.of(holder.text(i));
        }
        JsonWriter out = new JsonWriter(change.maxBytes(), holder.to(i) - holder.from(i) + 2);
        try {
            column.write(holder, i, out);
            return JsonValues.read(out.toBytes());
        } catch (JsonWriter.FullException | IllegalArgumentException e) { // too large for the body
            return Value.UNKNOWN;
        }
    }
}
