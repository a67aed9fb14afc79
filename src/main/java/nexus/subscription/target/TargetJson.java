package nexus.subscription.target;

import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nexus.api.json.JsonBody;
import nexus.refusal.Refusal;
import nexus.subscription.secret.SigningSecret;
import nexus.target.TargetType;
import org.jspecify.annotations.Nullable;

/** See {@link TargetSettings}. */
public final class TargetJson {
    private static final String TYPE = "targetType";
    private static final int MAX_TYPE = 20;

    private TargetJson() {}

    /**
     * The target of a new subscription. Errors are noted in the body.
     *
     * @param generated gives the signing secret when the body has none
     */
    public static TargetSettings create(JsonBody body, Supplier<SigningSecret> generated) {
        return read(new TargetForm.Reading(body, new KeptSecrets(), generated), Optional.empty());
    }

    /**
     * Fields that are absent stay as they are. A target of another type keeps nothing of the one before. Errors are noted
     * in the body.
     *
     * @param generated gives the signing secret of a target that becomes a webhook
     */
    public static TargetSettings change(
            JsonBody body, TargetSettings before, KeptSecrets kept, Supplier<SigningSecret> generated) {
        return read(new TargetForm.Reading(body, kept, generated), Optional.of(before));
    }

    private static TargetSettings read(TargetForm.Reading reading, Optional<TargetSettings> before) {
        JsonBody body = reading.body();
        Optional<TargetType> given = body.parsed(TYPE, MAX_TYPE, TargetJson::type);
        TargetType type = given.orElseGet(() -> before.filter(stored -> !body.isNull(TYPE))
                .map(TargetSettings::type)
                .orElse(TargetType.WEBHOOK));
        if (given.isEmpty() && body.has(TYPE) && !body.isNull(TYPE)) { // an unknown type: its fields are unknown too
            TargetCatalog.all()
                    .forEach(known ->
                            TargetCatalog.form(known.type()).fields().names().forEach(body::has));
            return before.orElseGet(() -> placeholder(reading));
        }
        TargetCatalog.foreignFields(type).stream()
                .filter(field -> body.has(field) && !body.isNull(field))
                .forEach(field -> body.error(field, "is not a field of targets of the type " + type));
        return TargetCatalog.form(type)
                .read(reading, before.filter(stored -> stored.type() == type))
                .orElseGet(() -> placeholder(reading));
    }

    /**
     * The target of a listener, whose URL stands in a field of another name. A type that has no URL has the same object
     * as in a subscription.
     *
     * @param urlField the name of that field
     * @param url what was read from it; empty when it is absent or wrong
     * @return empty when an error was noted in the body
     */
    public static Optional<TargetSettings> ofListener(
            JsonBody body, TargetType type, String urlField, Optional<URI> url, SigningSecret generated) {
        TargetForm<TargetSettings> form = TargetCatalog.form(type);
        if (form instanceof ObjectForm) {
            if (body.has(urlField) && !body.isNull(urlField)) {
                body.error(urlField, "is not a field of targets of the type " + type);
            }
            return form.read(new TargetForm.Reading(body, new KeptSecrets(), () -> generated), Optional.empty());
        }
        body.require(urlField);
        if (body.has(ObjectForm.FIELD) && !body.isNull(ObjectForm.FIELD)) {
            body.error(ObjectForm.FIELD, "is not a field of targets of the type " + type);
        }
        return url.map(known -> form.ofUrl(known, generated));
    }

    /** It is never used, because the body has errors. */
    private static TargetSettings placeholder(TargetForm.Reading reading) {
        return WebhookSettings.of(URI.create(""), reading.generated().get());
    }

    /** Callers may write it in any case. */
    public static TargetType type(String text, String pointer) {
        for (TargetType type : TargetType.values()) {
            if (type.name().equalsIgnoreCase(text)) {
                return type;
            }
        }
        throw new Refusal.Invalid(
                pointer,
                Stream.of(TargetType.values())
                        .map(type -> "\"" + type.name() + "\"")
                        .collect(Collectors.joining(" or ", "must be ", "")));
    }

    /**
     * As answers show it, without secrets.
     *
     * @param toManager whether URLs are shown whole, not their origins alone
     */
    public static Map<String, @Nullable Object> shown(TargetSettings target, boolean toManager) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put(TYPE, target.type().name());
        json.putAll(TargetCatalog.form(target.type()).shown(target, toManager));
        return json;
    }

    /** With its secrets: to be encrypted. */
    public static String stored(TargetSettings target) {
        JsonObject json = new JsonObject().put("type", target.type().name());
        return json.mergeIn(TargetCatalog.form(target.type()).stored(target)).encode();
    }

    /** Reads what {@link #stored(TargetSettings)} wrote, in this version or an earlier one. */
    public static TargetSettings ofStored(String text) {
        JsonObject json = new JsonObject(text);
        TargetType type = TargetType.valueOf(json.getString("type"));
        json.remove("type");
        return TargetCatalog.form(type).ofStored(json);
    }
}
