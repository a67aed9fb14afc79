package nexus.subscription.target;

import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import nexus.api.json.JsonBody;
import nexus.refusal.Refusal;
import nexus.target.credential.TargetAuth;

/**
 * As whom Nexus presents itself to a target, as callers write it.
 *
 * @param type {@code basic}, {@code bearer} or {@code oauth2}
 * @param fields those of the type, secret ones too
 */
public record AuthSettings(String type, Map<String, String> fields) {
    static final List<String> TYPES = List.of("basic", "bearer", "oauth2");
    private static final Set<String> SECRET = Set.of("password", "token", "clientSecret");
    private static final int MAX_CHARACTERS = 4_096;
    private static final Pattern PRINTABLE = Pattern.compile("[\\x20-\\x7e]*");
    private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]+");

    public AuthSettings {
        fields = Map.copyOf(fields);
    }

    /**
     * @param before the settings before: a secret that is sent back as shown is kept
     * @param kept receives the secrets whose value is not in the body
     */
    static Optional<AuthSettings> read(JsonBody body, Optional<AuthSettings> before, KeptSecrets kept) {
        if (!body.has("auth")) {
            before.ifPresent(auth -> auth.fields().keySet().stream()
                    .filter(auth::isHidden)
                    .sorted()
                    .forEach(name -> kept.add("auth", name)));
            return before;
        }
        return body.object("auth").flatMap(auth -> {
            auth.require("type");
            return auth.oneOf("type", TYPES).map(type -> {
                UnaryOperator<String> hidden = name -> {
                    Optional<String> stored = before.filter(
                                    known -> known.type().equals(type) && known.isHidden(name))
                            .map(known -> known.field(name));
                    stored.ifPresentOrElse(
                            value -> kept.add("auth", name),
                            () -> auth.error(name, "must have a value; *** only keeps one that is there"));
                    return stored.orElse("");
                };
                return new AuthSettings(
                        type,
                        switch (type) {
                            case "basic" -> basic(auth, hidden);
                            case "bearer" -> fields(auth, hidden, "token");
                            default -> oauth2(auth, hidden);
                        });
            });
        });
    }

    private static Map<String, String> basic(JsonBody auth, UnaryOperator<String> hidden) {
        auth.require("username", "password");
        Map<String, String> fields = new LinkedHashMap<>();
        boolean keepsUsername = false;
        for (String name : List.of("username", "password")) { // RFC 7617: both may be empty
            String text = auth.textOrNone(name, MAX_CHARACTERS).orElse("");
            if (!PRINTABLE.matcher(text).matches()) {
                auth.error(name, "must be printable ASCII");
            }
            boolean isKept = text.equals(TargetHeaders.HIDDEN);
            keepsUsername |= isKept && name.equals("username");
            fields.put(name, isKept ? hidden.apply(name) : text);
        }
        if (fields.getOrDefault("username", "").indexOf(':') >= 0) {
            auth.error("username", "must not contain a colon");
        }
        if (keepsUsername && !fields.getOrDefault("password", "").isEmpty()) {
            auth.error("username", "must have a value: it would be shown, now that there is a password");
        }
        return fields;
    }

    private static Map<String, String> oauth2(JsonBody auth, UnaryOperator<String> hidden) {
        Map<String, String> fields = fields(auth, hidden, "clientId", "clientSecret");
        auth.require("tokenUrl");
        auth.parsed("tokenUrl", EndpointUrl.MAX_CHARACTERS, EndpointUrl::parse)
                .ifPresent(url -> fields.put("tokenUrl", url.toString()));
        auth.parsed("scope", MAX_CHARACTERS, AuthSettings::printable).ifPresent(scope -> fields.put("scope", scope));
        return fields;
    }

    /** @param hidden gives the stored value of a field that came back hidden */
    private static Map<String, String> fields(JsonBody auth, UnaryOperator<String> hidden, String... names) {
        auth.require(names);
        Map<String, String> fields = new LinkedHashMap<>();
        for (String name : names) {
            auth.parsed(name, MAX_CHARACTERS, name.equals("token") ? AuthSettings::token : AuthSettings::printable)
                    .ifPresent(value -> fields.put(
                            name,
                            SECRET.contains(name) && value.equals(TargetHeaders.HIDDEN) ? hidden.apply(name) : value));
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

    /** The header that is sent, with its credentials hidden. */
    TargetAuth shownAuth() {
        return new TargetAuth.Fixed((type.equals("basic") ? "Basic " : "Bearer ") + TargetHeaders.HIDDEN);
    }

    /** Whether a field's value is never shown. With an empty password, the user name is the credential. */
    private boolean isHidden(String name) {
        return SECRET.contains(name)
                || (name.equals("username")
                        && fields.containsKey("password")
                        && field("password").isEmpty());
    }

    Optional<String> tokenUrl() {
        return Optional.ofNullable(fields.get("tokenUrl"));
    }

    /** @param toManager whether the token URL is shown whole, not its origin alone */
    public Map<String, String> shown(boolean toManager) {
        Map<String, String> shown = new LinkedHashMap<>();
        shown.put("type", type);
        fields.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(field ->
                        shown.put(field.getKey(), isHidden(field.getKey()) ? TargetHeaders.HIDDEN : field.getValue()));
        tokenUrl().ifPresent(url -> shown.put("tokenUrl", EndpointUrl.shown(URI.create(url), toManager)));
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
