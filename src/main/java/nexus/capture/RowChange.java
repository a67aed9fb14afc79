package nexus.capture;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Consumer;
import nexus.capture.CapturedTable.JsonColumn;
import nexus.capture.json.JsonText;
import nexus.capture.json.JsonWriter;
import nexus.capture.message.Annotations;
import nexus.event.EventBody;
import nexus.event.EventId;
import nexus.event.EventType;
import nexus.event.IncomingEvent;
import nexus.pgoutput.PgOutputMessage.OldRow;
import nexus.pgoutput.TupleData;
import nexus.pgoutput.TupleData.Kind;
import org.jspecify.annotations.Nullable;

/**
 * The body of one row change, or of one row that a backfill has read, built from the received values.
 *
 * @param annotations metadata added before this change
 * @param before null when the old row is not in the WAL, and for inserts and truncates
 * @param after null for deletes and truncates
 * @param maxBytes a larger body contains only the key columns
 * @param undecoded counts values that do not match their types
 */
record RowChange(
        EventId id,
        SourceTransaction transaction,
        long ordinal,
        Annotations annotations,
        CapturedTable table,
        Action action,
        @Nullable OldRow before,
        @Nullable TupleData after,
        int maxBytes,
        UndecodedChanges undecoded)
        implements IncomingEvent.Body {
    /** Approximate size of a body without the names and values of its columns. */
    private static final int FRAME_BYTES = 500;

    /** A byte of a composite's text may stand for the name of an attribute, escaped. */
    private static final int MOST_JSON_PER_BYTE = 400;

    private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

    /**
     * How the change is called in the body.
     *
     * @param word the value of {@code type} in the data: {@code INSERT}
     */
    record Action(EventType type, String word) {}

    /** The columns of a row that are written. */
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

    /** The memory of the received values, in bytes. */
    int valueBytes() {
        TupleData row = after;
        OldRow old = before;
        if (row != null) {
            return row.heldBytes(); // the old row is in the same message
        }
        return old == null ? 0 : old.values().heldBytes();
    }

    /** The approximate size of the body; at most {@link #maxBytes}. */
    int expectedBytes() {
        long expected = FRAME_BYTES + annotations.bytes() + rowNameBytes() + valueBytes();
        return (int) Math.min(expected, maxBytes);
    }

    private long rowNameBytes() {
        long rows = before != null && after != null ? 2 : 1;
        return rows * table.nameBytes();
    }

    @Override
    public byte[] bytes() {
        if (isShortened()) {
            return body(new JsonWriter(Integer.MAX_VALUE), true);
        }
        try {
            return body(new JsonWriter(maxBytes, expectedBytes()), false);
        } catch (JsonWriter.FullException e) {
            return body(new JsonWriter(Integer.MAX_VALUE), true);
        }
    }

    @Override
    public byte[] reduced() {
        return body(new JsonWriter(Integer.MAX_VALUE), true);
    }

    /** The message was too large to be read completely. */
    private boolean isShortened() {
        return (after != null && after.isShortened())
                || (before != null && before.values().isShortened());
    }

    @Override
    public IncomingEvent.Payload payload() {
        return ChangeValues.of(this);
    }

    /** Whether the body holds the key columns alone. */
    boolean isOversized() {
        if (isShortened()) {
            return true;
        }
        if ((long) MOST_JSON_PER_BYTE * valueBytes() + rowNameBytes() + FRAME_BYTES + annotations.bytes() < maxBytes) {
            return false;
        }
        try {
            body(new JsonWriter(maxBytes, expectedBytes()), false);
            return false;
        } catch (JsonWriter.FullException e) {
            return true;
        }
    }

    private byte[] body(JsonWriter out, boolean oversized) {
        out.ascii(EventBody.head(id, action.type(), transaction.createdAt()));
        data(out, oversized);
        out.ascii(EventBody.METADATA);
        metadata(out);
        out.ascii(EventBody.END);
        if (out.hasNotes()) {
            undecoded.add(transaction.commitLsn(), ordinal, table, out.notes().values());
        }
        return out.toBytes();
    }

    private void data(JsonWriter out, boolean oversized) {
        out.ascii("{\"type\":\"" + action.word() + "\",\"schema\":");
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
            if (part.has(column) && from.kind(i) != Kind.UNCHANGED && from.kind(i) != Kind.OMITTED) {
                out.put(separator);
                separator = ',';
                column.member().write(out);
                if (from.kind(i) == Kind.NULL) {
                    out.raw(NULL);
                } else {
                    column.write(from, i, out);
                }
            }
        }
        if (separator == '{') {
            out.put('{');
        }
        out.put('}');
    }

    /** The old row where the new one says "unchanged", the value is TOASTed and the old one is there. */
    TupleData holderOf(TupleData row, int column) {
        OldRow old = before;
        if (old == null || row.kind(column) != Kind.UNCHANGED) {
            return row;
        }
        boolean isInOld = !old.keyOnly() || table.columns().get(column).isInIdentity();
        return isInOld ? old.values() : row;
    }

    private void changed(JsonWriter out) {
        if (isChangeKnown()) {
            Names names = new Names(out);
            eachChanged(names);
            names.close();
        } else {
            out.raw(NULL);
        }
    }

    /** Whether both rows are known as a whole. */
    boolean isChangeKnown() {
        return after != null && before != null && !before.keyOnly() && !isShortened();
    }

    /** The columns whose values differ. */
    void eachChanged(Consumer<JsonText> names) {
        TupleData now = after;
        OldRow then = before;
        if (now == null || then == null) {
            return;
        }
        for (int i = 0; i < now.size(); i++) {
            if (now.kind(i) != Kind.UNCHANGED && !now.sameValue(i, then.values())) {
                names.accept(table.columns().get(i).name());
            }
        }
    }

    private void unavailable(boolean oversized, JsonWriter out) {
        Names names = new Names(out);
        eachUnavailable(oversized, names);
        names.close();
    }

    /** The columns that {@code record} lacks. */
    void eachUnavailable(boolean oversized, Consumer<JsonText> names) {
        TupleData row = after;
        if (row != null) {
            for (int i = 0; i < row.size(); i++) {
                JsonColumn column = table.columns().get(i);
                Kind kind = holderOf(row, i).kind(i);
                if (kind == Kind.UNCHANGED || kind == Kind.OMITTED || (oversized && !column.isInKey())) {
                    names.accept(column.name());
                }
            }
            table.unpublished().forEach(names);
        }
    }

    /** Writes the metadata, with the notes of the writer. */
    void metadata(JsonWriter out) {
        transaction.metadata(ordinal, out);
        if (table.partition().isPresent()) {
            out.ascii(",\"partition\":");
            out.string(table.partition().get());
        }
        notes(out);
        annotations.write(out);
        out.put('}');
    }

    /** The columns that are written as strings because their values do not match their types, with the reasons. */
    private static void notes(JsonWriter out) {
        if (!out.hasNotes()) {
            return;
        }
        out.ascii(",\"undecoded\":");
        char separator = '{';
        for (Map.Entry<JsonText, String> note : out.notes().entrySet()) {
            out.put(separator);
            separator = ',';
            note.getKey().write(out);
            out.put(':');
            out.string(note.getValue());
        }
        out.put('}');
    }

    /** A JSON array of names. */
    private static final class Names implements Consumer<JsonText> {
        private final JsonWriter out;
        private boolean isEmpty = true;

        Names(JsonWriter out) {
            this.out = out;
            out.put('[');
        }

        @Override
        public void accept(JsonText name) {
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
