package nexus.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** What the document says of values. An object with properties has no others, unless it says so. */
final class Schemas {
    private final JsonNode document;

    Schemas(JsonNode document) {
        this.document = document;
    }

    /** Follows {@code $ref}. */
    JsonNode resolved(JsonNode node) {
        String reference = node.path("$ref").asText();
        return reference.isEmpty() ? node : resolved(document.at(reference.substring(1)));
    }

    /** Its own and those of what it is made of. */
    Map<String, JsonNode> properties(JsonNode given) {
        JsonNode schema = resolved(given);
        Map<String, JsonNode> properties = new LinkedHashMap<>();
        schema.path("allOf").forEach(part -> properties.putAll(properties(part)));
        schema.path("properties").properties().forEach(entry -> properties.put(entry.getKey(), entry.getValue()));
        return properties;
    }

    List<String> required(JsonNode given) {
        JsonNode schema = resolved(given);
        List<String> required = new ArrayList<>();
        schema.path("allOf").forEach(part -> required.addAll(required(part)));
        schema.path("required").forEach(name -> required.add(name.asText()));
        return required;
    }

    List<String> types(JsonNode given) {
        JsonNode schema = resolved(given);
        JsonNode type = schema.path("type");
        List<String> types = new ArrayList<>();
        if (type.isArray()) {
            type.forEach(one -> types.add(one.asText()));
        } else if (type.isTextual()) {
            types.add(type.asText());
        }
        schema.path("allOf").forEach(part -> types.addAll(types(part)));
        schema.path("anyOf").forEach(part -> types.addAll(types(part)));
        schema.path("oneOf").forEach(part -> types.addAll(types(part)));
        return types;
    }

    /** What is wrong with a value, each with where it is. */
    List<String> faults(JsonNode given, JsonNode value, String at) {
        JsonNode schema = resolved(given);
        List<String> faults = new ArrayList<>();
        if (value.isNull() && types(schema).contains("null")) {
            return faults;
        }
        JsonNode choices = schema.has("anyOf") ? schema.path("anyOf") : schema.path("oneOf");
        if (!choices.isEmpty()) {
            return choices.valueStream()
                            .anyMatch(choice -> faults(choice, value, at).isEmpty())
                    ? faults
                    : List.of(at + " is none of the choices: " + value);
        }
        List<String> types = types(schema);
        if (!types.isEmpty() && types.stream().noneMatch(type -> isOf(type, value))) {
            faults.add(at + " is no " + types + ": " + value);
        }
        if (schema.has("enum") && schema.path("enum").valueStream().noneMatch(value::equals)) {
            faults.add(at + " is none of " + schema.path("enum") + ": " + value);
        }
        if (schema.has("const") && !schema.path("const").equals(value)) {
            faults.add(at + " is not " + schema.path("const") + ": " + value);
        }
        if (value.isArray()) {
            value.forEach(item -> faults.addAll(faults(schema.path("items"), item, at + "/*")));
        }
        if (value.isObject()) {
            faults.addAll(objectFaults(schema, value, at));
        }
        return faults;
    }

    private List<String> objectFaults(JsonNode schema, JsonNode value, String at) {
        List<String> faults = new ArrayList<>();
        Map<String, JsonNode> properties = properties(schema);
        new TreeSet<>(required(schema))
                .stream().filter(name -> !value.has(name)).forEach(name -> faults.add(at + "/" + name + " is missing"));
        value.properties().forEach(entry -> {
            JsonNode property = properties.getOrDefault(entry.getKey(), MissingNode.getInstance());
            if (!property.isMissingNode()) {
                faults.addAll(faults(property, entry.getValue(), at + "/" + entry.getKey()));
            } else if (!properties.isEmpty()) {
                faults.add(at + "/" + entry.getKey() + " is not described");
            }
        });
        return faults;
    }

    private static boolean isOf(String type, JsonNode value) {
        return switch (type) {
            case "string" -> value.isTextual();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            case "array" -> value.isArray();
            case "object" -> value.isObject();
            case "null" -> value.isNull();
            default -> false;
        };
    }
}
