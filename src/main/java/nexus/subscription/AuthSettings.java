package nexus.subscription;

import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import nexus.Refusal;
import nexus.api.JsonBody;
import nexus.webhook.TargetAuth;

/**
 * As whom Nexus presents itself to a target, as callers write it.
 *
 * @param type {@code basic}, {@code bearer} or {@code oauth2}
 * @param fields those of the type, secret ones too
 */
record AuthSettings(String type, Map<String, String> fields) {
    static final List<String> TYPES = List.of("basic", "bearer", "oauth2");
    private static final Set<String> SECRET = Set.of("password", "token", "clientSecret");
    private static final int MAX_CHARACTERS = 4_096;
    private static final Pattern PRINTABLE = Pattern.compile("[\\x20-\\x7e]+");
    private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]+");

    AuthSettings {
        fields = Map.copyOf(fields);
    }

    /** @param before what it was: a secret that comes back as it was shown stays */
    static Optional<AuthSettings> read(JsonBody body, Optional<AuthSettings> before) {
        return body.object("auth").flatMap(auth -> {
            auth.require("type");
            return auth.oneOf("type", TYPES)
                    .map(type -> new AuthSettings(
                            type,
                            switch (type) {
                                case "basic" -> basic(auth, before);
                                case "bearer" -> fields(auth, before, "bearer", "token");
                                default -> oauth2(auth, before);
                            }));
        });
    }

    private static Map<String, String> basic(JsonBody auth, Optional<AuthSettings> before) {
        Map<String, String> fields = fields(auth, before, "basic", "username", "password");
        if (fields.getOrDefault("username", "").indexOf(':') >= 0) {
            auth.error("username", "must not contain a colon");
        }
        return fields;
    }

    private static Map<String, String> oauth2(JsonBody auth, Optional<AuthSettings> before) {
        Map<String, String> fields = fields(auth, before, "oauth2", "clientId", "clientSecret");
        auth.require("tokenUrl");
        auth.parsed("tokenUrl", EndpointUrl.MAX_CHARACTERS, EndpointUrl::parse)
                .ifPresent(url -> fields.put("tokenUrl", url.toString()));
        auth.parsed("scope", MAX_CHARACTERS, AuthSettings::printable).ifPresent(scope -> fields.put("scope", scope));
        return fields;
    }

    private static Map<String, String> fields(
            JsonBody auth, Optional<AuthSettings> before, String type, String... names) {
        auth.require(names);
        Map<String, String> fields = new LinkedHashMap<>();
        for (String name : names) {
            auth.parsed(name, MAX_CHARACTERS, name.equals("token") ? AuthSettings::token : AuthSettings::printable)
                    .ifPresent(value -> fields.put(name, value));
            if (SECRET.contains(name) && TargetHeaders.HIDDEN.equals(fields.get(name))) {
                Optional<String> kept = before.filter(auth0 -> auth0.type().equals(type))
                        .map(auth0 -> auth0.fields().get(name));
                kept.ifPresentOrElse(
                        value -> fields.put(name, value),
                        () -> auth.error(name, "must have a value; *** only keeps one that is there"));
            }
        }
        return fields;
    }

    private static String printable(String text, String pointer) {
        if (!PRINTABLE.matcher(text).matches()) {
            throw new Refusal.Invalid(pointer, "must be printable ASCII");
        }
        return text;
    }

    private static String token(String text, String pointer) {
        if (!TOKEN.matcher(text).matches()) {
            throw new Refusal.Invalid(pointer, "must be printable ASCII without spaces");
        }
        return text;
    }

    TargetAuth auth() {
        return switch (type) {
            case "basic" -> TargetAuth.basic(field("username"), field("password"));
            case "bearer" -> TargetAuth.bearer(field("token"));
            default ->
                new TargetAuth.ClientCredentials(
                        URI.create(field("tokenUrl")),
                        field("clientId"),
                        field("clientSecret"),
                        Optional.ofNullable(fields.get("scope")));
        };
    }

    /** As it may be shown. */
    Map<String, String> shown() {
        Map<String, String> shown = new LinkedHashMap<>();
        shown.put("type", type);
        fields.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(field -> shown.put(
                        field.getKey(), SECRET.contains(field.getKey()) ? TargetHeaders.HIDDEN : field.getValue()));
        return shown;
    }

    JsonObject stored() {
        return new JsonObject(new LinkedHashMap<>(fields)).put("type", type);
    }

    static AuthSettings ofStored(JsonObject stored) {
        Map<String, String> fields = new LinkedHashMap<>();
        stored.forEach(entry -> fields.put(entry.getKey(), entry.getValue().toString()));
        String type = String.valueOf(fields.remove("type"));
        return new AuthSettings(type, fields);
    }

    private String field(String name) {
        return fields.getOrDefault(name, "");
    }

    @Override
    public String toString() {
        return "AuthSettings[type=" + type + "]";
    }
}
