package nexus.contract;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Compares the records that resources answer with and the schemas of the document. */
final class Records {
    private final Schemas schemas;
    private final Set<String> faults = new LinkedHashSet<>();
    /** Components that an answer may leave out, and that no schema has shown so far. */
    private final Set<String> neverShown = new LinkedHashSet<>();

    private final Set<String> shown = new HashSet<>();

    Records(Schemas schemas) {
        this.schemas = schemas;
    }

    List<String> faults() {
        neverShown.removeAll(shown);
        return Stream.concat(faults.stream(), neverShown.stream().map(component -> component + " is in no schema"))
                .toList();
    }

    void compare(Type type, JsonNode schema, String at) {
        compare(type, Map.of(), schema, at);
    }

    private void compare(Type given, Map<TypeVariable<?>, Type> variables, JsonNode reference, String at) {
        Type type = given instanceof TypeVariable<?> variable ? variables.getOrDefault(variable, given) : given;
        JsonNode schema = withoutNull(schemas.resolved(reference));
        if (type instanceof ParameterizedType generic) {
            Class<?> raw = (Class<?>) generic.getRawType();
            Type last = generic.getActualTypeArguments()[generic.getActualTypeArguments().length - 1];
            if (raw == List.class) {
                require(at, "array", schema);
                compare(last, variables, schema.path("items"), at + "[]");
            } else if (raw == Map.class) {
                require(at, "object", schema);
                compare(last, variables, schema.path("additionalProperties"), at + "{}");
            } else {
                Map<TypeVariable<?>, Type> own = new HashMap<>();
                for (int i = 0; i < raw.getTypeParameters().length; i++) {
                    Type argument = generic.getActualTypeArguments()[i];
                    own.put(
                            raw.getTypeParameters()[i],
                            argument instanceof TypeVariable<?> outer
                                    ? variables.getOrDefault(outer, argument)
                                    : argument);
                }
                compareRecord(raw, own, schema, at);
            }
        } else if (type instanceof Class<?> raw) {
            compareClass(raw, schema, at);
        } else {
            faults.add(at + " is answered with " + type);
        }
    }

    private void compareClass(Class<?> type, JsonNode schema, String at) {
        if (type.isEnum()) {
            Set<String> constants = new LinkedHashSet<>();
            Stream.of(type.getEnumConstants()).map(Object::toString).forEach(constants::add);
            Set<String> values = new LinkedHashSet<>();
            schema.path("enum").forEach(value -> values.add(value.asText()));
            if (!constants.equals(values)) {
                faults.add(at + " is one of " + constants + ", in the document one of " + values);
            }
        } else if (type.isSealed()) { // the choices of the document are in the order of the records
            JsonNode choices = schema.has("anyOf") ? schema.path("anyOf") : schema.path("oneOf");
            requireEqual(at + " has choices", type.getPermittedSubclasses().length, choices.size());
            for (int i = 0; i < choices.size(); i++) {
                compare(type.getPermittedSubclasses()[i], Map.of(), choices.path(i), at + "#" + i);
            }
        } else if (type.isRecord()) {
            compareRecord(type, Map.of(), schema, at);
        } else if (type == String.class) {
            require(at, "string", schema);
        } else if (type == int.class || type == Integer.class) {
            require(at, "integer int32", schema);
        } else if (type == long.class || type == Long.class) {
            require(at, "integer int64", schema);
        } else if (type == double.class || type == Double.class) {
            require(at, "number double", schema);
        } else if (type == boolean.class || type == Boolean.class) {
            require(at, "boolean", schema);
        } else if (type != Object.class) { // any value
            faults.add(at + " is answered with " + type);
        }
    }

    private void compareRecord(Class<?> type, Map<TypeVariable<?>, Type> variables, JsonNode schema, String at) {
        if (Stream.of(type.getRecordComponents())
                .anyMatch(component -> component.getAccessor().isAnnotationPresent(JsonValue.class))) {
            return; // its fields are put into a map: OpenApiIT compares the answers themselves, in both directions
        }
        Map<String, JsonNode> properties = new LinkedHashMap<>(schemas.properties(schema));
        List<String> required = new ArrayList<>(schemas.required(schema));
        schema.path("oneOf").forEach(choice -> properties.putAll(schemas.properties(choice)));
        // a shape of requests too, or one of several, where more may be left out
        boolean isLoose = schema.path("additionalProperties").isBoolean() || schema.has("oneOf");
        for (RecordComponent component : type.getRecordComponents()) {
            JsonProperty renamed = component.getAccessor().getAnnotation(JsonProperty.class);
            String name = renamed == null ? component.getName() : renamed.value();
            String where = at + "/" + name;
            boolean mayBeLeftOut = isLoose
                    || component.getAccessor().isAnnotationPresent(JsonInclude.class)
                    || type.isAnnotationPresent(JsonInclude.class);
            JsonNode property = properties.remove(name);
            if (property == null) {
                if (mayBeLeftOut) {
                    neverShown.add(type.getSimpleName() + "." + name);
                } else {
                    faults.add(where + " is not in the document");
                }
                continue;
            }
            shown.add(type.getSimpleName() + "." + name);
            if (!mayBeLeftOut) {
                requireEqual(where + " is required", true, required.contains(name));
                requireEqual(
                        where + " is nullable",
                        component.getAnnotatedType().isAnnotationPresent(Nullable.class),
                        isNullable(property));
            }
            if (!component.getAccessor().isAnnotationPresent(JsonRawValue.class)) {
                compare(component.getGenericType(), variables, property, where);
            }
        }
        properties.keySet().forEach(name -> faults.add(at + "/" + name + " is never answered"));
    }

    /** A schema without a type takes everything. */
    private boolean isNullable(JsonNode schema) {
        List<String> types = schemas.types(schema);
        return types.isEmpty() || types.contains("null");
    }

    private JsonNode withoutNull(JsonNode schema) {
        List<JsonNode> choices = schema.path("anyOf")
                .valueStream()
                .filter(choice -> !choice.path("type").asText().equals("null"))
                .toList();
        return choices.size() == 1 ? schemas.resolved(choices.getFirst()) : schema;
    }

    private void require(String at, String wanted, JsonNode schema) {
        List<String> types = new ArrayList<>(schemas.types(schema));
        types.remove("null");
        String format = schema.path("format").asText();
        String found = String.join(" or ", types) + (types.contains("string") || format.isEmpty() ? "" : " " + format);
        requireEqual(at + " has the type", wanted, found);
    }

    private <T> void requireEqual(String what, T code, T document) {
        if (!code.equals(document)) {
            faults.add(what + ": " + code + ", in the document " + document);
        }
    }
}
