package nexus.shape;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import nexus.value.JsonValues;
import nexus.value.Value;
import nexus.value.ValueWriter;

/**
 * Which columns of a row change are sent, and which of them are masked. It comes before every format, template and
 * message: nothing behind it sees what it leaves out.
 *
 * @param chosen empty: all columns
 * @param masks by column
 */
public record Columns(Optional<Choice> chosen, Map<String, Mask> masks) {
    public static final Columns ALL = new Columns(Optional.empty(), Map.of());

    private static final String REDACTED = "\"***\"";

    /**
     * Some of a table's columns.
     *
     * @param isInclusive whether the named ones are sent, or all but those
     */
    public record Choice(boolean isInclusive, List<String> names) {
        public Choice {
            names = List.copyOf(names);
        }
    }

    public Columns {
        masks = Collections.unmodifiableMap(new LinkedHashMap<>(masks));
    }

    /** Whether rows are sent as they are. */
    public boolean areAll() {
        return chosen.isEmpty() && masks.isEmpty();
    }

    /** Every column that is named. */
    public Collection<String> names() {
        List<String> names = new ArrayList<>(masks.keySet());
        chosen.ifPresent(choice -> names.addAll(choice.names()));
        return names;
    }

    /** Equal for the same columns. */
    public String sameness() {
        return chosen.map(choice -> (choice.isInclusive() ? "include" : "exclude")
                                + choice.names().stream()
                                        .sorted()
                                        .map(ValueWriter::quoted)
                                        .toList())
                        .orElse("")
                + new TreeMap<>(masks)
                        .entrySet().stream()
                                .map(mask -> ValueWriter.quoted(mask.getKey())
                                        + mask.getValue().apiName())
                                .collect(Collectors.joining(","));
    }

    private boolean has(String column) {
        return chosen.isEmpty()
                || chosen.get().isInclusive() == chosen.get().names().contains(column);
    }

    /**
     * The body of a row change with these columns. What is not left out or masked stays as it is, byte for byte.
     *
     * @param stored the body as Nexus stores it
     * @throws IllegalArgumentException when it is no row change
     */
    byte[] applied(byte[] stored, Supplier<MaskKey> key) {
        Members payload = Members.of(stored).within("payload");
        Members data = payload.within("data");
        Members metadata = payload.within("metadata");
        TreeMap<Integer, Edit> edits = new TreeMap<>();
        for (String row : List.of("record", "old_record")) {
            if (data.isObject(row)) {
                edit(data.get(row), row(data.within(row), key), edits);
            }
        }
        for (String list : List.of("changed", "unavailable")) {
            data.find(list).ifPresent(member -> edit(member, names(stored, member), edits));
        }
        if (metadata.isObject("undecoded")) { // its texts may show a part of a value
            edit(metadata.get("undecoded"), undecoded(metadata.within("undecoded")), edits);
        }
        return edited(stored, edits);
    }

    private record Edit(int to, Buffer replacement) {}

    private static void edit(Members.Member member, byte[] replacement, Map<Integer, Edit> edits) {
        edits.put(member.from(), new Edit(member.to(), Buffer.buffer(replacement)));
    }

    private static byte[] edited(byte[] stored, TreeMap<Integer, Edit> edits) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(stored.length);
        int at = 0;
        for (Map.Entry<Integer, Edit> edit : edits.entrySet()) {
            out.write(stored, at, edit.getKey() - at);
            out.writeBytes(edit.getValue().replacement().getBytes());
            at = edit.getValue().to();
        }
        out.write(stored, at, stored.length - at);
        return out.toByteArray();
    }

    private byte[] row(Members row, Supplier<MaskKey> key) {
        ObjectWriter out = new ObjectWriter();
        row.all().forEach((name, member) -> {
            if (has(name)) {
                Mask mask = masks.get(name);
                out.name(row.json(), member);
                if (mask == null || isNull(row.json(), member)) {
                    out.copy(row.json(), member.from(), member.to());
                } else {
                    out.write(masked(mask, row.json(), member, key));
                }
            }
        });
        return out.end();
    }

    private static String masked(Mask mask, byte[] json, Members.Member member, Supplier<MaskKey> key) {
        return switch (mask) {
            case REDACT -> REDACTED;
            case HASH ->
                ValueWriter.quoted(key.get().hash(JsonValues.read(json, member.from(), member.to() - member.from())));
        };
    }

    private static boolean isNull(byte[] json, Members.Member member) {
        return json[member.from()] == 'n';
    }

    /** A list of names, or null. */
    private byte[] names(byte[] json, Members.Member member) {
        Value value = JsonValues.read(json, member.from(), member.to() - member.from());
        return value instanceof Value.Items(List<Value> names)
                ? ValueWriter.bytes(new Value.Items(names.stream()
                        .filter(name -> !(name instanceof Value.Text(String column)) || has(column))
                        .toList()))
                : ValueWriter.bytes(value);
    }

    private byte[] undecoded(Members reasons) {
        ObjectWriter out = new ObjectWriter();
        reasons.all().forEach((name, member) -> {
            if (has(name) && !masks.containsKey(name)) {
                out.name(reasons.json(), member);
                out.copy(reasons.json(), member.from(), member.to());
            }
        });
        return out.end();
    }

    /** Writes an object out of parts of others. */
    private static final class ObjectWriter {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private char separator = '{';

        void name(byte[] json, Members.Member member) {
            out.write(separator);
            separator = ',';
            copy(json, member.start(), member.from()); // with the colon
        }

        void copy(byte[] json, int from, int to) {
            out.write(json, from, to - from);
        }

        void write(String text) {
            out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        }

        byte[] end() {
            if (separator == '{') {
                out.write('{');
            }
            out.write('}');
            return out.toByteArray();
        }
    }
}
