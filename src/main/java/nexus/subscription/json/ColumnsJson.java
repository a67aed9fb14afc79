package nexus.subscription.json;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nexus.api.json.JsonBody;
import nexus.shape.Columns;
import nexus.shape.Columns.Choice;
import nexus.shape.Mask;
import org.jspecify.annotations.Nullable;

/** See {@link Columns}. */
final class ColumnsJson {
    private static final String COLUMNS = "columns";
    private static final String INCLUDE = "include";
    private static final String EXCLUDE = "exclude";
    private static final String MASK = "mask";

    /** As many as a table of PostgreSQL can have. */
    private static final int MAX_COLUMNS = 1_600;
    /** A name has at most 63 bytes, unless the server was built otherwise. */
    private static final int MAX_NAME = 255;

    private ColumnsJson() {}

    /** {@code mask} may stand in {@code columns} or beside it. */
    static Columns read(JsonBody body, Columns before) {
        Columns given = body.has(COLUMNS)
                ? body.object(COLUMNS).map(ColumnsJson::columns).orElse(Columns.ALL)
                : before;
        if (!body.has(MASK)) {
            return given;
        }
        if (body.has(COLUMNS) && !given.masks().isEmpty()) {
            body.error(MASK, "is there twice: beside columns, and in it");
        }
        return new Columns(given.chosen(), masks(body));
    }

    private static Columns columns(JsonBody columns) {
        Optional<Choice> included = names(columns, INCLUDE).map(names -> new Choice(true, names));
        Optional<Choice> excluded = names(columns, EXCLUDE).map(names -> new Choice(false, names));
        if (included.isPresent() && excluded.isPresent()) {
            columns.error(EXCLUDE, "excludes include: give one of them");
        }
        return new Columns(included.or(() -> excluded), masks(columns));
    }

    private static Optional<List<String>> names(JsonBody columns, String field) {
        return columns.texts(field, 1, MAX_COLUMNS, MAX_NAME, (name, at) -> name)
                .map(names -> names.stream().distinct().toList());
    }

    private static Map<String, Mask> masks(JsonBody in) {
        Map<String, Mask> masks = new LinkedHashMap<>();
        in.textsByName(MASK, MAX_COLUMNS, MAX_NAME).orElse(Map.of()).forEach((name, text) -> Mask.ofApiName(text)
                .ifPresentOrElse(
                        mask -> masks.put(name, mask),
                        () -> in.error(MASK, name, "must be one of " + String.join(", ", Mask.API_NAMES))));
        return masks;
    }

    static void write(Columns columns, Map<String, @Nullable Object> json) {
        json.put(COLUMNS, columns.areAll() ? null : written(columns));
    }

    private static Map<String, Object> written(Columns columns) {
        Map<String, Object> json = new LinkedHashMap<>();
        columns.chosen().ifPresent(choice -> json.put(choice.isInclusive() ? INCLUDE : EXCLUDE, choice.names()));
        if (!columns.masks().isEmpty()) {
            Map<String, String> masks = new LinkedHashMap<>();
            columns.masks().forEach((name, mask) -> masks.put(name, mask.apiName()));
            json.put(MASK, masks);
        }
        return json;
    }

    static Columns stored(JsonObject settings) {
        JsonObject json = settings.getJsonObject(COLUMNS);
        if (json == null) {
            return Columns.ALL;
        }
        Optional<Choice> included = stored(json, INCLUDE).map(names -> new Choice(true, names));
        Map<String, Mask> masks = new LinkedHashMap<>();
        json.getJsonObject(MASK, new JsonObject()).forEach(entry -> Mask.ofApiName(String.valueOf(entry.getValue()))
                .ifPresent(mask -> masks.put(entry.getKey(), mask)));
        return new Columns(included.or(() -> stored(json, EXCLUDE).map(names -> new Choice(false, names))), masks);
    }

    private static Optional<List<String>> stored(JsonObject json, String field) {
        return Optional.ofNullable(json.getJsonArray(field))
                .map(JsonArray::stream)
                .map(names -> names.map(String::valueOf).toList());
    }
}
