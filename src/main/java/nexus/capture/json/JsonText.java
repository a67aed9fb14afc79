package nexus.capture.json;

/** A piece of JSON that is encoded once and written often. */
public final class JsonText {
    private final byte[] json;

    private JsonText(JsonWriter json) {
        this.json = json.toBytes();
    }

    public static JsonText string(String value) {
        JsonWriter json = new JsonWriter(Integer.MAX_VALUE);
        json.string(value);
        return new JsonText(json);
    }

    /** The name of a member, with the colon after it. */
    public static JsonText member(String name) {
        JsonWriter json = new JsonWriter(Integer.MAX_VALUE);
        json.string(name);
        json.put(':');
        return new JsonText(json);
    }

    public int bytes() {
        return json.length;
    }

    public void write(JsonWriter out) {
        out.raw(json);
    }
}
