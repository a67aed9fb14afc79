package nexus.page.source;

import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import nexus.value.ValueWriter;

/** The posted form of a replay or backfill as the API reads it. What is wrong in it, the API says. */
final class JobForm {
    private JobForm() {}

    static String replay(Map<String, List<String>> form) {
        StringJoiner json = new StringJoiner(",", "{", "}");
        text(form, "subscriptionId", json);
        time(form, "since", json);
        time(form, "until", json);
        text(form, "status", json);
        number(form, json);
        if (!value(form, "dryRun").isEmpty()) {
            json.add("\"dryRun\":true");
        }
        return json.toString();
    }

    static String backfill(Map<String, List<String>> form) {
        StringJoiner json = new StringJoiner(",", "{", "}");
        text(form, "subscriptionId", json);
        text(form, "table", json);
        text(form, "where", json);
        number(form, json);
        return json.toString();
    }

    private static void text(Map<String, List<String>> form, String field, StringJoiner json) {
        String text = value(form, field);
        if (!text.isEmpty()) {
            json.add(ValueWriter.quoted(field) + ':' + ValueWriter.quoted(text));
        }
    }

    /** A browser's field for a time has minutes, and no zone; it is labelled as UTC. */
    private static void time(Map<String, List<String>> form, String field, StringJoiner json) {
        String text = value(form, field);
        if (!text.isEmpty()) {
            String whole = text.matches("[0-9-]{10}T[0-9]{2}:[0-9]{2}")
                    ? text + ":00Z"
                    : text.matches("[0-9-]{10}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?") ? text + 'Z' : text;
            json.add(ValueWriter.quoted(field) + ':' + ValueWriter.quoted(whole));
        }
    }

    /** Anything but digits is sent as a text, which the API refuses by name. */
    private static void number(Map<String, List<String>> form, StringJoiner json) {
        String text = value(form, "rateLimit");
        if (!text.isEmpty()) {
            json.add("\"rateLimit\":" + (text.matches("[1-9][0-9]{0,8}") ? text : ValueWriter.quoted(text)));
        }
    }

    private static String value(Map<String, List<String>> form, String field) {
        return form.getOrDefault(field, List.of()).stream()
                .findFirst()
                .orElse("")
                .strip();
    }
}
