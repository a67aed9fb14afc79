package nexus.capture.format;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import nexus.capture.json.JsonText;
import nexus.capture.json.JsonWriter;
import nexus.capture.json.UniqueNames;

/** {@code (1,"a b",)} as {@code {"n":1,"t":"a b","u":null}}. */
public final class CompositeFormat implements JsonFormat {
    private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

    private final List<Attribute> attributes;

    /** @param member its name as the name of a JSON member */
    private record Attribute(JsonText member, JsonFormat format) {}

    public CompositeFormat(List<String> names, List<JsonFormat> formats) {
        List<String> members = UniqueNames.of(names);
        this.attributes = IntStream.range(0, names.size())
                .mapToObj(i -> new Attribute(JsonText.member(members.get(i)), formats.get(i)))
                .toList();
    }

    @Override
    public void write(byte[] text, int from, int to, JsonWriter out) {
        if (to - from < 2 || text[from] != '(' || text[to - 1] != ')') {
            throw misfit();
        }
        out.put('{');
        int at = from + 1;
        for (int i = 0; i < attributes.size(); i++) {
            if (i > 0) {
                if (at >= to || text[at] != ',') {
                    throw misfit();
                }
                out.put(',');
                at++;
            }
            attributes.get(i).member().write(out);
            at = value(attributes.get(i).format(), text, at, to, out);
        }
        if (at != to - 1) {
            throw misfit();
        }
        out.put('}');
    }

    @Override
    public boolean mayMisfit() {
        return true;
    }

    private static int value(JsonFormat format, byte[] text, int from, int to, JsonWriter out) {
        if (text[from] == '"') {
            QuotedText quoted = QuotedText.read(text, from, to, true);
            quoted.write(format, out);
            return quoted.next();
        }
        int end = from;
        while (end < to - 1 && text[end] != ',') {
            end++;
        }
        if (end == from) {
            out.raw(NULL); // an empty string is quoted
        } else {
            format.write(text, from, end, out);
        }
        return end;
    }

    private static MisfitException misfit() {
        return new MisfitException("not a composite of as many attributes");
    }
}
