package nexus.contract;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/** Values that fit a schema, and now and then one that does not. Texts of JSON, because it may be wrong in itself. */
final class RandomValues {
    private static final int KNOWN_IDS = 200;
    private static final List<String> JUNK = List.of(
            "null",
            "\"\"",
            "\" \"",
            "true",
            "0",
            "-1",
            "1e400",
            "12345678901234567890123",
            "0.1",
            "[]",
            "{}",
            "[{}]",
            "[null]",
            "{\"a\":{\"b\":[1]}}",
            "\"\\u0000\"",
            "\"\\ud800\"",
            "\"\\ud83d\\ude00\"",
            "\"'; DROP TABLE event; --\"",
            "\"http://[::1\"",
            "\"http://user:pw@localhost/\"",
            "\"http://localhost:22/\"",
            "\"${jndi:ldap://localhost}\"",
            "\"2026-02-30T00:00:00Z\"",
            "\"" + "x".repeat(5_000) + "\"",
            "9".repeat(2_000),
            "[".repeat(150) + "]".repeat(150));

    private final Schemas schemas;
    private final Random random;
    private final Deque<String> ids = new ArrayDeque<>();

    RandomValues(Schemas schemas, Random random) {
        this.schemas = schemas;
        this.random = random;
    }

    /** Ids that an answer has are used in later requests. */
    void learn(JsonNode answer) {
        answer.findValuesAsText("id").forEach(this::learn);
        answer.findValuesAsText("eventId").forEach(this::learn);
    }

    private void learn(String id) {
        ids.addLast(id);
        if (ids.size() > KNOWN_IDS) {
            ids.removeFirst();
        }
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    <T> T oneOf(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    String id() {
        return ids.isEmpty() || chance(0.2)
                ? new UUID(random.nextLong(), random.nextLong()).toString()
                : oneOf(List.copyOf(ids));
    }

    /** @param junk how likely each value in it is one that nobody asked for */
    String json(JsonNode given, double junk) {
        if (chance(junk)) {
            return oneOf(JUNK);
        }
        JsonNode schema = schemas.resolved(given);
        if (schema.has("const")) {
            return schema.path("const").toString();
        }
        if (schema.has("enum")) {
            return oneOf(schema.path("enum").valueStream().toList()).toString();
        }
        JsonNode choices = schema.has("anyOf") ? schema.path("anyOf") : schema.path("oneOf");
        if (!choices.isEmpty()) {
            return json(oneOf(choices.valueStream().toList()), junk);
        }
        List<String> types = schemas.types(schema);
        String type = types.isEmpty() ? "object" : oneOf(types);
        return switch (type) {
            case "string" -> '"' + text(schema) + '"';
            case "integer", "number" -> Long.toString(number(schema));
            case "boolean" -> Boolean.toString(random.nextBoolean());
            case "array" -> array(schema, junk);
            case "null" -> "null";
            default -> object(schema, junk);
        };
    }

    /** Without quotes; needs no escapes. */
    String text(JsonNode schema) {
        if (schema.has("enum")) {
            return oneOf(schema.path("enum").valueStream().toList()).asText();
        }
        return switch (schema.path("format").asText()) {
            case "uuid" -> id();
            case "date-time" -> "20" + (10 + random.nextInt(80)) + "-01-31T18:20:43Z";
            case "uri" -> "http://127.0.0.1:65533/" + random.nextInt(1_000_000);
            default -> {
                int most = Math.min(schema.path("maxLength").asInt(40), 40);
                int length = Math.max(1, random.nextInt(most) + 1);
                StringBuilder text = new StringBuilder("fuzz.");
                while (text.length() < length) {
                    text.append((char) ('a' + random.nextInt(26)));
                }
                yield text.toString();
            }
        };
    }

    long number(JsonNode schema) {
        int least = schema.path("minimum").asInt(0);
        int most = schema.path("maximum").asInt(1_000);
        return (long) least + random.nextInt(Math.max(1, most - least + 1));
    }

    private String array(JsonNode schema, double junk) {
        int count = Math.max(schema.path("minItems").asInt(0), random.nextInt(4));
        List<String> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            items.add(json(schema.path("items"), junk));
        }
        return '[' + String.join(",", items) + ']';
    }

    private String object(JsonNode schema, double junk) {
        Map<String, JsonNode> properties = schemas.properties(schema);
        List<String> required = schemas.required(schema);
        List<String> fields = new ArrayList<>();
        if (properties.isEmpty()) {
            fields.add("\"n\":" + random.nextInt());
        }
        properties.forEach((name, property) -> {
            boolean isAsked = required.contains(name)
                    ? !chance(junk)
                    : !schemas.resolved(property).path("readOnly").asBoolean() && chance(0.3);
            if (isAsked) {
                fields.add('"' + name + "\":" + json(property, junk));
            }
        });
        if (chance(junk)) {
            fields.add("\"unknown\":" + oneOf(JUNK));
        }
        if (chance(junk / 4) && !fields.isEmpty()) {
            fields.add(oneOf(fields));
        }
        return '{' + String.join(",", fields) + '}';
    }
}
