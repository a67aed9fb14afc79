package nexus.capture.format;

import java.nio.charset.StandardCharsets;
import nexus.capture.json.JsonWriter;

/**
 * hstore, {@code "a"=>"1", "b"=>NULL}, as its cast to json gives it: {@code {"a": "1", "b": null}}, all values
 * strings.
 */
public record KeyValueFormat() implements JsonFormat {
    private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] COLON = ": ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] COMMA = ", ".getBytes(StandardCharsets.US_ASCII);

    @Override
    public void write(byte[] text, int from, int to, JsonWriter out) {
        int start = out.size();
        out.put('{');
        int at = from;
        while (at < to) {
            if (text[at] != '"') {
                throw misfit();
            }
            at = value(text, at, to, out);
            at = over("=>", text, at, to);
            out.raw(COLON);
            at = value(text, at, to, out);
            if (at < to) {
                at = over(", ", text, at, to);
                out.raw(COMMA);
                if (at == to) {
                    throw misfit();
                }
            }
        }
        out.put('}');
        if (!out.isOneValueSince(start)) { // an hstore has each key once
            throw misfit();
        }
    }

    @Override
    public boolean mayMisfit() {
        return true;
    }

    private static int value(byte[] text, int at, int to, JsonWriter out) {
        if (at < to && text[at] == '"') {
            QuotedText quoted = QuotedText.read(text, at, to, false);
            quoted.write(Plain.STRING, out);
            return quoted.next();
        }
        out.raw(NULL);
        return over("NULL", text, at, to);
    }

    private static int over(String expected, byte[] text, int at, int to) {
        for (int i = 0; i < expected.length(); i++) {
            if (at + i >= to || text[at + i] != expected.charAt(i)) {
                throw misfit();
            }
        }
        return at + expected.length();
    }

    private static MisfitException misfit() {
        return new MisfitException("not an hstore");
    }
}
