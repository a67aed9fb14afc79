package nexus.subscription.target;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import nexus.api.json.JsonBody;
import nexus.subscription.target.TargetField.Kind;
import org.jspecify.annotations.Nullable;

/**
 * The fields of an object. Values are read into a JSON object that holds only texts, arrays of texts and objects of the
 * same sort. A field that is absent in a change stays, null removes it, and a secret that comes back as it was shown
 * stays too.
 */
final class TargetFields {
    private final List<TargetField> fields;

    TargetFields(TargetField... fields) {
        this.fields = List.of(fields);
    }

    List<TargetField> all() {
        return fields;
    }

    List<String> names() {
        return fields.stream().map(TargetField::name).toList();
    }

    /**
     * Reads the object.
     *
     * @param before the stored values; empty when there are none
     * @param path of the object in the request's body
     * @return empty when an error was noted in the body
     */
    Optional<JsonObject> read(JsonBody body, JsonObject before, List<String> path, KeptSecrets kept) {
        JsonObject values = new JsonObject();
        boolean isComplete = true;
        for (TargetField field : fields) {
            String name = field.name();
            if (body.has(name) && !body.isNull(name)) {
                Optional<Object> value = given(field, body, before, path, kept);
                value.ifPresent(one -> values.put(name, one));
                isComplete &= value.isPresent();
            } else if (!body.isNull(name) && before.containsKey(name)) {
                values.put(name, before.getValue(name));
                keep(field, before.getValue(name), path, kept);
            } else if (field.isRequired()) {
                body.error(name, "is required");
                isComplete = false;
            }
        }
        return isComplete ? Optional.of(values) : Optional.empty();
    }

    /** The stored values, when the request does not name the object. */
    JsonObject keep(JsonObject before, List<String> path, KeptSecrets kept) {
        fields.stream()
                .filter(field -> before.containsKey(field.name()))
                .forEach(field -> keep(field, before.getValue(field.name()), path, kept));
        return before;
    }

    private static void keep(TargetField field, Object value, List<String> path, KeptSecrets kept) {
        List<String> at = added(path, field.name());
        if (field.isSecret()) {
            kept.add(at);
        } else if (field.kind() instanceof TargetField.Inner inner && value instanceof JsonObject object) {
            inner.fields().keep(object, at, kept);
        }
    }

    private static Optional<Object> given(
            TargetField field, JsonBody body, JsonObject before, List<String> path, KeptSecrets kept) {
        String name = field.name();
        return switch (field.kind()) {
            case TargetField.Text text ->
                body.text(name, text.max())
                        .flatMap(given -> isHidden(field, given)
                                ? stored(field, body, before, path, kept)
                                : body.parsed(name, text.max(), text.check()));
            case TargetField.Url url ->
                body.text(name, EndpointUrl.MAX_CHARACTERS)
                        .flatMap(given -> isHidden(field, given)
                                ? stored(field, body, before, path, kept)
                                : url(name, body, given, before.getString(name)));
            case TargetField.Choice choice -> body.oneOf(name, choice.values()).map(Object.class::cast);
            case TargetField.Texts texts ->
                body.texts(
                                name,
                                1,
                                texts.most(),
                                texts.each().max(),
                                texts.each().check())
                        .filter(all -> !all.isEmpty())
                        .map(JsonArray::new);
            case TargetField.Inner inner ->
                body.object(name).flatMap(object -> inner.fields()
                        .read(object, before.getJsonObject(name, new JsonObject()), added(path, name), kept));
            case TargetField.Described described -> Optional.empty();
        };
    }

    /** A stored URL stays valid, whatever was allowed when it was given. */
    private static Optional<Object> url(String name, JsonBody body, String given, @Nullable String before) {
        return given.equals(before)
                ? Optional.of(given)
                : body.parsed(name, EndpointUrl.MAX_CHARACTERS, EndpointUrl::parse)
                        .map(URI::toString);
    }

    private static boolean isHidden(TargetField field, String given) {
        return field.isSecret() && given.equals(TargetHeaders.HIDDEN);
    }

    private static Optional<Object> stored(
            TargetField field, JsonBody body, JsonObject before, List<String> path, KeptSecrets kept) {
        Optional<Object> stored = Optional.ofNullable(before.getValue(field.name()));
        stored.ifPresentOrElse(
                value -> kept.add(added(path, field.name())),
                () -> body.error(field.name(), "must have a value; *** only keeps one that is there"));
        return stored;
    }

    /** @param toManager whether URLs are shown whole, not their origins alone */
    Map<String, Object> shown(JsonObject values, boolean toManager) {
        Map<String, Object> shown = new LinkedHashMap<>();
        for (TargetField field : fields) {
            Object value = values.getValue(field.name());
            if (value != null) {
                shown.put(field.name(), shown(field, value, toManager));
            }
        }
        return shown;
    }

    private static Object shown(TargetField field, Object value, boolean toManager) {
        if (field.isSecret()) {
            return TargetHeaders.HIDDEN;
        }
        return switch (field.kind()) {
            case TargetField.Url url -> EndpointUrl.shown(URI.create(value.toString()), toManager);
            case TargetField.Inner inner -> inner.fields().shown((JsonObject) value, toManager);
            case TargetField.Texts texts -> ((JsonArray) value).getList();
            case TargetField.Text text -> value;
            case TargetField.Choice choice -> value;
            case TargetField.Described described -> value;
        };
    }

    /** JSON Schema of the object. */
    Map<String, Object> schema() {
        Map<String, Object> properties = new LinkedHashMap<>();
        fields.forEach(field -> properties.put(field.name(), field.schema()));
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "object");
        schema.put("additionalProperties", false);
        schema.put(
                "required",
                fields.stream()
                        .filter(TargetField::isRequired)
                        .map(TargetField::name)
                        .toList());
        schema.put("properties", properties);
        return schema;
    }

    /** The secret fields, as pointers into a subscription. */
    List<String> secrets(String pointer) {
        return fields.stream()
                .flatMap(field -> secrets(field.kind(), field.isSecret(), pointer + "/" + field.name()))
                .toList();
    }

    private static Stream<String> secrets(Kind kind, boolean isSecret, String pointer) {
        if (isSecret) {
            return Stream.of(pointer);
        }
        return kind instanceof TargetField.Inner inner ? inner.fields().secrets(pointer).stream() : Stream.of();
    }

    private static List<String> added(List<String> path, String name) {
        List<String> longer = new ArrayList<>(path);
        longer.add(name);
        return List.copyOf(longer);
    }
}
