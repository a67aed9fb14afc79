package nexus.page.event;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nexus.page.ApiAnswer;
import nexus.page.PageRequest;
import nexus.page.content.EventContent;
import nexus.page.content.Fields;
import nexus.page.content.RowDifference;
import nexus.value.Value;
import nexus.value.ValueWriter;
import org.jspecify.annotations.Nullable;

/** Makes of an event what its page shows. Pure. */
final class EventSheet {
    /** Changed columns in a row's story. */
    private static final int BRIEF_LINES = 12;

    private EventSheet() {}

    /** @param answer of {@code GET /v1/events/{id}} */
    static Map<String, Object> of(ApiAnswer answer) {
        Map<String, Object> event = new HashMap<>(answer.json());
        boolean hasPayload = event.get("payload") != null;
        event.remove("payload");
        Map<String, Object> data = new HashMap<>();
        data.put("event", event);
        data.put("deliveries", Fields.objects(event, "deliveries"));
        data.put("canRetry", Fields.objects(event, "deliveries").stream().anyMatch(EventSheet::isRetryable));
        data.put("content", hasPayload ? content(answer.value()) : null);
        data.put("key", hasPayload ? key(answer.value()).orElse(null) : null);
        return data;
    }

    private static boolean isRetryable(Map<String, Object> delivery) {
        return List.of("DEAD", "FAILED")
                .contains(Fields.text(delivery, "status").orElse(""));
    }

    private static Value payload(Value event) {
        return event instanceof Value.Fields fields ? fields.get("payload") : Value.MISSING;
    }

    private static Map<String, Object> content(Value event) {
        EventContent content = EventContent.of(payload(event));
        Map<String, Object> map = new HashMap<>();
        map.put("rows", content.difference().map(EventSheet::rows).orElse(null));
        map.put("transaction", facts(content.transaction()));
        map.put("annotations", facts(content.annotations()));
        map.put("data", content.data().text());
        map.put("left", content.data().left());
        return map;
    }

    private static List<Map<String, Object>> facts(List<EventContent.Fact> facts) {
        return facts.stream()
                .map(fact -> Map.<String, Object>of("name", fact.name(), "value", fact.value()))
                .toList();
    }

    private static Map<String, Object> rows(RowDifference difference) {
        Map<String, Object> map = new HashMap<>();
        map.put("operation", difference.operation());
        map.put("table", difference.table());
        map.put("lines", difference.lines().stream().map(EventSheet::line).toList());
        map.put(
                "brief",
                difference.lines().stream()
                        .filter(RowDifference.Line::isChange)
                        .limit(BRIEF_LINES)
                        .map(EventSheet::line)
                        .toList());
        map.put("changes", difference.changes());
        map.put("more", Math.max(0, difference.changes() - BRIEF_LINES));
        map.put("left", difference.left());
        map.put("notes", difference.notes());
        map.put("fix", difference.fix().orElse(null));
        return map;
    }

    private static Map<String, Object> line(RowDifference.Line line) {
        Map<String, @Nullable Object> map = new HashMap<>();
        map.put("name", line.name());
        map.put("word", line.kind().word());
        map.put("isChange", line.isChange());
        map.put("before", line.before().orElse(null));
        map.put("after", line.after().orElse(null));
        return new HashMap<>(map);
    }

    /** The key of the row, if its primary key is the column that it usually is; the event does not tell. */
    private static Optional<String> key(Value event) {
        if (!(payload(event) instanceof Value.Fields payload)
                || !(payload.get("data") instanceof Value.Fields data)
                || !(data.get("schema") instanceof Value.Text schema)
                || !(data.get("table") instanceof Value.Text table)) {
            return Optional.empty();
        }
        for (String row : List.of("record", "old_record")) {
            if (data.get(row) instanceof Value.Fields columns) {
                Value id = columns.get("id");
                if (id instanceof Value.Text text) {
                    return Optional.of(key(schema, table, text.value()));
                }
                if (id instanceof Value.Num number) {
                    return Optional.of(key(schema, table, ValueWriter.text(number)));
                }
            }
        }
        return Optional.empty();
    }

    private static String key(Value.Text schema, Value.Text table, String value) {
        return schema.value() + '.' + table.value() + ':' + PageRequest.encode(value);
    }

    static List<Map<String, Object>> summaries(List<Map<String, Object>> events) {
        List<Map<String, Object>> shown = new ArrayList<>();
        for (Map<String, Object> event : events) {
            Map<String, Object> map = new HashMap<>(event);
            Map<String, Object> counts = Fields.object(event, "deliveries");
            map.put("sent", Fields.number(counts, "SENT").orElse(0));
            map.put("failed", Fields.number(counts, "FAILED").orElse(0));
            map.put("dead", Fields.number(counts, "DEAD").orElse(0));
            map.put("pending", Fields.number(counts, "PENDING").orElse(0));
            shown.add(map);
        }
        return shown;
    }
}
