package nexus.subscription.target;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import nexus.refusal.Refusal;

/**
 * One field of a target's settings. The same declaration reads the field, shows it and describes it.
 *
 * @param isSecret whether its value is never shown
 */
record TargetField(String name, Kind kind, boolean isRequired, boolean isSecret, String description) {
    static TargetField required(String name, Kind kind, String description) {
        return new TargetField(name, kind, true, false, description);
    }

    static TargetField optional(String name, Kind kind, String description) {
        return new TargetField(name, kind, false, false, description);
    }

    /** The same, never shown again. */
    TargetField secret() {
        return new TargetField(name, kind, isRequired, true, description);
    }

    /** JSON Schema of its value. */
    Map<String, Object> schema() {
        Map<String, Object> schema = new LinkedHashMap<>(kind.schema());
        schema.put("description", description);
        if (isSecret) {
            schema.put("writeOnly", true);
        }
        return schema;
    }

    /** Which values a field takes. */
    sealed interface Kind {
        Map<String, Object> schema();
    }

    /**
     * A text.
     *
     * @param max characters
     * @param pattern what the schema says about it; empty for any text
     * @param check returns the text, or refuses it at the pointer
     */
    record Text(int max, Optional<String> pattern, BiFunction<String, String, String> check) implements Kind {
        static Text any(int max) {
            return new Text(max, Optional.empty(), (text, at) -> text);
        }

        /** @param rule continues "must be" */
        static Text matching(int max, Pattern pattern, String rule) {
            return new Text(max, Optional.of(pattern.pattern()), (text, at) -> {
                if (!pattern.matcher(text).matches()) {
                    throw new Refusal.Invalid(at, "must be " + rule);
                }
                return text;
            });
        }

        @Override
        public Map<String, Object> schema() {
            Map<String, Object> schema = new LinkedHashMap<>();
            schema.put("type", "string");
            schema.put("minLength", 1);
            schema.put("maxLength", max);
            pattern.ifPresent(text -> schema.put("pattern", "^(?:" + text + ")$"));
            return schema;
        }
    }

    /** An http or https URL, as {@link EndpointUrl} takes it. */
    record Url() implements Kind {
        @Override
        public Map<String, Object> schema() {
            return Map.of("type", "string", "format", "uri", "minLength", 1, "maxLength", EndpointUrl.MAX_CHARACTERS);
        }
    }

    /** One of these texts. */
    record Choice(List<String> values) implements Kind {
        @Override
        public Map<String, Object> schema() {
            return Map.of("type", "string", "enum", values);
        }
    }

    /** An array of one to {@code most} texts. */
    record Texts(int most, Text each) implements Kind {
        @Override
        public Map<String, Object> schema() {
            return Map.of("type", "array", "minItems", 1, "maxItems", most, "items", each.schema());
        }
    }

    /** An object. */
    record Inner(TargetFields fields) implements Kind {
        @Override
        public Map<String, Object> schema() {
            return fields.schema();
        }
    }

    /** Read and shown elsewhere: the fields of webhooks. */
    record Described(Map<String, Object> schema) implements Kind {}
}
