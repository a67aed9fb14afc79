package nexus.page.subscription;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import nexus.page.subscription.Field.Kind;
import nexus.value.JsonValues;
import nexus.value.Value;
import nexus.value.ValueWriter;

/** The inputs of the form: those that every subscription has, and those of its type of target, made from the catalogue. */
record Fields(List<Field> all) {
    static final Field NAME = Field.of("/name", "Name", Kind.TEXT, "Default: the host of the endpoint.");
    static final Field TYPES = Field.of(
            "/eventTypes",
            "Event types",
            Kind.LINES,
            "One pattern on each line: * is one segment, ** any number; a single * is everything.");
    static final Field FILTER = Field.of("/filter", "Filter as JSON", Kind.JSON, "Empty: every event of these types.");

    /** What is sent. */
    static final List<Field> CONTENT = List.of(
            Field.choice(
                    "/format", "Format", List.of("default", "standard", "cloudevents", "supabase"), "Of the body."),
            Field.of(
                    "/transform",
                    "Template of the body",
                    Kind.JSON,
                    "JSON; in its texts, {{ … }} is an expression over id, type, createdAt, data, metadata, record, old, changed."),
            Field.choice("/request/method", "Method", List.of("", "POST", "PUT", "PATCH", "DELETE"), "Default: POST."),
            Field.of("/request/path", "Path", Kind.TEXT, "Appended to that of the endpoint: /orders/{{record.id}}"),
            Field.of("/request/headers", "Headers of the template", Kind.PAIRS, "One name: value on each line."),
            Field.of("/columns/include", "Only these columns", Kind.LINES, "One on each line."),
            Field.of("/columns/exclude", "All but these columns", Kind.LINES, "One on each line; not with the former."),
            Field.of("/columns/mask", "Masked columns", Kind.PAIRS, "email: hash, or iban: redact, one on each line."));

    /** How it is sent. */
    static final List<Field> FLOW = List.of(
            Field.choice("/ordering", "Order", List.of("key", "none"), "key: one row's changes one after the other."),
            Field.of("/concurrency", "Requests at the same time", Kind.NUMBER, "Default: 32."),
            Field.of("/rateLimit", "Requests per second", Kind.NUMBER, "Default: no limit."),
            Field.of("/retry/maxAttempts", "Most attempts", Kind.NUMBER, "Then a delivery is dead."),
            Field.of("/retry/baseSeconds", "First wait in seconds", Kind.NUMBER, "Doubles each time."),
            Field.of("/retry/cap", "Longest wait", Kind.TEXT, "Such as 10h."),
            Field.of("/deadOn", "Status codes that are final", Kind.NUMBERS, "Such as 400, 422."),
            Field.of("/batch/maxSize", "Events in one request", Kind.NUMBER, "2 to 1000; empty: one each."),
            Field.of("/batch/maxWait", "Wait for others of a batch", Kind.TEXT, "0s to 60s."));

    /** A member whose null and absent members mean the same. */
    private static final Set<String> PLAIN_OBJECTS = Set.of("retry", "batch", "columns", "request", "target");

    Fields {
        all = List.copyOf(all);
    }

    /** @param target those of the type of target */
    static Fields with(List<Field> target) {
        List<Field> all = new ArrayList<>(List.of(NAME, TYPES, FILTER));
        all.addAll(target);
        all.addAll(CONTENT);
        all.addAll(FLOW);
        return new Fields(all);
    }

    /** One mistake, found before the API is asked. */
    record Mistake(String pointer, String detail) {}

    /**
     * What was entered.
     *
     * @param members the JSON of each member of the subscription that something was entered for
     */
    record Entered(Map<String, String> members, List<Mistake> mistakes) {
        Entered {
            mistakes = List.copyOf(mistakes);
        }

        boolean isReadable() {
            return mistakes.isEmpty();
        }

        String json() {
            return object(members);
        }

        /** It may hold secrets. */
        @Override
        public String toString() {
            return "Entered[redacted]";
        }
    }

    static String object(Map<String, String> members) {
        StringJoiner json = new StringJoiner(",", "{", "}");
        members.forEach((name, value) -> json.add(ValueWriter.quoted(name) + ':' + value));
        return json.toString();
    }

