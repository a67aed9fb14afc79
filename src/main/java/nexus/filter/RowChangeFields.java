package nexus.filter;

import java.util.Collection;
import java.util.List;
import nexus.value.Value;
import org.jspecify.annotations.Nullable;

/** The data of a row change, in which columns are unknown when the WAL does not carry them. */
final class RowChangeFields implements Value.Fields {
    /** The names in the path of a column: data, record or old_record, and the column. */
    static final int COLUMN_DEPTH = 3;

    static final String RECORD = "record";
    static final String OLD_RECORD = "old_record";
    static final String CHANGED = "changed";

    private static final Value UPDATE = new Value.Text("UPDATE");
    private static final Value DELETE = new Value.Text("DELETE");

    private final Value.Fields data;
    private @Nullable Value record; // made when it is needed
    private @Nullable Value old; // made when it is needed

    RowChangeFields(Value.Fields data) {
        this.data = data;
    }

    @Override
    public Value get(String name) {
        return switch (name) {
            case RECORD -> record();
            case OLD_RECORD -> old();
            default -> data.get(name);
        };
    }

    @Override
    public Collection<String> names() {
        return data.names();
    }

    private Value record() {
        Value known = record;
        if (known == null) {
            Value row = data.get(RECORD);
            known = row instanceof Value.Fields fields ? new Row(fields, false) : row;
            record = known;
        }
        return known;
    }

    /** An insert has no old row, so its columns are missing. Those of an update or delete may only be unknown. */
    private Value old() {
        Value known = old;
        if (known == null) {
            Value row = data.get(OLD_RECORD);
            if (row instanceof Value.Fields fields) {
                known = new Row(fields, !isWholeOldRowKnown());
            } else {
                known = row instanceof Value.Null && hasOldRow() ? UnreadRow.NONE : row;
            }
            old = known;
        }
        return known;
    }

    private boolean hasOldRow() {
        Value operation = data.get("type");
        return operation.equals(UPDATE) || operation.equals(DELETE);
    }

    /** The body of a delete does not show whether its old row is whole. */
    private boolean isWholeOldRowKnown() {
        return data.get(CHANGED) instanceof Value.Items && data.get("oversized") instanceof Value.Missing;
    }

    private boolean isUnavailable(String column) {
        return data.get("unavailable") instanceof Value.Items names
                && names.values().contains(new Value.Text(column));
    }

    /** Whether the change says that this column has another value than before, also where it shows neither. */
    static boolean isListedAsChanged(Value.Fields event, String column) {
        return Path.step(event.get("data"), CHANGED) instanceof Value.Items names
                && names.values().contains(new Value.Text(column));
    }

    private final class Row implements Value.Fields {
        private final Value.Fields columns;
        private final boolean isPartial;

        Row(Value.Fields columns, boolean isPartial) {
            this.columns = columns;
            this.isPartial = isPartial;
        }

        @Override
        public Value get(String name) {
            Value value = columns.get(name);
            return value instanceof Value.Missing && (isPartial || isUnavailable(name)) ? Value.UNKNOWN : value;
        }

        @Override
        public Collection<String> names() {
            return columns.names();
        }
    }

    /** An old row that existed, while the WAL has nothing of it: null in the body, and every column is unknown. */
    static final class UnreadRow implements Value.Fields {
        static final UnreadRow NONE = new UnreadRow();

        private UnreadRow() {}

        @Override
        public Value get(String name) {
            return Value.UNKNOWN;
        }

        @Override
        public Collection<String> names() {
            return List.of();
        }
    }
}
