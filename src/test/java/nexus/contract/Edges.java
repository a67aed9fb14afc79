package nexus.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;

/** The values on both sides of each limit that a schema sets. */
final class Edges {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final ObjectMapper MAPPER = new ObjectMapper();
    /** What their text means is judged too, not its form alone. */
    private static final Set<String> JUDGED = Set.of("ca", "certificate", "key", "expiresAt", "where");

    /** Which other fields are required, and which are possible, depends on their values. */
    private static final Set<String> CONDITIONAL = Set.of("targetType", "target_type", "target");

    private static final String FAR_AWAY = "9999-12-31T23:59:59.999Z";
    /** Each fits some patterns, and not others. */
    private static final List<String> WORDS = List.of(
            "",
            "a",
            "a.b",
            "a..b",
            "a.*.**",
            "pg.x",
            "pg.nexus.a",
            "nexus.a",
            "a%2Fb",
            "a%zz",
            "10s",
            "0s",
            "1d",
            "8d",
            "31d",
            "721h",
            "10",
            "-1s",
            "a b",
            " a",
            "a\tb",
            "a:b",
            "\"a\"",
            "a\"b",
            "a.b.c",
            "é",
            "\u0000",
            "\uD83D\uDE00",
            "aaaaaaaa",
            "YWJj",
            "YWJjZ",
            "=",
            "true",
            "WEBHOOK");

    private static final Map<String, List<String>> OF_FORMAT = Map.of(
            "date-time",
                    List.of(
                            "",
                            "a",
                            "1970-01-01T00:00:00Z",
                            "1970-01-01T00:30:00+01:00",
                            "9999-12-31T23:30:00-01:00",
                            "1969-12-31T23:59:59Z",
                            "2026-01-31T18:20:43.400+01:00",
                            "2026-01-31T18:20:43.400+0100",
                            "2026-01-31T18:20:43.400+01",
                            "2026-02-30T00:00:00Z",
                            "2026-01-31",
                            "2026-01-31T18:20:43",
                            FAR_AWAY,
                            "10000-01-01T00:00:00Z",
                            "-2026-01-31T00:00:00Z"),
            "uri",
                    List.of(
                            "",
                            "a",
                            "http://127.0.0.1:65533/edge",
                            "HTTPS://example.com:8443?a=b",
                            "ftp://example.com/",
                            "http://",
                            "http://a b/",
                            "http://u:p@example.com/",
                            "http://example.com/#a",
                            "http://example.com/%zz",
                            "example.com"),
            "uuid",
                    List.of(
                            "",
                            "a",
                            "0199a3c4-7f6e-7b3a-9c51-2d1f6a0b8e11",
                            "0199A3C4-7F6E-7B3A-9C51-2D1F6A0B8E11",
                            "0199a3c4"));

    /** For texts of which only the length matters, and that a database can hold them. */
    private static final List<String> FREE = List.of("", " a", "\u0000", "\uD83D\uDE00", "\"a\"");

    private final Schemas schemas;

    /** @param isValid whether it fits the schema */
    record Edge(String what, JsonNode value, boolean isValid) {}

    Edges(Schemas schemas) {
        this.schemas = schemas;
    }

    /** Of one value. Those inside it are the edges of its parts, in a value that fits otherwise. */
    List<Edge> of(JsonNode given, String at) {
        JsonNode schema = schemas.resolved(given);
        List<Edge> edges = new ArrayList<>();
        if (schemas.types(schema).isEmpty()) { // any JSON
            return edges;
        }
        boolean isNullable = schemas.types(schema).contains("null");
        edges.add(new Edge(at + " null", JSON.nullNode(), isNullable));
        List<JsonNode> choices = choices(schema);
        if (!choices.isEmpty()) {
            choices.stream().filter(choice -> !isNull(choice)).forEach(choice -> of(choice, at).stream()
                    .filter(edge -> !edge.value().isNull())
                    .forEach(edges::add));
            return edges;
        }
        String type = type(schema);
        if (!type.equals("string")) {
            edges.add(new Edge(at + " a text", JSON.textNode("x"), false));
        }
        if (!type.equals("object")) {
            edges.add(new Edge(at + " an object", JSON.objectNode(), false));
        }
        if (!type.equals("array")) {
            edges.add(new Edge(at + " an array", JSON.arrayNode(), false));
        }
        if (!type.equals("boolean")) {
            edges.add(new Edge(at + " true", JSON.booleanNode(true), false));
        }
        switch (type) {
            case "string" -> texts(schema, at).forEach(edges::add);
            case "integer" -> numbers(schema, at).forEach(edges::add);
            case "boolean" -> {
                edges.add(new Edge(at + " false", JSON.booleanNode(false), true));
                edges.add(new Edge(at + " 0", JSON.numberNode(0), false));
            }
            case "array" -> arrays(schema, at).forEach(edges::add);
            default -> objects(schema, at).forEach(edges::add);
        }
        return edges;
    }

