package nexus.subscription.target;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nexus.api.json.JsonBody;
import nexus.refusal.Refusal;
import nexus.subscription.secret.PreviousSecret;
import nexus.subscription.secret.SigningSecret;
import nexus.subscription.secret.SigningSecrets;
import nexus.target.TargetType;
import org.jspecify.annotations.Nullable;

/** See {@link TargetSettings}. */
public final class TargetJson {
    private TargetJson() {}

    /** Fields that are absent stay as they are. Errors are noted in the body. */
    public static TargetSettings read(JsonBody body, TargetSettings before, KeptSecrets kept) {
        body.parsed("targetType", 20, TargetJson::type);
        return switch (before) {
            case WebhookSettings webhook -> read(body, webhook, kept);
        };
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

    private static WebhookSettings read(JsonBody body, WebhookSettings before, KeptSecrets kept) {
        return new WebhookSettings(
                body.parsed("endpointUrl", EndpointUrl.MAX_CHARACTERS, (text, at) -> url(text, at, before.url()))
                        .orElse(before.url()),
                TargetHeaders.read(body, before.headers(), kept),
                body.parsed("secret", SigningSecret.MAX_CHARACTERS, (text, at) -> secret(text, at, before.secrets()))
                        .map(before.secrets()::with)
                        .orElse(before.secrets()),
                TargetCredentials.read(body, before.credentials(), kept));
    }

    /** A stored URL stays valid, whatever was allowed when it was given. */
    private static URI url(String text, String pointer, URI before) {
        return text.equals(before.toString()) ? before : EndpointUrl.parse(text, pointer);
    }

    private static SigningSecret secret(String text, String pointer, SigningSecrets before) {
        return text.equals(TargetHeaders.HIDDEN) ? before.current() : SigningSecret.parse(text, pointer);
    }

    /**
     * As answers show it, without secrets.
     *
     * @param toManager whether URLs are shown whole, not their origins alone
     */
    public static Map<String, @Nullable Object> shown(TargetSettings target, boolean toManager) {
        return switch (target) {
            case WebhookSettings webhook -> {
                Map<String, @Nullable Object> json = new LinkedHashMap<>();
                json.put("targetType", webhook.type().name());
                json.put("endpointUrl", EndpointUrl.shown(webhook.url(), toManager));
                json.put("headers", TargetHeaders.shown(webhook.headers()));
                json.putAll(webhook.credentials().shown(toManager));
                yield json;
            }
        };
    }

    /** With its secrets: to be encrypted. */
    public static String stored(TargetSettings target) {
        return switch (target) {
            case WebhookSettings webhook -> {
                JsonArray previous = new JsonArray();
                webhook.secrets()
                        .previous()
                        .forEach(secret -> previous.add(new JsonObject()
                                .put("secret", secret.secret().text())
                                .put("until", secret.until().toEpochMilli())));
                JsonObject json = new JsonObject()
                        .put("type", webhook.type().name())
                        .put("url", webhook.url().toString())
                        .put("headers", new JsonObject(new LinkedHashMap<>(webhook.headers())))
                        .put("secret", webhook.secrets().current().text())
                        .put("previousSecrets", previous);
                webhook.credentials().store(json);
                yield json.encode();
            }
        };
    }

    /** Reads what {@link #stored(TargetSettings)} wrote, in this version or an earlier one. */
    public static TargetSettings ofStored(String text) {
        JsonObject json = new JsonObject(text);
        return switch (TargetType.valueOf(json.getString("type"))) {
            case WEBHOOK -> webhook(json);
        };
    }

    private static WebhookSettings webhook(JsonObject json) {
        Map<String, String> headers = new LinkedHashMap<>();
        json.getJsonObject("headers")
                .forEach(
                        header -> headers.put(header.getKey(), header.getValue().toString()));
        return new WebhookSettings(
                URI.create(json.getString("url")),
                headers,
                new SigningSecrets(new SigningSecret(json.getString("secret")), previous(json)),
                TargetCredentials.ofStored(json));
    }

    private static List<PreviousSecret> previous(JsonObject json) {
        JsonArray stored = json.getJsonArray("previousSecrets");
        List<PreviousSecret> previous = new ArrayList<>();
        for (int i = 0; i < stored.size(); i++) {
            JsonObject secret = stored.getJsonObject(i);
            previous.add(new PreviousSecret(
                    new SigningSecret(secret.getString("secret")), Instant.ofEpochMilli(secret.getLong("until"))));
        }
        return previous;
    }
}
