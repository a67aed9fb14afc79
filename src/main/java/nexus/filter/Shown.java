package nexus.filter;

import java.util.Iterator;
import nexus.filter.RowChangeFields.UnreadRow;
import nexus.value.Value;
import nexus.value.ValueWriter;

/** Values as people see them in an explanation: as JSON of bounded length. */
final class Shown {
    static final int MAX_CHARACTERS = 200;

    private static final String ELLIPSIS = "…";

    private final StringBuilder out = new StringBuilder();

    private Shown() {}

    static String text(Value value) {
        Shown shown = new Shown();
        shown.add(value);
        return bounded(shown.out.toString());
    }

    static String bounded(String text) {
        if (text.length() <= MAX_CHARACTERS) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(MAX_CHARACTERS - 1)) ? MAX_CHARACTERS - 1 : MAX_CHARACTERS;
        return text.substring(0, end) + ELLIPSIS;
    }

    /** Adds little more than is shown, however large the value is. */
    private void add(Value value) {
        switch (value) {
            case Value.Missing missing -> out.append("missing");
            case Value.Unknown unknown -> out.append("unknown");
            case Value.Null none -> out.append("null");
            case UnreadRow none -> out.append("null");
            case Value.Bool bool -> out.append(bool.value());
            case Value.Num num -> out.append(bounded(num.text()));
            case Value.Text text -> out.append(ValueWriter.quoted(bounded(text.value())));
            case Value.Items items -> items(items);
            case Value.Fields fields -> fields(fields);
        }
    }

    private boolean isFull() {
        return out.length() > MAX_CHARACTERS;
    }

    private void items(Value.Items items) {
        out.append('[');
        Iterator<Value> next = items.values().iterator();
        for (boolean isFirst = true; next.hasNext() && !isFull(); isFirst = false) {
            out.append(isFirst ? "" : ",");
            add(next.next());
        }
        out.append(']');
    }

    private void fields(Value.Fields fields) {
        out.append('{');
        Iterator<String> names = fields.names().iterator();
        for (boolean isFirst = true; names.hasNext() && !isFull(); isFirst = false) {
            String name = names.next();
            out.append(isFirst ? "" : ",")
                    .append(ValueWriter.quoted(bounded(name)))
                    .append(':');
            add(fields.get(name));
        }
        out.append('}');
    }
}
