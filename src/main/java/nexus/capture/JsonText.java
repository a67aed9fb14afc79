package nexus.capture;

/** A piece of JSON that is made once and written often. */
final class JsonText {
    private final byte[] json;

    private JsonText(JsonWriter json) {
        this.json = json.toBytes();
    }

    static JsonText string(String value) {
        JsonWriter json = new JsonWriter(Integer.MAX_VALUE);
        json.string(value);
        return new JsonText(json);
    }

    /** A member's name, with the colon behind it. */
    static JsonText member(String name) {
        JsonWriter json = new JsonWriter(Integer.MAX_VALUE);
        json.string(name);
        json.put(':');
        return new JsonText(json);
    }

    int bytes() {
        return json.length;
    }

    void write(JsonWriter out) {
        out.raw(json);
    }
}
