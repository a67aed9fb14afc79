package nexus.api.page;

import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.UriInfo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiFunction;
import nexus.api.json.Ids;
import nexus.api.json.JsonBody;
import nexus.api.json.Timestamps;
import nexus.refusal.Refusal;

/**
 * Reads the query parameters strictly, like {@link JsonBody}: each parameter is read by name, then {@link #check()}
 * refuses every parameter that was wrong, duplicated or not read. The errors name the parameter.
 */
public final class QueryParameters {
    private static final int DEFAULT_LIMIT = 50;
    private static final int MAX_LIMIT = 250;
    private static final int MAX_CHARACTERS = 2_048;

    private final MultivaluedMap<String, String> parameters;
    private final Set<String> askedFor = new HashSet<>();
    private final List<Refusal.FieldError> errors = new ArrayList<>();

    private QueryParameters(MultivaluedMap<String, String> parameters) {
        this.parameters = parameters;
    }

    public static QueryParameters of(UriInfo uri) {
        return of(uri.getQueryParameters());
    }

    public static QueryParameters of(MultivaluedMap<String, String> parameters) {
        return new QueryParameters(parameters);
    }

    /** {@code ?limit=}: 1 to 250, 50 when absent. */
    public int limit() {
        return parsed("limit", (text, name) -> {
                    if (text.matches("[0-9]{1,3}")) {
                        int limit = Integer.parseInt(text);
                        if (limit >= 1 && limit <= MAX_LIMIT) {
                            return limit;
                        }
                    }
                    throw new Refusal.Invalid(name, "must be a whole number from 1 to " + MAX_LIMIT);
                })
                .orElse(DEFAULT_LIMIT);
    }

    /** {@code ?cursor=} of the same list, with as many parts as its cursors have. */
    public Optional<Cursor> cursor(String list, int partCount) {
        return parsed("cursor", (text, name) -> Cursor.decode(list, partCount, text));
    }

    /**
     * {@code ?cursor=} of a list whose entries have numbers and come in descending order.
     *
     * @return the number below which the page starts; {@link Long#MAX_VALUE} for the first page
     */
    public long below(String list) {
        return cursorOfNumbers(list, 1).map(cursor -> cursor.number(0)).orElse(Long.MAX_VALUE);
    }

    /** A cursor that consists of whole numbers. */
    public Optional<Cursor> cursorOfNumbers(String list, int partCount) {
        return parsed("cursor", (text, name) -> {
            Cursor cursor = Cursor.decode(list, partCount, text);
            for (int i = 0; i < partCount; i++) {
                cursor.number(i);
            }
            return cursor;
        });
    }

    public Optional<String> text(String name) {
        askedFor.add(name);
        List<String> values = parameters.getOrDefault(name, List.of());
        if (values.isEmpty()) {
            return Optional.empty();
        }
        String value = values.getFirst();
        if (values.size() > 1) {
            errors.add(new Refusal.FieldError(name, "must be given once"));
        } else if (value.isEmpty()
                || value.codePointCount(0, value.length()) > MAX_CHARACTERS
                || !JsonBody.isStorable(value)) {
            errors.add(new Refusal.FieldError(
                    name, "must have 1 to " + MAX_CHARACTERS + " characters, none of them U+0000"));
        } else {
            return Optional.of(value);
        }
        return Optional.empty();
    }

    /** A text that {@code parse} converts; it gets the text and the parameter's name, and may refuse it. */
    public <T> Optional<T> parsed(String name, BiFunction<String, String, T> parse) {
        return text(name).flatMap(text -> {
            try {
                return Optional.of(parse.apply(text, name));
            } catch (Refusal.Invalid refusal) {
                errors.addAll(refusal.errors());
                return Optional.empty();
            }
        });
    }

    public Optional<String> oneOf(String name, List<String> allowed) {
        return parsed(name, (text, parameter) -> {
            if (!allowed.contains(text)) {
                throw new Refusal.Invalid(parameter, "must be one of " + String.join(", ", allowed));
            }
            return text;
        });
    }

    public Optional<Boolean> bool(String name) {
        return oneOf(name, List.of("true", "false")).map(Boolean::valueOf);
    }

    public Optional<UUID> uuid(String name) {
        return parsed(name, Ids::uuid);
    }

    /** ISO 8601 with an offset. */
    public Optional<Instant> timestamp(String name) {
        return parsed(name, Timestamps::parse);
    }

    /** @throws Refusal.Invalid with everything that was wrong, and every unknown parameter */
    public void check() {
        for (String name : parameters.keySet()) {
            if (!askedFor.contains(name)) {
                errors.add(new Refusal.FieldError(name, "is not a known query parameter"));
            }
        }
        if (!errors.isEmpty()) {
            throw new Refusal.Invalid(errors);
        }
    }
}
