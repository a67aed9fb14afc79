package nexus.page.event;

import io.vertx.core.Future;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import nexus.page.ApiAnswer;
import nexus.page.PageReply;
import nexus.page.PageRequest;
import nexus.page.PageRoutes;
import nexus.page.content.Fields;

/** {@code /events} and {@code /key}: events, one event, and the story of one row. */
@Singleton
final class EventPages {
    private static final List<String> FILTERS = List.of("type", "key", "since", "until");
    private static final int STORY = 25;

    void add(@Observes PageRoutes routes) {
        routes.get("/events", this::list);
        routes.get("/events/:id", this::one);
        routes.get("/events/:id/brief", this::brief);
        routes.get("/events/:id/explain", this::explain);
        routes.post("/events/:id/erase", this::erase);
        routes.post("/events/:id/retry", this::retry);
        routes.get("/key", this::findRow);
        routes.get("/key/:key", this::row);
    }

    private Future<PageReply> list(PageRequest request) {
        Map<String, String> filter = new LinkedHashMap<>();
        FILTERS.forEach(name -> request.query(name).map(String::strip).ifPresent(value -> filter.put(name, value)));
        Optional<String> cursor = request.query("cursor");
        return request.api().get("/v1/events?" + query(filter, cursor, 50)).map(answer -> {
            Map<String, Object> data = page(answer, filter, cursor, "/events");
            Map<String, Object> form = new HashMap<>();
            FILTERS.forEach(name -> form.put(name, filter.getOrDefault(name, "")));
            data.put("filter", form);
            data.put("isFiltered", !filter.isEmpty());
            return PageReply.of("events", data);
        });
    }

    private static String query(Map<String, String> filter, Optional<String> cursor, int limit) {
        Map<String, String> all = new LinkedHashMap<>(filter);
        all.put("limit", Integer.toString(limit));
        cursor.ifPresent(text -> all.put("cursor", text));
        return joined(all);
    }

    private static String joined(Map<String, String> all) {
        return all.entrySet().stream()
                .map(one -> one.getKey() + "=" + PageRequest.encode(one.getValue()))
                .collect(Collectors.joining("&"));
    }

    /** A wrong filter is shown beside the form that it was entered in. */
    private static Map<String, Object> page(
            ApiAnswer answer, Map<String, String> filter, Optional<String> cursor, String path) {
        if (!answer.isGood() && answer.status() != 422) {
            answer.orRefuse();
        }
        Map<String, Object> data = new HashMap<>();
        data.put("events", answer.isGood() ? EventSheet.summaries(answer.data()) : List.of());
        data.put("refusal", answer.isGood() ? null : answer.refusal());
        data.put(
                "next",
                Fields.text(answer.json(), "next")
                        .map(next -> path + "?" + joined(with(filter, next)))
                        .orElse(null));
        data.put("first", cursor.isPresent() ? path + (filter.isEmpty() ? "" : "?" + joined(filter)) : null);
        return data;
    }

    private static Map<String, String> with(Map<String, String> filter, String cursor) {
        Map<String, String> all = new LinkedHashMap<>(filter);
        all.put("cursor", cursor);
        return all;
    }

    private Future<PageReply> one(PageRequest request) {
        return request.api().get("/v1/events/" + request.encoded("id")).map(answer -> {
            answer.orRefuse();
            return PageReply.of("event", EventSheet.of(answer));
        });
    }

    private Future<PageReply> brief(PageRequest request) {
        return request.api().get("/v1/events/" + request.encoded("id")).map(answer -> {
            answer.orRefuse();
            return PageReply.of("brief", EventSheet.of(answer));
        });
    }

    private Future<PageReply> explain(PageRequest request) {
        String id = request.encoded("id");
        String cursor = request.query("cursor")
                .map(text -> "&cursor=" + PageRequest.encode(text))
                .orElse("");
        return request.api()
                .get("/v1/events/" + id + "/explain?limit=50" + cursor)
                .map(answer -> {
                    answer.orRefuse();
                    Map<String, Object> data = new HashMap<>();
                    data.put("id", request.path("id"));
                    data.put(
                            "explanations",
                            answer.data().stream().map(EventPages::explanation).toList());
                    data.put("next", Fields.text(answer.json(), "next").orElse(null));
                    return PageReply.of("explain", data);
                });
    }

    private static Map<String, Object> explanation(Map<String, Object> one) {
        Map<String, Object> map = new HashMap<>(one);
        map.putIfAbsent("deliveryId", null);
        map.putIfAbsent("status", null);
        return map;
    }

    private Future<PageReply> erase(PageRequest request) {
        String id = request.encoded("id");
        return request.api()
                .delete("/v1/events/" + id + "/payload")
                .map(answer -> PageReply.done(
                        answer, "The payload is erased. Deliveries that were still owed are dead.", "/events/" + id));
    }

    private Future<PageReply> retry(PageRequest request) {
        String id = request.encoded("id");
        return request.api()
                .post("/v1/deliveries/events/" + id + "/retry")
                .map(answer -> PageReply.done(
                        answer,
                        Fields.number(answer.json(), "retried").orElse(0) + " deliveries are tried again now.",
                        "/events/" + id));
    }

    private Future<PageReply> findRow(PageRequest request) {
        Optional<String> key = request.query("key").map(String::strip).filter(text -> !text.isEmpty());
        if (key.isPresent()) {
            return Future.succeededFuture(
                    new PageReply.Redirect("/key/" + PageRequest.encode(key.get()), Optional.empty()));
        }
        Map<String, Object> data = new HashMap<>();
        data.put("key", "");
        data.put("events", List.of());
        data.put("refusal", null);
        data.put("next", null);
        data.put("first", null);
        return Future.succeededFuture(PageReply.of("row", data));
    }

    private Future<PageReply> row(PageRequest request) {
        String key = request.path("key");
        Map<String, String> filter = Map.of("key", key);
        Optional<String> cursor = request.query("cursor");
        return request.api().get("/v1/events?" + query(filter, cursor, STORY)).map(answer -> {
            Map<String, Object> data = page(answer, Map.of(), cursor, "/key/" + PageRequest.encode(key));
            data.put("key", key);
            return PageReply.of("row", data);
        });
    }
}
