package nexus.api.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nexus.notation.StrictJson;
import nexus.refusal.Refusal;
import nexus.value.ValueWriter;
import org.jspecify.annotations.Nullable;

/**
 * A value in a JSON text that was read completely: strings unescaped, numbers with their digits, containers as their
 * original text. That one pass also indexes containers down to the third level, which has the fields of a batch's
 * events; deeper containers are parsed again on use.
 */
final class JsonValue {
    private static final int LEVELS = 3;

    private static final int MAX_DIGITS = 1_000;
    private static final int MAX_NAME = 10_000;

    private static final JsonFactory JSON = StrictJson.factory(MAX_DIGITS, MAX_NAME);

    private final JsonToken kind;
    private final String source;
    private final int from;
    private final int to;
    private final @Nullable Map<String, JsonValue> fields; // of an object; null: too deep
    private final @Nullable List<JsonValue> items; // of an array; null: too deep

    private JsonValue(
            JsonToken kind,
            String source,
            int from,
            int to,
            @Nullable Map<String, JsonValue> fields,
            @Nullable List<JsonValue> items) {
        this.kind = kind;
        this.source = source;
        this.from = from;
        this.to = to;
        this.fields = fields;
        this.items = items;
    }

    /**
     * Reads the whole text, so that all of it is known to be JSON.
     *
     * @throws Refusal.Malformed if it is not JSON, continues after its end, or has a duplicate key in one object
     * @throws Refusal.Invalid if it nests too deeply, or has too long a number or name
     */
    static JsonValue read(String text) {
        try (JsonParser parser = JSON.createParser(text)) {
            parser.nextToken();
            JsonValue value = at(parser, text, LEVELS);
            if (parser.nextToken() != null) {
                throw new Refusal.Malformed("The body goes on after the end of its JSON object.");
            }
            return value;
        } catch (StreamConstraintsException e) {
            throw new Refusal.Invalid(
                    "",
                    "must not nest deeper than " + StrictJson.MAX_DEPTH + ", nor have a number of more than "
                            + MAX_DIGITS + " digits or a name of more than " + MAX_NAME);
        } catch (JsonProcessingException e) {
            throw malformed(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    JsonToken kind() {
        return kind;
    }

    boolean isNull() {
        return kind == JsonToken.VALUE_NULL;
    }

    String text() {
        return source.substring(from, to);
    }

    /** The value as JSON. */
    String json() {
        return kind == JsonToken.VALUE_STRING ? ValueWriter.quoted(text()) : text();
    }

    /** The members of an object, in the received order. */
    Map<String, JsonValue> fields() {
        return fields == null ? read(text()).fields() : fields;
    }

    /** The elements of an array. */
    List<JsonValue> items() {
        return items == null ? read(text()).items() : items;
    }

    private static JsonValue at(JsonParser parser, String source, int levels) throws IOException {
        JsonToken kind = parser.currentToken();
        if (!kind.isStructStart()) {
            String text = parser.getText();
            return new JsonValue(kind, text, 0, text.length(), null, null);
        }
        int from = offset(parser.currentTokenLocation());
        @Nullable Map<String, JsonValue> fields = null;
        @Nullable List<JsonValue> items = null;
        if (levels == 0) {
            parser.skipChildren();
        } else if (kind == JsonToken.START_OBJECT) {
            fields = fields(parser, source, levels - 1);
        } else {
            items = items(parser, source, levels - 1);
        }
        return new JsonValue(kind, source, from, offset(parser.currentLocation()), fields, items);
    }

    private static Map<String, JsonValue> fields(JsonParser parser, String source, int levels) throws IOException {
        Map<String, JsonValue> fields = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            fields.put(name, at(parser, source, levels));
        }
        return fields;
    }

    private static List<JsonValue> items(JsonParser parser, String source, int levels) throws IOException {
        List<JsonValue> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(at(parser, source, levels));
        }
        return items;
    }

    private static int offset(JsonLocation location) {
        return (int) location.getCharOffset();
    }

    private static Refusal.Malformed malformed(JsonProcessingException e) {
        String why = e.getOriginalMessage().startsWith("Duplicate")
                ? "The body has the same key twice in one object"
                : "The body is no JSON";
        return e.getLocation() == null
                ? new Refusal.Malformed(why + ".")
                : new Refusal.Malformed(why + " (line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr() + ").");
    }
}