    /** Of a text, without those of another type. */
    List<Edge> texts(JsonNode schema, String at) {
        List<Edge> edges = new ArrayList<>();
        if (schema.has("enum")) {
            schema.path("enum").forEach(value -> edges.add(new Edge(at + " " + value, value, true)));
            edges.add(new Edge(at + " none of the enum", JSON.textNode("none-of-them"), false));
            return edges;
        }
        if (schema.has("const")) {
            edges.add(new Edge(at + " " + schema.path("const"), schema.path("const"), true));
            edges.add(new Edge(at + " not the constant", JSON.textNode("none-of-them"), false));
            return edges;
        }
        String name = at.substring(at.lastIndexOf('/') + 1);
        boolean isFree = schema.path("pattern").asText().equals("^[^\\u0000]*$") && !schema.has("format");
        List<String> candidates = new ArrayList<>(
                isFree ? FREE : OF_FORMAT.getOrDefault(schema.path("format").asText(), WORDS));
        int max = schema.path("maxLength").asInt(0);
        for (int length : new int[] {schema.path("minLength").asInt(0), max}) {
            if (length > 0) {
                IntStream.rangeClosed(length - 1, length + 1).forEach(n -> candidates.add("a".repeat(n)));
                candidates.add("http://example.com/" + "a".repeat(Math.max(0, length - 19)));
                candidates.add("http://example.com/" + "a".repeat(Math.max(0, length - 18)));
            }
        }
        if (max > 0 && max <= 1_024) {
            candidates.add("\uD83D\uDE00".repeat(max));
        }
        for (String candidate : candidates) {
            boolean isValid = TextForm.fits(schema, candidate);
            if (!(isValid && JUDGED.contains(name))) {
                String shown =
                        candidate.length() > 60 ? candidate.substring(0, 60) + "… " + candidate.length() : candidate;
                edges.add(new Edge(at + " '" + shown + "'", JSON.textNode(candidate), isValid));
            }
        }
        return edges;
    }

    List<Edge> numbers(JsonNode schema, String at) {
        List<Edge> edges = new ArrayList<>();
        long min = schema.path("minimum").asLong();
        long max = schema.path("maximum").asLong();
        edges.add(new Edge(at + " least", JSON.numberNode(min), true));
        edges.add(new Edge(at + " most", JSON.numberNode(max), true));
        edges.add(new Edge(at + " below", JSON.numberNode(min - 1), false));
        edges.add(new Edge(at + " above", JSON.numberNode(max + 1), false));
        edges.add(new Edge(at + " far above", JSON.numberNode(BigInteger.TEN.pow(30)), false));
        edges.add(new Edge(at + " a fraction", JSON.numberNode(min + 0.5), false));
        return edges;
    }

    private List<Edge> arrays(JsonNode schema, String at) {
        List<Edge> edges = new ArrayList<>();
        int min = schema.path("minItems").asInt(0);
        int max = schema.path("maxItems").asInt(0);
        JsonNode item = sample(schema.path("items"));
        edges.add(new Edge(at + " of the least length", filled(item, min), true));
        if (min > 0) {
            edges.add(new Edge(at + " too short", filled(item, min - 1), false));
        }
        if (max > 0) {
            edges.add(new Edge(at + " of the greatest length", filled(item, max), true));
            edges.add(new Edge(at + " too long", filled(item, max + 1), false));
        }
        of(schema.path("items"), at + "/0")
                .forEach(
                        edge -> edges.add(new Edge(edge.what(), JSON.arrayNode().add(edge.value()), edge.isValid())));
        return edges;
    }

