package nexus.subscription.target;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nexus.api.json.JsonBody;
import nexus.subscription.secret.PreviousSecret;
import nexus.subscription.secret.SigningSecret;
import nexus.subscription.secret.SigningSecrets;
import nexus.target.TargetType;
import nexus.target.credential.TlsIdentity;
import org.jspecify.annotations.Nullable;

/** See {@link WebhookSettings}. */
final class WebhookForm implements TargetForm<WebhookSettings> {
    private static final String URL = "endpointUrl";
    static final TargetField SECRET = TargetField.optional(
                    "secret",
                    new TargetField.Text(SigningSecret.MAX_CHARACTERS, Optional.empty(), (text, at) -> text),
                    "Signs deliveries. Generated when absent.")
            .secret();

    private static final TargetFields FIELDS = new TargetFields(
            TargetField.required(
                    URL, new TargetField.Url(), "The endpoint: http or https, without user name and fragment."),
            TargetField.optional(
                    "headers",
                    described("type", "object", "additionalProperties", Map.of("type", "string")),
                    "Headers that each request has besides Nexus's own. Most values are never shown again."),
            SECRET,
            TargetField.optional(
                    "signing", new TargetField.Choice(TargetCredentials.SIGNINGS), "ed25519 signs a second time."),
            TargetField.optional(
                    "auth",
                    described(
                            "type",
                            "object",
                            "required",
                            List.of("type"),
                            "properties",
                            Map.of("type", Map.of("type", "string", "enum", AuthSettings.TYPES))),
                    "The credentials that Nexus presents: basic, bearer or oauth2. Secret fields are never shown again."),
            TargetField.optional(
                    "tls",
                    described(
                            "type",
                            "object",
                            "additionalProperties",
                            false,
                            "properties",
                            Map.of("ca", pem(false), "certificate", pem(false), "key", pem(true))),
                    "Trusted authorities, and the certificate that Nexus shows, in PEM. The key is never shown again."));

    private static TargetField.Described described(Object... schema) {
        Map<String, Object> entries = new LinkedHashMap<>();
        for (int i = 0; i < schema.length; i += 2) {
            entries.put((String) schema[i], schema[i + 1]);
        }
        return new TargetField.Described(entries);
    }

    private static Map<String, Object> pem(boolean isSecret) {
        return isSecret
                ? Map.of("type", "string", "maxLength", TargetCredentials.MAX_PEM, "writeOnly", true)
                : Map.of("type", "string", "maxLength", TargetCredentials.MAX_PEM);
    }

    @Override
    public TargetType type() {
        return TargetType.WEBHOOK;
    }

    @Override
    public String description() {
        return "An HTTP endpoint that gets signed requests.";
    }

    @Override
    public TargetFields fields() {
        return FIELDS;
    }

    @Override
    public Optional<WebhookSettings> read(TargetForm.Reading reading, Optional<WebhookSettings> before) {
        JsonBody body = reading.body();
        if (before.isEmpty()) {
            body.require(URL);
        } else {
            List.of(URL, "secret").stream()
                    .filter(body::isNull)
                    .forEach(field -> body.error(field, "must not be null"));
        }
        WebhookSettings base = before.orElseGet(
                () -> WebhookSettings.of(URI.create(""), reading.generated().get()));
        return Optional.of(new WebhookSettings(
                body.parsed(URL, EndpointUrl.MAX_CHARACTERS, (text, at) -> url(text, at, base.url()))
                        .orElse(base.url()),
                TargetHeaders.read(body, base.headers(), reading.kept()),
                secrets(body, base.secrets()),
                TargetCredentials.read(body, base.credentials(), reading.kept())));
    }

    /** A stored URL stays valid, whatever was allowed when it was given. */
    private static URI url(String text, String pointer, URI before) {
        return text.equals(before.toString()) ? before : EndpointUrl.parse(text, pointer);
    }

    /** The secrets with the one that the body gives, if any. */
    static SigningSecrets secrets(JsonBody body, SigningSecrets before) {
        return body.parsed("secret", SigningSecret.MAX_CHARACTERS, (text, at) -> secret(text, at, before))
                .map(before::with)
                .orElse(before);
    }

    private static SigningSecret secret(String text, String pointer, SigningSecrets before) {
        return text.equals(TargetHeaders.HIDDEN) ? before.current() : SigningSecret.parse(text, pointer);
    }

    @Override
    public Map<String, @Nullable Object> shown(WebhookSettings webhook, boolean toManager) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put(URL, EndpointUrl.shown(webhook.url(), toManager));
        json.put("headers", TargetHeaders.shown(webhook.headers()));
        json.putAll(webhook.credentials().shown(toManager));
        return json;
    }

    @Override
    public JsonObject stored(WebhookSettings webhook) {
        JsonObject json = new JsonObject()
                .put("url", webhook.url().toString())
                .put("headers", new JsonObject(new LinkedHashMap<>(webhook.headers())));
        store(webhook.secrets(), json);
        webhook.credentials().store(json);
        return json;
    }

    static void store(SigningSecrets secrets, JsonObject json) {
        JsonArray previous = new JsonArray();
        secrets.previous()
                .forEach(secret -> previous.add(new JsonObject()
                        .put("secret", secret.secret().text())
                        .put("until", secret.until().toEpochMilli())));
        json.put("secret", secrets.current().text()).put("previousSecrets", previous);
    }

    @Override
    public WebhookSettings ofUrl(URI url, SigningSecret generated) {
        return WebhookSettings.of(url, generated);
    }

    @Override
    public WebhookSettings ofStored(JsonObject json) {
        Map<String, String> headers = new LinkedHashMap<>();
        json.getJsonObject("headers")
                .forEach(
                        header -> headers.put(header.getKey(), header.getValue().toString()));
        return new WebhookSettings(
                URI.create(json.getString("url")), headers, secrets(json), TargetCredentials.ofStored(json));
    }

    /** Reads what {@link #store} wrote. */
    static SigningSecrets secrets(JsonObject json) {
        return new SigningSecrets(new SigningSecret(json.getString("secret")), previous(json));
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

    @Override
    public Optional<String> moved(WebhookSettings before, WebhookSettings after) {
        if (!EndpointUrl.origin(before.url()).equals(EndpointUrl.origin(after.url()))) {
            return Optional.of("the origin of endpointUrl");
        }
        Optional<String> tokens = tokenOrigin(before);
        if (tokens.isPresent() && tokenOrigin(after).isPresent() && !tokens.equals(tokenOrigin(after))) {
            return Optional.of("the origin of auth.tokenUrl");
        }
        return authorities(before).equals(authorities(after)) ? Optional.empty() : Optional.of("tls.ca");
    }

    private static Optional<String> tokenOrigin(WebhookSettings webhook) {
        return webhook.credentials()
                .auth()
                .flatMap(AuthSettings::tokenUrl)
                .map(URI::create)
                .map(EndpointUrl::origin);
    }

    private static Optional<String> authorities(WebhookSettings webhook) {
        return webhook.credentials().tls().flatMap(TlsIdentity::ca);
    }
}
