package nexus.page.subscription;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import nexus.page.content.ReadableJson;
import nexus.value.JsonValues;
import nexus.value.Value;
import nexus.value.ValueWriter;

/**
 * One input of the form, and the member of the subscription's JSON that it edits.
 *
 * @param pointer to the member, which is the name of the input too
 * @param choices the values of {@link Kind#CHOICE}
 * @param isSecret whether its value is never shown again
 */
record Field(
        String pointer,
        String label,
        Kind kind,
        List<String> choices,
        boolean isRequired,
        boolean isSecret,
        String help) {
    /** How the input is written. */
    enum Kind {
        TEXT,
        NUMBER,
        CHOICE,
        /** An array of texts, one on each line. */
        LINES,
        /** An array of numbers with commas or spaces between them. */
        NUMBERS,
        /** An object of texts: {@code name: value} on each line. */
        PAIRS,
        /** Any JSON. */
        JSON
    }

    /** What a member cannot be made from. */
    static final class Wrong extends Exception {
        private static final long serialVersionUID = 1L;

        Wrong(String message) {
            super(message, null, false, false);
        }
    }

    static Field of(String pointer, String label, Kind kind, String help) {
        return new Field(pointer, label, kind, List.of(), false, false, help);
    }

    static Field choice(String pointer, String label, List<String> choices, String help) {
        return new Field(pointer, label, Kind.CHOICE, choices, false, false, help);
    }

    /** Whether it says where to send, and not how. */
    boolean isMain() {
        return isRequired || path().size() > 1;
    }

    /** The member of the whole subscription that this belongs to. */
    String member() {
        return path().getFirst();
    }

    List<String> path() {
        return List.of(pointer.substring(1).split("/", -1));
    }

    /**
     * The JSON of what was entered; empty for nothing.
     *
     * @throws Wrong if it cannot be written as JSON; what it means is checked by the API
     */
    Optional<String> json(String entered) throws Wrong {
        String text = entered.replace("\r\n", "\n");
        if (text.isBlank()) {
            return Optional.empty();
        }
        return switch (kind) {
            case TEXT, CHOICE -> Optional.of(ValueWriter.quoted(text.strip()));
            case NUMBER -> Optional.of(number(text.strip()));
            case LINES -> lines(text);
            case NUMBERS -> numbers(text);
            case PAIRS -> pairs(text);
            case JSON -> Optional.of(json(text, this));
        };
    }

    private static String number(String text) throws Wrong {
        if (!text.matches("-?(0|[1-9][0-9]{0,17})")) {
            throw new Wrong("must be a whole number");
        }
        return text;
    }

    private static Optional<String> lines(String text) {
        StringJoiner array = new StringJoiner(",", "[", "]");
        text.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .forEach(line -> array.add(ValueWriter.quoted(line)));
        return Optional.of(array.toString());
    }

    private static Optional<String> numbers(String text) throws Wrong {
        StringJoiner array = new StringJoiner(",", "[", "]");
        for (String one : text.strip().split("[\\s,]+", -1)) {
            if (!one.isEmpty()) {
                array.add(number(one));
            }
        }
        return Optional.of(array.toString());
    }

    private static Optional<String> pairs(String text) throws Wrong {
        StringJoiner object = new StringJoiner(",", "{", "}");
        List<String> names = new ArrayList<>();
        for (String line : text.lines().filter(one -> !one.isBlank()).toList()) {
            int colon = line.indexOf(':');
            if (colon <= 0) {
                throw new Wrong("must have one \"name: value\" on each line");
            }
            String name = line.substring(0, colon).strip();
            if (names.contains(name)) {
                throw new Wrong("has " + name + " twice");
            }
            names.add(name);
            object.add(ValueWriter.quoted(name)
                    + ':'
                    + ValueWriter.quoted(line.substring(colon + 1).strip()));
        }
        return Optional.of(object.toString());
    }

    private static String json(String text, Field field) throws Wrong {
        try {
            JsonValues.read(text);
            return text.strip();
        } catch (IllegalArgumentException e) {
            throw new Wrong(
                    field.pointer.equals("/transform")
                            ? "is not JSON. A text needs quotes: \"Order {{record.id}}\"."
                            : "is not JSON");
        }
    }

    /** What the input shows for a value; empty for none. */
    String entered(Value value) {
        if (value instanceof Value.Missing || value instanceof Value.Unknown || value instanceof Value.Null) {
            return "";
        }
        return switch (kind) {
            case LINES -> value instanceof Value.Items items ? joined(items, "\n") : text(value);
            case NUMBERS -> value instanceof Value.Items items ? joined(items, ", ") : text(value);
            case PAIRS -> value instanceof Value.Fields fields ? pairs(fields) : text(value);
            case JSON -> ReadableJson.of(ValueWriter.text(value)).text();
            case TEXT, NUMBER, CHOICE -> text(value);
        };
    }

    private static String pairs(Value.Fields fields) {
        return String.join(
                "\n",
                fields.names().stream()
                        .map(name -> name + ": " + text(fields.get(name)))
                        .toList());
    }

    private static String joined(Value.Items items, String separator) {
        return String.join(separator, items.values().stream().map(Field::text).toList());
    }

    private static String text(Value value) {
        return value instanceof Value.Text text ? text.value() : ValueWriter.text(value);
    }

    /** Rows of the input. */
    int rows(String shown) {
        return switch (kind) {
            case TEXT, NUMBER, CHOICE -> 1;
            case NUMBERS -> 1;
            case LINES, PAIRS -> Math.clamp(shown.lines().count() + 1, 2, 12);
            case JSON -> Math.clamp(shown.lines().count() + 1, 4, 24);
        };
    }
}
