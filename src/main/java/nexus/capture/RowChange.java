package nexus.capture;

import java.nio.charset.StandardCharsets;
import nexus.capture.CapturedTable.JsonColumn;
import nexus.event.EventBody;
import nexus.event.EventId;
import nexus.event.IncomingEvent;
import nexus.event.Operation;
import nexus.pgoutput.PgOutputMessage.OldRow;
import nexus.pgoutput.TupleData;
import nexus.pgoutput.TupleData.Kind;
import org.jspecify.annotations.Nullable;

/**
 * The body of one row change, made of the values as they came.
 *
 * @param before null when the old row is not in the WAL, and for inserts and truncates
 * @param after null for deletes and truncates
 * @param maxBytes a bigger body is made of the key columns alone
 */
record RowChange(
        EventId id,
        SourceTransaction transaction,
        long ordinal,
        CapturedTable table,
        Operation operation,
        @Nullable OldRow before,
        @Nullable TupleData after,
        int maxBytes)
        implements IncomingEvent.Body {
    private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

    /** Which columns of a row are written. */
    private enum Part {
        WHOLE,
        IDENTITY,
        KEY;

        boolean has(JsonColumn column) {
            return switch (this) {
                case WHOLE -> true;
                case IDENTITY -> column.isInIdentity();
                case KEY -> column.isInKey();
            };
        }
    }

    @Override
    public byte[] bytes() {
        try {
            byte[] body = body(data(new JsonWriter(maxBytes), false));
            if (body.length <= maxBytes) {
                return body;
            }
        } catch (JsonWriter.FullException e) {
            // as if it had been made and found too long
        }
        return body(data(new JsonWriter(Integer.MAX_VALUE), true));
    }

    private byte[] body(byte[] data) {
        return EventBody.of(id, table.type(operation), transaction.createdAt(), data, metadata());
    }

    private byte[] data(JsonWriter out, boolean oversized) {
        out.ascii("{\"type\":\"" + operation + "\",\"schema\":");
        out.string(table.schema());
        out.ascii(",\"table\":");
        out.string(table.name());
        out.ascii(",\"record\":");
        row(after, oversized ? Part.KEY : Part.WHOLE, out);
        out.ascii(",\"old_record\":");
        row(before == null ? null : before.values(), oldPart(oversized), out);
        out.ascii(",\"changed\":");
        changed(out);
        out.ascii(",\"unavailable\":");
        unavailable(oversized, out);
        if (oversized) {
            out.ascii(",\"oversized\":true");
        }
        out.put('}');
        return out.toBytes();
    }

    private Part oldPart(boolean oversized) {
        if (oversized) {
            return Part.KEY;
        }
        return before != null && before.keyOnly() ? Part.IDENTITY : Part.WHOLE;
    }

    private void row(@Nullable TupleData row, Part part, JsonWriter out) {
        if (row == null) {
            out.raw(NULL);
            return;
        }
        char separator = '{';
        for (int i = 0; i < row.size(); i++) {
            JsonColumn column = table.columns().get(i);
            TupleData from = holderOf(row, i);
            if (part.has(column) && from.kind(i) != Kind.UNCHANGED) {
                out.put(separator);
                separator = ',';
                column.member().write(out);
                if (from.kind(i) == Kind.NULL) {
                    out.raw(NULL);
                } else {
                    column.format().write(from.bytes(), from.from(i), from.to(i), out);
                }
            }
        }
        if (separator == '{') {
            out.put('{');
        }
        out.put('}');
    }

    /** The old row where the new one says "unchanged", the value is TOASTed and the old one is there. */
    private TupleData holderOf(TupleData row, int column) {
        OldRow old = before;
        if (old == null || row.kind(column) != Kind.UNCHANGED) {
            return row;
        }
        boolean isInOld = !old.keyOnly() || table.columns().get(column).isInIdentity();
        return isInOld ? old.values() : row;
    }

    /** The columns whose values differ, as far as the whole old row is known. */
    private void changed(JsonWriter out) {
        TupleData now = after;
        OldRow then = before;
        if (now == null || then == null || then.keyOnly()) {
            out.raw(NULL);
            return;
        }
        Names names = new Names(out);
        for (int i = 0; i < now.size(); i++) {
            if (now.kind(i) != Kind.UNCHANGED && !now.sameValue(i, then.values())) {
                names.add(table.columns().get(i).name());
            }
        }
        names.close();
    }

    /** The columns that {@code record} lacks. */
    private void unavailable(boolean oversized, JsonWriter out) {
        TupleData row = after;
        Names names = new Names(out);
        if (row != null) {
            for (int i = 0; i < row.size(); i++) {
                JsonColumn column = table.columns().get(i);
                if (holderOf(row, i).kind(i) == Kind.UNCHANGED || (oversized && !column.isInKey())) {
                    names.add(column.name());
                }
            }
            table.unpublished().forEach(names::add);
        }
        names.close();
    }

    private byte[] metadata() {
        JsonWriter out = new JsonWriter(Integer.MAX_VALUE);
        transaction.metadata(ordinal, out);
        if (table.partition().isPresent()) {
            out.ascii(",\"partition\":");
            out.string(table.partition().get());
        }
        out.put('}');
        return out.toBytes();
    }

    /** A JSON array of names. */
    private static final class Names {
        private final JsonWriter out;
        private boolean isEmpty = true;

        Names(JsonWriter out) {
            this.out = out;
            out.put('[');
        }

        void add(JsonText name) {
            if (!isEmpty) {
                out.put(',');
            }
            isEmpty = false;
            name.write(out);
        }

        void close() {
            out.put(']');
        }
    }
}
