package nexus.page.delivery;

import static nexus.page.content.Fields.number;
import static nexus.page.content.Fields.object;
import static nexus.page.content.Fields.objects;
import static nexus.page.content.Fields.text;
import static nexus.page.content.Fields.time;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nexus.dispatch.outcome.DeliveryConfig;
import nexus.notation.DurationText;
import nexus.page.content.CurlCommand;
import nexus.page.content.ReadableJson;
import nexus.page.content.ShownRequest;
import nexus.page.story.Failure;
import nexus.page.story.LaneStanding;
import nexus.page.story.LifeLine;
import nexus.page.story.NextStep;
import nexus.page.story.Progress;
import nexus.page.story.Status;
import nexus.retry.Backoff;
import nexus.retry.RetryPolicy;
import org.jspecify.annotations.Nullable;

/** Makes of the API's answers what the page of one delivery shows. Pure. */
final class DeliverySheet {
    private final DeliveryConfig defaults;

    DeliverySheet(DeliveryConfig defaults) {
        this.defaults = defaults;
    }

    /**
     * What the API knows of a delivery. A part that it does not have is an empty map.
     *
     * @param event its summary
     * @param explanation why the subscription gets the event
     * @param stats of the subscription
     * @param request empty when there is none to make
     * @param noRequest why; empty when there is one
     */
    record Parts(
            Map<String, Object> delivery,
            Map<String, Object> event,
            Map<String, Object> explanation,
            Map<String, Object> subscription,
            Map<String, Object> stats,
            Map<String, Object> request,
            String noRequest) {
        /** Payloads stay out of logs. */
        @Override
        public String toString() {
            return "Parts[redacted]";
        }
    }

    Map<String, Object> of(Parts parts, Instant now) {
        Map<String, Object> delivery = parts.delivery();
        List<Map<String, Object>> log = objects(delivery, "attemptLog");
        LaneStanding lane = standing(parts.subscription(), parts.stats());
        NextStep next = NextStep.of(owed(delivery, log), policy(parts.subscription()), lane, now);
        Map<String, Object> order = object(delivery, "order");

        Map<String, Object> data = new HashMap<>();
        data.put("d", delivery);
        data.put("error", delivery.get("lastError"));
        data.put("canRetry", isOneOf(delivery, Set.of("DEAD", "FAILED")) && !lane.isDeleted());
        data.put("canCancel", isOneOf(delivery, Set.of("PENDING", "FAILED")));
        data.put("next", Map.of("headline", next.headline(), "reasons", next.reasons()));
        data.put("line", lifeLine(parts, log, next));
        data.put("order", order.isEmpty() ? null : order);
        data.put("endpoint", text(parts.subscription(), "endpointUrl").orElse(""));
        data.put("attempts", attempts(parts, log));
        data.put("sent", request(parts.request()));
        data.put("noRequest", parts.noRequest());
        return data;
    }

    private static boolean isOneOf(Map<String, Object> delivery, Set<String> statuses) {
        return statuses.contains(text(delivery, "status").orElse(""));
    }

    private static NextStep.Owed owed(Map<String, Object> delivery, List<Map<String, Object>> log) {
        Map<String, Object> last = log.isEmpty() ? Map.of() : log.getLast();
        Map<String, Object> order = object(delivery, "order");
        return new NextStep.Owed(
                status(delivery),
                text(delivery, "deadReason"),
                number(delivery, "attempts").orElse(0),
                number(order, "attemptsBefore").orElse(0),
                time(delivery, "nextRunAt"),
                time(last, "at"),
                Duration.ofMillis(number(last, "durationMs").orElse(0)),
                number(last, "statusCode"),
                number(order, "ahead").orElse(0));
    }

    private static Status status(Map<String, Object> delivery) {
        return Status.valueOf(text(delivery, "status").orElse("PENDING"));
    }

    /** A subscription that the API does not have is deleted. */
    static LaneStanding standing(Map<String, Object> subscription, Map<String, Object> stats) {
        if (subscription.isEmpty()) {
            return LaneStanding.DELETED;
        }
        String state = text(subscription, "state")
                .orElse(Boolean.FALSE.equals(subscription.get("isEnabled")) ? "disabled" : "active");
        Map<String, Object> breaker = object(stats, "breaker");
        return new LaneStanding(
                false,
                state,
                time(breaker, "until"),
                text(breaker, "state")
                        .filter(word -> !word.equals("closed"))
                        .flatMap(open -> time(breaker, "nextProbeAt")));
    }

