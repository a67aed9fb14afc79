package nexus.subscription.target;

import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nexus.api.json.JsonBody;
import nexus.refusal.Refusal;
import nexus.subscription.secret.SigningSecret;
import nexus.target.TargetType;
import org.jspecify.annotations.Nullable;

/**
 * The form of a type whose fields stand in the object {@code target}. They are read, shown, stored and described as they
 * are declared.
 */
abstract class ObjectForm<S extends TargetSettings> implements TargetForm<S> {
    static final String FIELD = "target";
    private static final List<String> PATH = List.of(FIELD);

    private final TargetType type;
    private final String description;
    private final TargetFields fields;

    ObjectForm(TargetType type, String description, TargetFields fields) {
        this.type = type;
        this.description = description;
        this.fields = fields;
    }

    /** The settings that have these values: all that is required is there and was checked. */
    abstract S of(JsonObject values);

    /**
     * Checks what depends on several fields, or on more than the form of one.
     *
     * @param pointer to the object
     * @throws Refusal.Invalid with the reason
     */
    void check(JsonObject values, String pointer) {}

    private Optional<S> checked(JsonObject values, JsonBody body) {
        try {
            check(values, "/" + FIELD);
            return Optional.of(of(values));
        } catch (Refusal.Invalid refusal) {
            refusal.errors()
                    .forEach(error ->
                            body.error(List.of(error.pointer().substring(1).split("/", -1)), error.detail()));
            return Optional.empty();
        }
    }

    /** What {@link #of} was given. */
    abstract JsonObject values(S settings);

    @Override
    public final TargetType type() {
        return type;
    }

    @Override
    public final String description() {
        return description;
    }

    @Override
    public TargetFields fields() {
        return new TargetFields(TargetField.required(FIELD, new TargetField.Inner(fields), "Where it goes."));
    }

    @Override
    public Optional<S> read(TargetForm.Reading reading, Optional<S> before) {
        JsonObject stored = before.map(this::values).orElseGet(JsonObject::new);
        if (reading.body().has(FIELD) && !reading.body().isNull(FIELD)) {
            return reading.body()
                    .object(FIELD)
                    .flatMap(target -> fields.read(target, stored, PATH, reading.kept()))
                    .flatMap(values -> checked(values, reading.body()));
        }
        if (before.isEmpty() || reading.body().isNull(FIELD)) {
            reading.body().error(FIELD, "is required for targets of the type " + type);
            return Optional.empty();
        }
        return Optional.of(of(fields.keep(stored, PATH, reading.kept())));
    }

    @Override
    public Map<String, @Nullable Object> shown(S settings, boolean toManager) {
        Map<String, @Nullable Object> shown = new LinkedHashMap<>();
        shown.put(FIELD, fields.shown(values(settings), toManager));
        return shown;
    }

    @Override
    public JsonObject stored(S settings) {
        return values(settings);
    }

    @Override
    public final S ofUrl(URI url, SigningSecret generated) {
        throw new IllegalArgumentException("targets of the type " + type + " have no URL");
    }

    @Override
    public S ofStored(JsonObject json) {
        return of(json);
    }
}
