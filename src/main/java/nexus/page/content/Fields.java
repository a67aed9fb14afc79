package nexus.page.content;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the fields of an answer of the API. A field of another type counts as missing. */
public final class Fields {
    private Fields() {}

    public static Optional<String> text(Map<String, ? extends @Nullable Object> from, String name) {
        return from.get(name) instanceof String text ? Optional.of(text) : Optional.empty();
    }

    public static Optional<Integer> number(Map<String, ? extends @Nullable Object> from, String name) {
        return from.get(name) instanceof Number number ? Optional.of(number.intValue()) : Optional.empty();
    }

    public static Optional<Double> decimal(Map<String, ? extends @Nullable Object> from, String name) {
        return from.get(name) instanceof Number number ? Optional.of(number.doubleValue()) : Optional.empty();
    }

    public static boolean isTrue(Map<String, ? extends @Nullable Object> from, String name) {
        return Boolean.TRUE.equals(from.get(name));
    }

    public static Optional<Instant> time(Map<String, ? extends @Nullable Object> from, String name) {
        return text(from, name).flatMap(Fields::time);
    }

    public static Optional<Instant> time(String text) {
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** Empty when it is no object. */
    @SuppressWarnings("unchecked")
    public static Map<String, Object> object(Map<String, ? extends @Nullable Object> from, String name) {
        return from.get(name) instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
    }

    /** The objects of an array. */
    @SuppressWarnings("unchecked")
    public static List<Map<String, Object>> objects(Map<String, ? extends @Nullable Object> from, String name) {
        return from.get(name) instanceof List<?> list
                ? list.stream()
                        .filter(Map.class::isInstance)
                        .map(one -> (Map<String, Object>) one)
                        .toList()
                : List.of();
    }
}
