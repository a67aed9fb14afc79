package nexus.api.json;

import com.fasterxml.jackson.core.JsonToken;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import nexus.refusal.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Reads a JSON object of a request strictly: each field is read by name, then {@link #check()} refuses everything that
 * was wrong, missing or not read, all in one answer. Objects can be read as their original text, because numbers must
 * keep their digits.
 *
 * <p>Reading a wrong field returns an empty value and records the error, so values are complete only after {@link
 * #check()}.
 */
public final class JsonBody {
    /** Maximum size of one request's body. The size of a chunked body is known only when it is complete. */
    public static final int MAX_BYTES = 1 << 20;

    /** Limits the errors of one answer, because a body of 1 MiB could have a million wrong fields. */
    private static final int MAX_ERRORS = 100;

    private final String pointer;
    private final JsonValue whole;
    private final Map<String, JsonValue> fields;
    private final Set<String> askedFor = new HashSet<>();
    private final List<JsonBody> children = new ArrayList<>();
    private final List<Refusal.FieldError> errors;

    private JsonBody(String pointer, JsonValue whole, List<Refusal.FieldError> errors) {
        this.pointer = pointer;
        this.whole = whole;
        this.fields = whole.fields();
        this.errors = errors;
    }

    /**
     * @param body body of the request
     * @throws Refusal.Malformed if it is not JSON in UTF-8, or has a duplicate key in one object
     * @throws Refusal.TooLarge above 1 MiB
     * @throws Refusal.Invalid if it is JSON but not an object, or is nested too deeply
     */
    public static JsonBody parse(byte[] body) {
        if (body.length > MAX_BYTES) {
            throw new Refusal.TooLarge("A request may have 1 MiB at most.");
        }
        String text = utf8(body);
        if (text.isBlank()) {
            throw new Refusal.Malformed("The body is empty; it must be a JSON object.");
        }
        JsonValue whole = JsonValue.read(text);
        if (whole.kind() != JsonToken.START_OBJECT) {
            throw new Refusal.Invalid("", "must be a JSON object");
        }
        return new JsonBody("", whole, new ArrayList<>());
    }

    /** The object as it was received, in UTF-8. */
    public byte[] bytes() {
        return whole.text().getBytes(StandardCharsets.UTF_8);
    }

    /** The names of the received fields, known or not. */
    public Set<String> names() {
        return Set.copyOf(fields.keySet());
    }

    /** The position of a field of this object in the request's body, as an RFC 6901 pointer. */
    public String pointerTo(String field) {
        return pointer + "/" + escaped(field);
    }

    private static String escaped(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }

    /** Whether the field is present, even if it is null. */
    public boolean has(String field) {
        askedFor.add(field);
        return fields.containsKey(field);
    }

    /** Whether the field is present and null. */
    public boolean isNull(String field) {
        askedFor.add(field);
        JsonValue value = fields.get(field);
        return value != null && value.isNull();
    }

    /** Records an error for each of these fields that is missing or null. */
    public JsonBody require(String... required) {
        for (String field : required) {
            JsonValue value = fields.get(field);
            if (value == null || value.isNull()) {
                error(field, "is required");
            }
        }
        return this;
    }

    /** Text of 1 to {@code max} characters that a database can store: no U+0000, no unpaired surrogate. */
    public Optional<String> text(String field, int max) {
        return value(field, JsonToken.VALUE_STRING, "must be a string")
                .flatMap(value -> checkedText(pointerTo(field), value.text(), max));
    }

    /** As {@link #text}, but the text may be empty. */
    public Optional<String> textOrNone(String field, int max) {
        return value(field, JsonToken.VALUE_STRING, "must be a string")
                .flatMap(value ->
                        value.text().isEmpty() ? Optional.of("") : checkedText(pointerTo(field), value.text(), max));
    }

    /**
     * A read-only field. An answer can be sent back as it was received, so the current value is accepted.
     *
     * @param isShown whether the field currently has this text, null for JSON null
     */
    public void readOnly(String field, Predicate<@Nullable String> isShown) {
        askedFor.add(field);
        JsonValue value = fields.get(field);
        if (value == null) {
            return;
        }
        boolean isText = value.kind() == JsonToken.VALUE_STRING;
        if (!(isText || value.isNull()) || !isShown.test(isText ? value.text() : null)) {
            error(field, "is read-only: leave it out, or send it back as it was shown");
        }
    }

    /** A text that {@code parse} converts; it gets the text and its pointer, and may refuse it. */
    public <T> Optional<T> parsed(String field, int max, BiFunction<String, String, T> parse) {
        return text(field, max).flatMap(text -> collected(text, pointerTo(field), parse));
    }

    /** A text that is exactly one of these. */
    public Optional<String> oneOf(String field, List<String> allowed) {
        return parsed(field, 256, (text, at) -> {
            if (!allowed.contains(text)) {
                throw new Refusal.Invalid(at, "must be " + String.join(" or ", quoted(allowed)));
            }
            return text;
        });
    }

    /** A whole number from {@code min} to {@code max}, written without fraction and exponent. */
    public Optional<Integer> integer(String field, int min, int max) {
        String rule = "must be a whole number from " + min + " to " + max;
        return value(field, JsonToken.VALUE_NUMBER_INT, rule)
                .flatMap(value -> checkedInteger(pointerTo(field), value.text(), min, max));
    }

    public Optional<Boolean> bool(String field) {
        return value(field, Set.of(JsonToken.VALUE_TRUE, JsonToken.VALUE_FALSE), "must be true or false")
                .map(value -> value.kind() == JsonToken.VALUE_TRUE);
    }

    /** An array of texts, each of which is converted. */
    public <T> Optional<List<T>> texts(
            String field, int minItems, int maxItems, int max, BiFunction<String, String, T> parse) {
        return array(field, minItems, maxItems)
                .map(items -> read(field, items, JsonToken.VALUE_STRING, "must be a string", (item, at) -> checkedText(
                                at, item.text(), max)
                        .flatMap(text -> collected(text, at, parse))));
    }

    /** An array of whole numbers. */
    public Optional<List<Integer>> integers(String field, int maxItems, int min, int max) {
        String rule = "must be a whole number from " + min + " to " + max;
        return array(field, 0, maxItems)
                .map(items -> read(
                        field,
                        items,
                        JsonToken.VALUE_NUMBER_INT,
                        rule,
                        (item, at) -> checkedInteger(at, item.text(), min, max)));
    }

    /** An object whose fields are read in turn; {@link #check()} of the outermost object covers it. */
    public Optional<JsonBody> object(String field) {
        return value(field, JsonToken.START_OBJECT, "must be an object").map(value -> child(pointerTo(field), value));
    }

    /** An array of objects. */
    public Optional<List<JsonBody>> objects(String field, int minItems, int maxItems) {
        return array(field, minItems, maxItems)
                .map(items -> read(
                        field,
                        items,
                        JsonToken.START_OBJECT,
                        "must be an object",
                        (item, at) -> Optional.of(child(at, item))));
    }

    /** An object with arbitrary names and texts as values, in the received order. */
    public Optional<Map<String, String>> textsByName(String field, int maxEntries, int max) {
        return value(field, JsonToken.START_OBJECT, "must be an object of strings")
                .map(value -> {
                    Map<String, String> texts = new LinkedHashMap<>();
                    JsonBody inner = new JsonBody(pointerTo(field), value, errors);
                    if (inner.fields.size() > maxEntries) {
                        error(field, "must have at most " + maxEntries + " entries");
                    } else {
                        inner.require(inner.fields.keySet().toArray(String[]::new));
                        inner.fields.keySet().forEach(name -> inner.text(name, max)
                                .ifPresent(text -> texts.put(name, text)));
                    }
                    return texts;
                });
    }

    /** An object as it was received, character for character. */
    public Optional<String> rawObject(String field) {
        return value(field, JsonToken.START_OBJECT, "must be an object").map(JsonValue::text);
    }

    /**
     * An object as it was received, parsed by the caller.
     *
     * @param parse gets the text and the pointer, and may throw {@link Refusal.Invalid}, whose errors are recorded
     */
    public <T> Optional<T> parsedObject(String field, BiFunction<String, String, T> parse) {
        return rawObject(field).flatMap(text -> collected(text, pointerTo(field), parse));
    }

    /**
     * A value of any kind as JSON, an object or array character for character, parsed by the caller.
     *
     * @param parse gets the JSON and the pointer, and may throw {@link Refusal.Invalid}, whose errors are recorded
     */
    public <T> Optional<T> parsedJson(String field, BiFunction<String, String, T> parse) {
        askedFor.add(field);
        JsonValue value = fields.get(field);
        return value == null || value.isNull() ? Optional.empty() : collected(value.json(), pointerTo(field), parse);
    }

    /** Makes a value of what was read; records the errors of a {@link Refusal.Invalid}, whose pointers are complete. */
    public <T> Optional<T> collect(String field, Function<String, T> make) {
        return collected(field, pointerTo(field), (ignored, at) -> make.apply(at));
    }

    /** Records that a field is wrong for a reason that the caller of this method found. */
    public void error(String field, String detail) {
        askedFor.add(field);
        note(pointerTo(field), detail);
    }

    /** Records that an entry of an object with arbitrary names is wrong. */
    public void error(String field, String name, String detail) {
        note(pointerTo(field) + "/" + escaped(name), detail);
    }

    /** Records that what these names lead to is wrong. */
    public void error(List<String> path, String detail) {
        note(pointer + path.stream().map(name -> "/" + escaped(name)).collect(Collectors.joining()), detail);
    }

    /** @throws Refusal.Invalid with everything that was wrong, and every unknown field */
    public void check() {
        noteUnknown();
        if (!errors.isEmpty()) {
            throw new Refusal.Invalid(errors);
        }
    }

    private void noteUnknown() {
        for (String field : fields.keySet()) {
            if (!askedFor.contains(field)) {
                note(pointerTo(field), "is not a known field");
            }
        }
        children.forEach(JsonBody::noteUnknown);
    }

    private void note(String at, String detail) {
        if (errors.size() < MAX_ERRORS) {
            errors.add(new Refusal.FieldError(at, detail));
        }
    }

    private JsonBody child(String at, JsonValue object) {
        JsonBody child = new JsonBody(at, object, errors);
        children.add(child);
        return child;
    }

    private Optional<JsonValue> value(String field, JsonToken kind, String rule) {
        return value(field, Set.of(kind), rule);
    }

    private Optional<JsonValue> value(String field, Set<JsonToken> kinds, String rule) {
        askedFor.add(field);
        JsonValue value = fields.get(field);
        if (value == null || value.isNull()) {
            return Optional.empty();
        }
        if (!kinds.contains(value.kind())) {
            error(field, rule);
            return Optional.empty();
        }
        return Optional.of(value);
    }

    private Optional<List<JsonValue>> array(String field, int minItems, int maxItems) {
        return value(field, JsonToken.START_ARRAY, "must be an array").flatMap(value -> {
            List<JsonValue> items = value.items();
            if (items.size() < minItems || items.size() > maxItems) {
                error(field, "must have " + minItems + " to " + maxItems + " entries");
                return Optional.empty();
            }
            return Optional.of(items);
        });
    }

    /** The items of an array that are of one kind and well-formed; records an error for each of the others. */
    private <T> List<T> read(
            String field,
            List<JsonValue> items,
            JsonToken kind,
            String rule,
            BiFunction<JsonValue, String, Optional<T>> read) {
        List<T> values = new ArrayList<>(items.size());
        for (int i = 0; i < items.size(); i++) {
            JsonValue item = items.get(i);
            String at = pointerTo(field) + "/" + i;
            if (item.kind() == kind) {
                read.apply(item, at).ifPresent(values::add);
            } else {
                note(at, rule);
            }
        }
        return values;
    }

    private Optional<String> checkedText(String at, String text, int max) {
        if (text.isEmpty() || text.codePointCount(0, text.length()) > max) {
            note(at, "must have 1 to " + max + " characters");
            return Optional.empty();
        }
        if (!isStorable(text)) {
            note(at, "must not contain U+0000 or half of a surrogate pair");
            return Optional.empty();
        }
        return Optional.of(text);
    }

    /** Whether a database can store it: no U+0000, no unpaired surrogate. */
    public static boolean isStorable(String text) {
        int c;
        for (int i = 0; i < text.length(); i += Character.charCount(c)) {
            c = text.codePointAt(i);
            if (c == 0 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
                return false;
            }
        }
        return true;
    }

    private Optional<Integer> checkedInteger(String at, String digits, int min, int max) {
        if (digits.length() <= 10) {
            long number = Long.parseLong(digits);
            if (number >= min && number <= max) {
                return Optional.of((int) number);
            }
        }
        note(at, "must be a whole number from " + min + " to " + max);
        return Optional.empty();
    }

    private <T> Optional<T> collected(String text, String at, BiFunction<String, String, T> parse) {
        try {
            return Optional.of(parse.apply(text, at));
        } catch (Refusal.Invalid refusal) {
            refusal.errors().forEach(error -> note(error.pointer(), error.detail()));
            return Optional.empty();
        }
    }

    private static List<String> quoted(List<String> texts) {
        return texts.stream().map(text -> '"' + text + '"').toList();
    }

    private static String utf8(byte[] body) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new Refusal.Malformed("The body is not in UTF-8.");
        }
    }
}
