package nexus.capture;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import nexus.capture.json.JsonText;
import nexus.capture.json.JsonWriter;
import nexus.event.IncomingEvent;
import nexus.pgoutput.PgOutputMessage.OldRow;
import nexus.pgoutput.TupleData;
import nexus.value.JsonValues;
import nexus.value.Value;
import org.jspecify.annotations.Nullable;

/**
 * The payload of a row change as values, made of the received columns. It knows at least what the body says: of a change
 * whose body is too large, it still has the columns that were received.
 */
final class ChangeValues {
    private ChangeValues() {}

    static IncomingEvent.Payload of(RowChange change) {
        return new IncomingEvent.Payload(new Data(change), new Metadata(change));
    }

    /** The {@code data}; a row is made once. */
    private static final class Data implements Value.Fields {
        private static final List<String> NAMES =
                List.of("type", "schema", "table", "record", "old_record", "changed", "unavailable");
        private static final String OVERSIZED = "oversized";

        private final RowChange change;
        private @Nullable Value row;
        private @Nullable Value oldRow;
        private @Nullable Value changed;

        Data(RowChange change) {
            this.change = change;
        }

        @Override
        public Value get(String name) {
            return switch (name) {
                case "type" -> new Value.Text(change.action().word());
                case "schema" -> new Value.Text(change.table().schema());
                case "table" -> new Value.Text(change.table().name());
                case "record" -> row();
                case "old_record" -> oldRow();
                case "changed" -> changed();
                case "unavailable" -> texts(names -> change.eachUnavailable(change.isOversized(), names));
                case OVERSIZED -> change.isOversized() ? Value.TRUE : Value.MISSING;
                default -> Value.MISSING;
            };
        }

        @Override
        public Collection<String> names() {
            if (!change.isOversized()) {
                return NAMES;
            }
            List<String> names = new ArrayList<>(NAMES);
            names.add(OVERSIZED);
            return names;
        }

        private Value row() {
            Value known = row;
            if (known == null) {
                TupleData after = change.after();
                known = after == null ? Value.NULL : new RowValues(change, after, false);
                row = known;
            }
            return known;
        }

        private Value oldRow() {
            Value known = oldRow;
            if (known == null) {
                OldRow before = change.before();
                known = before == null ? Value.NULL : new RowValues(change, before.values(), before.keyOnly());
                oldRow = known;
            }
            return known;
        }

        private Value changed() {
            Value known = changed;
            if (known == null) {
                known = change.isChangeKnown() ? texts(change::eachChanged) : Value.NULL;
                changed = known;
            }
            return known;
        }

        private static Value texts(Consumer<Consumer<JsonText>> each) {
            List<Value> texts = new ArrayList<>();
            each.accept(name -> texts.add(new Value.Text(name.text())));
            return new Value.Items(List.copyOf(texts));
        }
    }

    /** The {@code metadata}; only {@code undecoded} depends on the values of the columns. */
    private static final class Metadata implements Value.Fields {
        private static final String UNDECODED = "undecoded";

        private final RowChange change;
        private Value.@Nullable Fields own;
        private Value.@Nullable Fields whole;

        Metadata(RowChange change) {
            this.change = change;
        }

        @Override
        public Value get(String name) {
            return name.equals(UNDECODED) ? whole().get(name) : own().get(name);
        }

        @Override
        public Collection<String> names() {
            return whole().names();
        }

        private Value.Fields own() {
            Value.Fields known = own;
            if (known == null) {
                JsonWriter out = new JsonWriter(Integer.MAX_VALUE);
                change.metadata(out);
                known = (Value.Fields) JsonValues.read(out.toBytes());
                own = known;
            }
            return known;
        }

        private Value.Fields whole() {
            Value.Fields known = whole;
            if (known == null) {
                known = IncomingEvent.Payload.of(change.bytes()).metadata();
                whole = known;
            }
            return known;
        }
    }
}
