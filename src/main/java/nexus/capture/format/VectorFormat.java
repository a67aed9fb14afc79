package nexus.capture.format;

import nexus.capture.json.JsonWriter;

/** int2vector and oidvector, {@code 1 2 3}: {@code to_json} returns arrays for them, although their text differs from that of arrays. */
public record VectorFormat(JsonFormat element) implements JsonFormat {

    @Override
    public void write(byte[] text, int from, int to, JsonWriter out) {
        out.put('[');
        int start = from;
        for (int at = from; at <= to && from < to; at++) {
            if (at == to || text[at] == ' ') {
                element.write(text, start, at, out);
                if (at < to) {
                    out.put(',');
                }
                start = at + 1;
            }
        }
        out.put(']');
    }
}
