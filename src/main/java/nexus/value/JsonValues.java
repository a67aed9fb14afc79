package nexus.value;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads values from JSON that was validated before: what a row change or a published event holds. */
public final class JsonValues {
    /** More than any event has: a source's JSON nests at most 500 levels deep. */
    private static final int MAX_DEPTH = 1_000;

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES) // names come from outside, without end
            .build();

    private JsonValues() {}

    /**
     * Reads one value. Where an object has a name twice, the last value counts.
     *
     * @param json in UTF-8
     * @throws IllegalArgumentException when it is no JSON
     */
    public static Value read(byte[] json, int from, int length) {
        try (JsonParser parser = JSON.createParser(json, from, length)) {
            return only(parser);
        } catch (IOException e) { // the message may show a part of the text
            throw new IllegalArgumentException("not JSON");
        }
    }

    public static Value read(byte[] json) {
        return read(json, 0, json.length);
    }

    /** See {@link #read(byte[], int, int)}. */
    public static Value read(String json) {
        try (JsonParser parser = JSON.createParser(json)) {
            return only(parser);
        } catch (IOException e) {
            throw new IllegalArgumentException("not JSON");
        }
    }

    private static Value only(JsonParser parser) throws IOException {
        if (parser.nextToken() == null) {
            throw new IllegalArgumentException("not JSON: empty");
        }
        Value value = at(parser);
        if (parser.nextToken() != null) {
            throw new IllegalArgumentException("not JSON: there is more than one value");
        }
        return value;
    }

    private static Value at(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> fields(parser);
            case START_ARRAY -> items(parser);
            case VALUE_STRING -> new Value.Text(parser.getText());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> Value.Num.of(parser.getText());
            case VALUE_TRUE -> Value.TRUE;
            case VALUE_FALSE -> Value.FALSE;
            case VALUE_NULL -> Value.NULL;
            case END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
                throw new IllegalArgumentException("not JSON");
        };
    }

    private static Value fields(JsonParser parser) throws IOException {
        Map<String, Value> fields = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            fields.put(name, at(parser));
        }
        return Value.Fields.of(fields);
    }

    private static Value items(JsonParser parser) throws IOException {
        List<Value> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(at(parser));
        }
        return new Value.Items(List.copyOf(items));
    }
}
