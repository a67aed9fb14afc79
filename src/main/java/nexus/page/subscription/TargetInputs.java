package nexus.page.subscription;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import nexus.page.subscription.Field.Kind;
import org.jspecify.annotations.Nullable;

/** Makes the inputs of a type of target from what {@code GET /v1/target-types} says about it. */
final class TargetInputs {
    private static final int DEEPEST = 4;
    private static final Map<String, String> LABELS = Map.of(
            "endpointUrl", "Endpoint URL",
            "tls", "TLS as JSON",
            "auth", "Credentials as JSON",
            "signing", "Second signature",
            "secret", "Signing secret",
            "baseUrl", "Base URL",
            "accountSid", "Account SID",
            "authToken", "Auth token");

    private TargetInputs() {}

    /** @param type an entry of the catalogue */
    static List<Field> of(Map<String, @Nullable Object> type) {
        List<Field> fields = new ArrayList<>();
        add(map(type.get("schema")), "", DEEPEST, fields);
        return fields;
    }

    private static void add(Map<String, @Nullable Object> schema, String at, int levels, List<Field> fields) {
        List<?> required = schema.get("required") instanceof List<?> list ? list : List.of();
        map(schema.get("properties")).forEach((name, value) -> {
            Map<String, @Nullable Object> property = map(value);
            String pointer = at + '/' + name.replace("~", "~0").replace("/", "~1");
            // an object whose members depend on each other, such as credentials, is edited as a whole
            boolean isDescribed = at.isEmpty() && !name.equals("target");
            if (property.get("properties") != null && levels > 0 && !isDescribed) {
                add(property, pointer, levels - 1, fields);
            } else {
                fields.add(field(pointer, name, property, required.contains(name)));
            }
        });
    }

    private static Field field(
            String pointer, String name, Map<String, @Nullable Object> property, boolean isRequired) {
        Optional<List<String>> choices = choices(property);
        return new Field(
                pointer,
                label(name),
                choices.isPresent() ? Kind.CHOICE : kind(property),
                choices.map(known -> isRequired ? known : with(known)).orElse(List.of()),
                isRequired,
                Boolean.TRUE.equals(property.get("writeOnly")),
                property.get("description") == null ? "" : String.valueOf(property.get("description")));
    }

    private static Kind kind(Map<String, @Nullable Object> property) {
        return switch (String.valueOf(property.get("type"))) {
            case "string" -> Kind.TEXT;
            case "integer", "number" -> Kind.NUMBER;
            case "array" -> "string".equals(map(property.get("items")).get("type")) ? Kind.LINES : Kind.JSON;
            case "object" ->
                "string".equals(map(property.get("additionalProperties")).get("type")) ? Kind.PAIRS : Kind.JSON;
            default -> Kind.JSON;
        };
    }

    private static Optional<List<String>> choices(Map<String, @Nullable Object> property) {
        return property.get("enum") instanceof List<?> list
                ? Optional.of(list.stream().map(String::valueOf).toList())
                : Optional.empty();
    }

    private static List<String> with(List<String> choices) {
        List<String> all = new ArrayList<>(List.of(""));
        all.addAll(choices);
        return all;
    }

    private static String label(String name) {
        String known = LABELS.get(name);
        if (known != null) {
            return known;
        }
        String spaced = name.replaceAll("([a-z])([A-Z])", "$1 $2").toLowerCase(Locale.ROOT);
        return spaced.isEmpty() ? name : Character.toUpperCase(spaced.charAt(0)) + spaced.substring(1);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, @Nullable Object> map(@Nullable Object value) {
        return value instanceof Map<?, ?> map
                ? (Map<String, @Nullable Object>) map
                : Map.<String, @Nullable Object>of();
    }
}