    private static ArrayNode filled(JsonNode item, int count) {
        ArrayNode array = JSON.arrayNode();
        IntStream.range(0, count).forEach(i -> array.add(item));
        return array;
    }

    private List<Edge> objects(JsonNode schema, String at) {
        List<Edge> edges = new ArrayList<>();
        ObjectNode base = (ObjectNode) sample(schema);
        edges.add(new Edge(at + " minimal", base, true));
        if (schema.path("additionalProperties").isBoolean()
                && !schema.path("additionalProperties").asBoolean()) {
            edges.add(new Edge(at + " with an unknown field", with(base, "unknownField", JSON.textNode("x")), false));
        }
        if (schema.path("additionalProperties").isObject()) {
            for (String name : List.of("", "a b", "a:b", "é", "a".repeat(100), "a".repeat(101))) {
                edges.add(new Edge(
                        at + " with the name '" + name + "'",
                        with(base, name, sample(schema.path("additionalProperties"))),
                        TextForm.fits(schema.path("propertyNames"), name)));
            }
            of(schema.path("additionalProperties"), at + "/X-Edge")
                    .forEach(edge ->
                            edges.add(new Edge(edge.what(), with(base, "X-Edge", edge.value()), edge.isValid())));
        }
        required(schema).forEach(name -> {
            ObjectNode without = base.deepCopy();
            without.remove(name);
            edges.add(new Edge(at + " without " + name, without, false));
        });
        schemas.properties(schema).forEach((name, property) -> {
            if (!schemas.resolved(property).path("readOnly").asBoolean()
                    && schema.path("dependentRequired").path(name).isMissingNode()) {
                of(property, at + "/" + name).stream()
                        .filter(edge -> !(edge.isValid() && CONDITIONAL.contains(name)))
                        .forEach(edge ->
                                edges.add(new Edge(edge.what(), with(base, name, edge.value()), edge.isValid())));
            }
        });
        return edges;
    }

    /** With what the usual type of target needs, which JSON Schema has no short word for. */
    private List<String> required(JsonNode schema) {
        List<String> required = new ArrayList<>(schemas.required(schema));
        schema.path("x-required-by-webhooks").forEach(name -> required.add(name.asText()));
        return required;
    }

    private static ObjectNode with(ObjectNode base, String name, JsonNode value) {
        ObjectNode changed = base.deepCopy();
        changed.set(name, value);
        return changed;
    }

    /** Something that fits, and no more than is required. */
    JsonNode sample(JsonNode given) {
        JsonNode schema = schemas.resolved(given);
        List<JsonNode> choices = choices(schema);
        if (!choices.isEmpty()) {
            return sample(choices.getFirst());
        }
        if (schema.has("enum")) {
            return schema.path("enum").path(0);
        }
        if (schema.has("const")) {
            return schema.path("const");
        }
        return switch (type(schema)) {
            case "integer" -> JSON.numberNode(schema.path("minimum").asInt());
            case "boolean" -> JSON.booleanNode(true);
            case "array" ->
                filled(sample(schema.path("items")), schema.path("minItems").asInt(0));
            case "object" -> {
                ObjectNode object = JSON.objectNode();
                required(schema)
                        .forEach(name -> object.set(
                                name, sample(schemas.properties(schema).getOrDefault(name, JSON.nullNode()))));
                yield object;
            }
            default -> {
                String unique = "edge-" + UUID.randomUUID();
                yield JSON.textNode(
                        TextForm.fits(schema, unique)
                                ? unique
                                : OF_FORMAT.getOrDefault(schema.path("format").asText(), WORDS).stream()
                                        .filter(text -> TextForm.fits(schema, text))
                                        .findFirst()
                                        .orElseThrow());
            }
        };
    }

    private static List<JsonNode> choices(JsonNode schema) {
        JsonNode choices = schema.has("anyOf") ? schema.path("anyOf") : schema.path("oneOf");
        return choices.valueStream().toList();
    }

    private static boolean isNull(JsonNode schema) {
        return schema.path("type").asText().equals("null");
    }

    private String type(JsonNode schema) {
        return schemas.types(schema).stream()
                .filter(type -> !type.equals("null"))
                .findFirst()
                .orElse("object");
    }

    static String text(JsonNode value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
