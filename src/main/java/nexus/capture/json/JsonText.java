package nexus.capture.json;

/** A piece of JSON that is encoded once and written often. */
public final class JsonText {
    private final String text;
    private final byte[] json;

    private JsonText(String text, JsonWriter json) {
        this.text = text;
        this.json = json.toBytes();
    }

    public static JsonText string(String value) {
        JsonWriter json = new JsonWriter(Integer.MAX_VALUE);
        json.string(value);
        return new JsonText(value, json);
    }

    /** The name of a member, with the colon after it. */
    public static JsonText member(String name) {
        JsonWriter json = new JsonWriter(Integer.MAX_VALUE);
        json.string(name);
        json.put(':');
        return new JsonText(name, json);
    }

    /** The text that it encodes. */
    public String text() {
        return text;
    }

    public int bytes() {
        return json.length;
    }

    public void write(JsonWriter out) {
        out.raw(json);
    }
}
