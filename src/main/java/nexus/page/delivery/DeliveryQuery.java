package nexus.page.delivery;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import nexus.page.PageRequest;
import nexus.value.ValueWriter;

/**
 * The filters of a list of deliveries, which are all in the address. The API judges them; a time may also be a span before
 * now, as in {@code since=24h}, so that a bookmark stays useful.
 *
 * @param values those that are set
 */
record DeliveryQuery(Map<String, String> values) {
    /** They are parameters of {@code GET /v1/deliveries}. */
    private static final List<String> NAMES =
            List.of("status", "subscriptionId", "type", "key", "statusCode", "eventId", "deadReason", "since", "until");

    private static final List<String> TIMES = List.of("since", "until");
    private static final int LIMIT = 50;

    DeliveryQuery {
        values = new LinkedHashMap<>(values);
    }

    /** @param value of a parameter */
    static DeliveryQuery of(Function<String, Optional<String>> value) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String name : NAMES) {
            value.apply(name)
                    .map(String::strip)
                    .filter(text -> !text.isEmpty())
                    .ifPresent(text -> values.put(name, text));
        }
        return new DeliveryQuery(values);
    }

    boolean isEmpty() {
        return values.isEmpty();
    }

    /** The path of the API's list. */
    String apiPath(Optional<String> cursor, Instant now) {
        Map<String, String> all = new LinkedHashMap<>();
        values.forEach((name, value) -> all.put(name, TIMES.contains(name) ? time(value, now) : value));
        all.put("limit", Integer.toString(LIMIT));
        cursor.ifPresent(text -> all.put("cursor", text));
        return "/v1/deliveries?" + joined(all);
    }

    /** The query of the page, without the question mark; empty when nothing is set. */
    String pageQuery() {
        return joined(values);
    }

    /** The page's address with these filters and one more parameter. */
    String pagePath(String name, String value) {
        Map<String, String> all = new LinkedHashMap<>(values);
        if (value.isEmpty()) {
            all.remove(name);
        } else {
            all.put(name, value);
        }
        return all.isEmpty() ? "/deliveries" : "/deliveries?" + joined(all);
    }

    /** The body of {@code POST /v1/deliveries/retry}; what it does not know is left out, and the API refuses the rest. */
    String retryBody(boolean isDryRun, Instant now) {
        Map<String, String> all = new LinkedHashMap<>();
        values.forEach((name, value) -> all.put(name, TIMES.contains(name) ? time(value, now) : value));
        String fields = all.entrySet().stream()
                .map(field -> ValueWriter.quoted(field.getKey()) + ":"
                        + (field.getKey().equals("statusCode")
                                        && field.getValue().matches("[1-9][0-9]{2}")
                                ? field.getValue()
                                : ValueWriter.quoted(field.getValue())))
                .collect(Collectors.joining(","));
        String run = isDryRun ? (fields.isEmpty() ? "" : ",") + "\"dryRun\":true" : "";
        return "{" + fields + run + "}";
    }

    /** With an entry for each filter, for the form. */
    Map<String, Object> form() {
        Map<String, Object> form = new HashMap<>();
        NAMES.forEach(name -> form.put(name, values.getOrDefault(name, "")));
        return form;
    }

    /** Those that are set, for hidden fields. */
    List<Map<String, Object>> fields() {
        return values.entrySet().stream()
                .map(field -> Map.<String, Object>of("name", field.getKey(), "value", field.getValue()))
                .toList();
    }

    private static String time(String text, Instant now) {
        if (text.matches("[1-9][0-9]{0,3}(s|m|h|d)")) {
            long count = Long.parseLong(text.substring(0, text.length() - 1));
            Duration span =
                    switch (text.charAt(text.length() - 1)) {
                        case 's' -> Duration.ofSeconds(count);
                        case 'm' -> Duration.ofMinutes(count);
                        case 'h' -> Duration.ofHours(count);
                        default -> Duration.ofDays(count);
                    };
            return now.minus(span).truncatedTo(ChronoUnit.SECONDS).toString();
        }
        if (text.matches("\\d{4}-\\d{2}-\\d{2}")) {
            return text + "T00:00:00Z";
        }
        return text.matches("\\d{4}-\\d{2}-\\d{2}[T ]\\d{2}:\\d{2}(:\\d{2})?")
                ? text.replace(' ', 'T') + (text.length() == 16 ? ":00Z" : "Z")
                : text;
    }

    private static String joined(Map<String, String> all) {
        return all.entrySet().stream()
                .map(one -> one.getKey() + "=" + PageRequest.encode(one.getValue()))
                .collect(Collectors.joining("&"));
    }
}