    /** What the subscription does not say, the process does. */
    RetryPolicy policy(Map<String, Object> subscription) {
        Map<String, Object> retry = object(subscription, "retry");
        return new RetryPolicy(
                Math.max(1, number(retry, "maxAttempts").orElse(defaults.maxAttempts())),
                new Backoff(
                        number(retry, "baseSeconds")
                                .filter(seconds -> seconds > 0)
                                .map(Duration::ofSeconds)
                                .orElse(defaults.backoffBase()),
                        text(retry, "cap")
                                .flatMap(DurationText::parse)
                                .filter(Duration::isPositive)
                                .orElse(defaults.backoffCap())),
                Set.of());
    }

    private static List<Map<String, Object>> lifeLine(Parts parts, List<Map<String, Object>> log, NextStep next) {
        Instant owedAt = time(parts.delivery(), "createdAt").orElse(Instant.EPOCH);
        Optional<LifeLine.Origin> origin = time(parts.event(), "createdAt")
                .map(createdAt -> new LifeLine.Origin(
                        text(parts.event(), "type")
                                .filter(type -> type.startsWith("pg."))
                                .isPresent(),
                        createdAt,
                        owedAt.isBefore(createdAt) ? createdAt : owedAt,
                        text(parts.explanation(), "reason").orElse("")));
        List<LifeLine.Try> tries = log.stream()
                .map(one -> new LifeLine.Try(
                        number(one, "attempt").orElse(0),
                        time(one, "at").orElse(owedAt),
                        Duration.ofMillis(number(one, "durationMs").orElse(0)),
                        number(one, "statusCode"),
                        text(one, "error")))
                .toList();
        return LifeLine.of(
                        origin,
                        owedAt,
                        tries,
                        status(parts.delivery()),
                        time(parts.delivery(), "updatedAt").orElse(owedAt),
                        next.headline())
                .stream()
                .map(DeliverySheet::station)
                .toList();
    }

    private static Map<String, Object> station(LifeLine station) {
        Map<String, Object> map = new HashMap<>();
        map.put("label", station.label());
        map.put("at", station.at().map(Instant::toString).orElse(null));
        map.put("after", station.after().orElse(null));
        map.put("detail", station.detail());
        map.put("mark", station.mark().word());
        return map;
    }

    /** The last attempt first. */
    private static List<Map<String, Object>> attempts(Parts parts, List<Map<String, Object>> log) {
        boolean isTls = text(parts.subscription(), "endpointUrl")
                .filter(url -> url.startsWith("https:"))
                .isPresent();
        boolean hasToken = object(parts.subscription(), "auth").containsKey("tokenUrl");
        List<Map<String, Object>> shown = new ArrayList<>();
        for (Map<String, Object> one : log.reversed()) {
            Optional<Integer> code = number(one, "statusCode");
            Optional<String> error = text(one, "error");
            Optional<Failure> failure = Failure.of(code, error);
            Map<String, Object> map = new HashMap<>(one);
            map.put("title", failure.map(Failure::title).orElse("Delivered"));
            map.put("help", failure.map(Failure::help).orElse(""));
            map.put("isGood", failure.isEmpty());
            map.put("phases", phases(Progress.of(code, error, isTls, hasToken)));
            map.put(
                    "answer",
                    text(one, "responseBody").map(DeliverySheet::readable).orElse(null));
            shown.add(map);
        }
        return shown;
    }

    private static List<Map<String, Object>> phases(List<Progress> phases) {
        return phases.stream()
                .map(phase -> Map.<String, Object>of(
                        "name",
                        phase.name(),
                        "word",
                        phase.state().word(),
                        "mark",
                        switch (phase.state()) {
                            case PASSED -> "passed";
                            case FAILED -> "failed";
                            case NOT_REACHED -> "ahead";
                        }))
                .toList();
    }

    static Map<String, Object> readable(String body) {
        ReadableJson json = ReadableJson.of(body);
        return Map.of("text", json.text(), "left", json.left(), "blank", body.isBlank());
    }

    private static @Nullable Map<String, Object> request(Map<String, Object> request) {
        if (request.isEmpty()) {
            return null;
        }
        Map<String, String> headers = new LinkedHashMap<>();
        object(request, "headers").forEach((name, value) -> headers.put(name, String.valueOf(value)));
        String body = text(request, "body").orElse("");
        ShownRequest shown = new ShownRequest(
                text(request, "method").orElse("POST"), text(request, "url").orElse(""), headers, body);
        Map<String, Object> data = new HashMap<>(request);
        data.put(
                "headers",
                headers.entrySet().stream()
                        .map(header -> Map.of("name", header.getKey(), "value", header.getValue()))
                        .toList());
        data.put("shown", readable(body));
        data.put("curl", CurlCommand.of(shown));
        data.put("fromFile", CurlCommand.readsBodyFromFile(shown));
        data.put("timestamp", headers.getOrDefault("webhook-timestamp", ""));
        data.put("signature", headers.getOrDefault("webhook-signature", ""));
        return data;
    }
}