    Entered read(Map<String, List<String>> form) {
        List<Mistake> mistakes = new ArrayList<>();
        Map<String, Object> tree = new LinkedHashMap<>();
        for (Field field : all) {
            try {
                Optional<String> json = field.json(String.join("\n", form.getOrDefault(field.pointer(), List.of())));
                json.ifPresent(value -> put(tree, field.path(), value));
            } catch (Field.Wrong wrong) {
                mistakes.add(new Mistake(field.pointer(), String.valueOf(wrong.getMessage())));
            }
        }
        Map<String, String> members = new LinkedHashMap<>();
        tree.forEach((name, value) -> members.put(name, written(value)));
        return new Entered(members, mistakes);
    }

    @SuppressWarnings("unchecked")
    private static void put(Map<String, Object> tree, List<String> path, String json) {
        Map<String, Object> at = tree;
        for (String name : path.subList(0, path.size() - 1)) {
            at = (Map<String, Object>) at.computeIfAbsent(name, first -> new LinkedHashMap<String, Object>());
        }
        at.put(path.getLast(), json);
    }

    @SuppressWarnings("unchecked")
    private static String written(Object node) {
        if (node instanceof Map<?, ?> map) {
            Map<String, String> members = new LinkedHashMap<>();
            ((Map<String, Object>) map).forEach((name, value) -> members.put(name, written(value)));
            return object(members);
        }
        return String.valueOf(node);
    }

    /** What each input shows for a subscription. */
    Map<String, List<String>> entered(Value subscription) {
        Map<String, List<String>> form = new LinkedHashMap<>();
        for (Field field : all) {
            Value value = subscription;
            for (String name : field.path()) {
                value = value instanceof Value.Fields fields ? fields.get(name) : Value.MISSING;
            }
            form.put(field.pointer(), List.of(field.entered(value)));
        }
        return form;
    }

    /**
     * One member that a save would change.
     *
     * @param before empty when there was nothing
     * @param after empty when nothing is left
     */
    record Change(String name, Optional<String> before, Optional<String> after) {}

    /** The members that differ from the subscription as it is. A secret that nothing was entered for stays. */
    List<Change> changes(Entered entered, Value.Fields subscription) {
        Set<String> secrets = Set.copyOf(all.stream()
                .filter(field -> field.isSecret() && field.path().size() == 1)
                .map(Field::member)
                .toList());
        List<Change> changes = new ArrayList<>();
        for (String name : all.stream().map(Field::member).distinct().toList()) {
            Optional<Value> before = present(name, subscription.get(name));
            Optional<Value> after = Optional.ofNullable(entered.members().get(name))
                    .flatMap(json -> present(name, JsonValues.read(json)));
            if (!before.map(ValueWriter::text).equals(after.map(ValueWriter::text))
                    && !(after.isEmpty() && secrets.contains(name))) {
                changes.add(new Change(name, before.map(ValueWriter::text), after.map(ValueWriter::text)));
            }
        }
        return changes;
    }

    /** The body of a PATCH. */
    static String patch(List<Change> changes) {
        Map<String, String> members = new LinkedHashMap<>();
        changes.forEach(change -> members.put(change.name(), change.after().orElse("null")));
        return object(members);
    }

    /** Empty when the API would treat it like nothing. */
    private static Optional<Value> present(String name, Value value) {
        return switch (value) {
            case Value.Missing missing -> Optional.empty();
            case Value.Unknown unknown -> Optional.empty();
            case Value.Null none -> Optional.empty();
            case Value.Items items when items.values().isEmpty() -> Optional.empty();
            case Value.Fields fields when fields.names().isEmpty() && !name.equals("transform") -> Optional.empty();
            case Value.Fields fields
            when PLAIN_OBJECTS.contains(name) -> {
                Map<String, String> members = new LinkedHashMap<>();
                fields.names().stream().sorted().forEach(inner -> present(inner, fields.get(inner))
                        .ifPresent(kept -> members.put(inner, ValueWriter.text(kept))));
                yield members.isEmpty() ? Optional.empty() : Optional.of(JsonValues.read(object(members)));
            }
            default -> Optional.of(value);
        };
    }
}
