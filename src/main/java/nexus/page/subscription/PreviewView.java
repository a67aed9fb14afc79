package nexus.page.subscription;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nexus.page.ApiAnswer;
import nexus.page.content.ReadableJson;
import nexus.value.Value;
import nexus.value.ValueWriter;
import org.jspecify.annotations.Nullable;

/** What a subscription would select and send, as the template shows it. */
final class PreviewView {
    private static final List<String> EVENT = List.of("id", "type", "createdAt", "payload");

    private PreviewView() {}

    static Map<String, Object> none(String why) {
        Map<String, Object> view = empty();
        view.put("problem", why);
        return view;
    }

    private static Map<String, Object> empty() {
        Map<String, Object> view = new HashMap<>();
        view.put("problem", "");
        view.put("errors", List.of());
        view.put("matched", 0);
        view.put("of", 0);
        view.put("isCounted", false);
        view.put("reasons", List.of());
        view.put("examples", List.of());
        view.put("event", "");
        view.put("eventJson", "");
        view.put("hasRequest", false);
        view.put("decision", "");
        view.put("method", "");
        view.put("url", "");
        view.put("headers", List.of());
        view.put("body", "");
        return view;
    }

    /**
     * @param many about the last events
     * @param one about one event
     * @param event that event
     */
    static Map<String, Object> of(ApiAnswer many, Optional<ApiAnswer> one, Optional<ApiAnswer> event, String eventId) {
        Map<String, Object> view = empty();
        if (!many.isGood()) {
            view.put("problem", many.status() == 422 ? "" : many.refusal());
            view.put(
                    "errors",
                    Json.maps(many.json().get("errors")).stream()
                            .map(error -> Map.of(
                                    "pointer",
                                    Json.text(error.get("pointer")).replaceFirst("^/subscription", ""),
                                    "detail",
                                    Json.text(error.get("detail"))))
                            .toList());
            return view;
        }
        view.put("isCounted", true);
        view.put("matched", Json.number(many.json().get("matched")));
        view.put("of", Json.number(many.json().get("of")));
        view.put(
                "reasons",
                Json.maps(many.json().get("reasons")).stream()
                        .map(reason -> Map.of(
                                "reason", Json.text(reason.get("reason")), "count", Json.number(reason.get("count"))))
                        .toList());
        view.put(
                "examples",
                Json.maps(many.json().get("examples")).stream()
                        .map(example ->
                                Map.of("id", Json.text(example.get("eventId")), "type", Json.text(example.get("type"))))
                        .toList());
        view.put("event", eventId);
        event.filter(ApiAnswer::isGood).ifPresent(answer -> view.put("eventJson", event(answer.value())));
        one.ifPresent(answer -> request(answer, view));
        return view;
    }

    /** What templates and filters see of it. */
    private static String event(Value event) {
        Map<String, String> members = new LinkedHashMap<>();
        if (event instanceof Value.Fields fields) {
            for (String name : EVENT) {
                members.put(name, ValueWriter.text(fields.get(name)));
            }
        }
        return ReadableJson.of(Fields.object(members)).text();
    }

    private static void request(ApiAnswer answer, Map<String, Object> view) {
        if (!answer.isGood()) {
            view.put("decision", answer.refusal());
            return;
        }
        view.put("decision", Json.text(answer.json().get("reason")));
        Map<String, @Nullable Object> request = Json.map(answer.json().get("request"));
        if (request.isEmpty()) {
            return;
        }
        view.put("hasRequest", true);
        view.put("method", Json.text(request.get("method")));
        view.put("url", Json.text(request.get("url")));
        view.put(
                "headers",
                Json.map(request.get("headers")).entrySet().stream()
                        .map(header -> Map.of("name", header.getKey(), "value", Json.text(header.getValue())))
                        .toList());
        view.put("body", ReadableJson.of(Json.text(request.get("body"))).text());
    }
}
