package nexus.page.subscription;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nexus.page.ApiAnswer;
import nexus.page.content.ReadableJson;
import nexus.value.Value;
import nexus.value.ValueWriter;
import org.jspecify.annotations.Nullable;

/** A subscription and its figures as a template shows them. */
final class SubscriptionLine {
    /** They are shown elsewhere on the page. */
    private static final Set<String> NOT_SETTINGS = Set.of(
            "id", "name", "isEnabled", "state", "disabledReason", "warnings", "missed", "createdAt", "updatedAt");

    private SubscriptionLine() {}

    /** @param stats the answer about its figures, which may be a refusal */
    static Map<String, Object> of(Map<String, @Nullable Object> subscription, ApiAnswer stats) {
        Map<String, Object> line = new HashMap<>();
        line.put("id", Json.text(subscription.get("id")));
        line.put("name", Json.text(subscription.get("name")));
        line.put("targetType", Json.text(subscription.get("targetType")));
        line.put("place", place(subscription));
        line.put("eventTypes", Json.texts(subscription.get("eventTypes")));
        line.put("createdAt", Json.text(subscription.get("createdAt")));
        line.put("updatedAt", Json.text(subscription.get("updatedAt")));
        String state = subscription.get("state") == null
                ? Boolean.FALSE.equals(subscription.get("isEnabled")) ? "disabled" : "active"
                : Json.text(subscription.get("state"));
        line.put("state", state);
        line.put("disabledReason", Json.text(subscription.get("disabledReason")));
        line.put("isSigned", Set.of("WEBHOOK", "KAFKA").contains(Json.text(subscription.get("targetType"))));
        figures(Json.map(stats.isGood() ? stats.json() : Map.of()), line);
        line.put("warningCount", Json.maps(subscription.get("warnings")).size());
        return line;
    }

    private static void figures(Map<String, @Nullable Object> stats, Map<String, Object> line) {
        line.put("hasFigures", !stats.isEmpty());
        line.put("pending", Json.number(stats.get("deliveriesPending")));
        line.put("failed", Json.number(stats.get("deliveriesFailed")));
        line.put("dead", Json.number(stats.get("deliveriesDead")));
        line.put("sent", Json.number(stats.get("deliveriesSent")));
        line.put("recentAttempts", Json.number(stats.get("recentAttempts")));
        line.put("filterUnknown", Json.number(stats.get("filterUnknown")));
        line.put("hasRate", stats.get("successRate") != null);
        line.put("successRate", Json.number(stats.get("successRate")));
        line.put("successShare", hundredths(stats.get("successRate")));
        Map<String, @Nullable Object> latency = Json.map(stats.get("latencyMs"));
        line.put("hasLatency", latency.get("p50") != null);
        line.put("p50", Json.number(latency.get("p50")));
        line.put("p99", Json.number(latency.get("p99")));
        Map<String, @Nullable Object> breaker = Json.map(stats.get("breaker"));
        line.put("breaker", Json.text(breaker.get("state")));
        line.put("breakerSince", Json.text(breaker.get("openedAt")));
        line.put("nextProbeAt", Json.text(breaker.get("nextProbeAt")));
        line.put("heldUntil", Json.text(breaker.get("until")));
    }

    private static int hundredths(@Nullable Object rate) {
        return rate instanceof Number number
                ? new BigDecimal(number.toString()).movePointRight(2).intValue()
                : 0;
    }

    /** The endpoint, or the fields that name the place. */
    private static String place(Map<String, @Nullable Object> subscription) {
        String url = Json.text(subscription.get("endpointUrl"));
        if (!url.isEmpty() && !url.equals("***")) {
            return url;
        }
        Map<String, @Nullable Object> target = Json.map(subscription.get("target"));
        for (String field : List.of("to", "topic", "from")) {
            Object value = target.get(field);
            if (value != null) {
                return value instanceof List<?> list
                        ? String.join(", ", list.stream().map(String::valueOf).toList())
                        : String.valueOf(value);
            }
        }
        return "";
    }

    /** Each setting with its JSON, those that are not set left out. */
    static List<Map<String, String>> settings(Value subscription) {
        List<Map<String, String>> settings = new ArrayList<>();
        if (subscription instanceof Value.Fields fields) {
            for (String name : fields.names()) {
                Value value = fields.get(name);
                if (!NOT_SETTINGS.contains(name) && !isNothing(value)) {
                    settings.add(Map.of(
                            "name",
                            name,
                            "value",
                            value instanceof Value.Text text
                                    ? text.value()
                                    : ReadableJson.of(ValueWriter.text(value)).text()));
                }
            }
        }
        return settings;
    }

    private static boolean isNothing(Value value) {
        return switch (value) {
            case Value.Null none -> true;
            case Value.Missing missing -> true;
            case Value.Unknown unknown -> true;
            case Value.Items items -> items.values().isEmpty();
            case Value.Fields fields -> fields.names().stream().allMatch(name -> isNothing(fields.get(name)));
            case Value.Text text -> text.value().isEmpty();
            case Value.Bool bool -> false;
            case Value.Num number -> false;
        };
    }

    static List<Map<String, String>> warnings(Map<String, @Nullable Object> subscription) {
        return Json.maps(subscription.get("warnings")).stream()
                .map(warning -> Map.of(
                        "code", Json.text(warning.get("code")),
                        "detail", Json.text(warning.get("detail")),
                        "fix", Json.text(warning.get("fix"))))
                .toList();
    }

    /** What a disabled subscription has not received. */
    static Map<String, Object> missed(Map<String, @Nullable Object> subscription) {
        Map<String, @Nullable Object> missed = Json.map(subscription.get("missed"));
        return Map.of(
                "count", Json.number(missed.get("count")),
                "firstAt", Json.text(missed.get("firstAt")),
                "lastAt", Json.text(missed.get("lastAt")));
    }

    /** The attempt that a test made. */
    static Map<String, Object> tested(ApiAnswer answer) {
        Map<String, Object> tested = new HashMap<>();
        tested.put("refusal", answer.isGood() ? "" : answer.refusal());
        tested.put("statusCode", Json.text(answer.json().get("statusCode")));
        tested.put("error", Json.text(answer.json().get("error")));
        tested.put("durationMs", Json.number(answer.json().get("durationMs")));
        tested.put("responseBody", Json.text(answer.json().get("responseBody")));
        String status = Json.text(answer.json().get("statusCode"));
        tested.put("isGood", answer.isGood() && status.startsWith("2"));
        return tested;
    }
}
