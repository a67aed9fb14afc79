package nexus.page.delivery;

import io.vertx.core.Future;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nexus.page.ApiAnswer;
import nexus.page.PageApi;
import nexus.page.PageReply;
import nexus.page.PageRequest;
import nexus.page.PageRoutes;
import nexus.page.content.Fields;
import nexus.page.story.Failure;
import nexus.page.story.RetryPlan;

/** {@code /dead}: dead deliveries in groups; and the retry of many, which says first what it will do. */
@Singleton
final class RetryPages {
    /** Subscriptions whose rate and end are said. */
    private static final int MOST_PLANS = 5;

    private final Clock clock;

    @Inject
    RetryPages(Clock clock) {
        this.clock = clock;
    }

    void add(@Observes PageRoutes routes) {
        routes.get("/dead", this::dead);
        routes.get("/dead/retry", this::ask);
        routes.post("/dead/retry", this::retry);
    }

    private Future<PageReply> dead(PageRequest request) {
        DeliveryQuery query =
                DeliveryQuery.of(name -> name.equals("subscriptionId") || name.equals("since") || name.equals("until")
                        ? request.query(name)
                        : Optional.empty());
        String path = query.apiPath(Optional.empty(), clock.instant())
                .replaceFirst("/v1/deliveries\\?", "/v1/deliveries/dead?")
                .replaceFirst("&?limit=[0-9]+", "");
        return request.api().get(path).map(answer -> {
            if (!answer.isGood() && answer.status() != 422) {
                answer.orRefuse();
            }
            List<Map<String, Object>> groups = new ArrayList<>();
            for (Map<String, Object> group : answer.isGood() ? answer.data() : List.<Map<String, Object>>of()) {
                groups.add(group(group, query));
            }
            Map<String, Object> data = new HashMap<>();
            data.put("groups", groups);
            data.put("refusal", answer.isGood() ? null : answer.refusal());
            data.put("read", Fields.number(answer.json(), "read").orElse(0));
            data.put("complete", Fields.isTrue(answer.json(), "complete"));
            data.put("filter", query.form());
            data.put("isFiltered", !query.isEmpty());
            data.put(
                    "retryAll",
                    "/dead/retry?" + with(query, Map.of("status", "DEAD")).pageQuery());
            return PageReply.of("dead", data);
        });
    }

    private static Map<String, Object> group(Map<String, Object> group, DeliveryQuery query) {
        Map<String, Object> map = new HashMap<>(group);
        String filter = with(
                        query,
                        Map.of(
                                "status",
                                "DEAD",
                                "subscriptionId",
                                Fields.text(group, "subscriptionId").orElse(""),
                                "deadReason",
                                Fields.text(group, "deadReason").orElse("")))
                .pageQuery();
        map.put("list", "/deliveries?" + filter);
        map.put("retry", "/dead/retry?" + filter);
        map.put("why", Failure.ofDead(Fields.text(group, "deadReason").orElse("")));
        return map;
    }

    private static DeliveryQuery with(DeliveryQuery query, Map<String, String> more) {
        Map<String, String> all = new HashMap<>(query.values());
        all.putAll(more);
        return DeliveryQuery.of(name -> Optional.ofNullable(all.get(name)));
    }

    /** What a retry would do: size, rate and end. */
    private Future<PageReply> ask(PageRequest request) {
        DeliveryQuery query = DeliveryQuery.of(request::query);
        return dryRun(request, query, clock.instant());
    }

    private Future<PageReply> dryRun(PageRequest request, DeliveryQuery query, Instant now) {
        PageApi api = request.api();
        return api.post("/v1/deliveries/retry", query.retryBody(true, now)).compose(answer -> {
            Map<String, Object> counts = Fields.object(answer.json(), "bySubscription");
            List<Future<Map<String, Object>>> plans = new ArrayList<>();
            counts.entrySet().stream()
                    .limit(MOST_PLANS)
                    .forEach(one -> plans.add(plan(api, one.getKey(), one.getValue(), now)));
            return Future.join(plans).map(all -> {
                Map<String, Object> data = new HashMap<>();
                data.put("refusal", answer.isGood() ? null : answer.refusal());
                data.put("total", Fields.number(answer.json(), "total").orElse(0));
                data.put("complete", Fields.isTrue(answer.json(), "complete"));
                data.put("plans", plans.stream().map(Future::result).toList());
                data.put("others", Math.max(0, counts.size() - MOST_PLANS));
                data.put("fields", query.fields());
                data.put("back", "/deliveries" + (query.isEmpty() ? "" : "?" + query.pageQuery()));
                return PageReply.of("retry", data);
            });
        });
    }

    private static Future<Map<String, Object>> plan(PageApi api, String id, Object count, Instant now) {
        String path = "/v1/subscriptions/" + PageRequest.encode(id);
        Future<ApiAnswer> subscription = api.get(path);
        Future<ApiAnswer> stats = api.get(path + "/stats");
        return Future.join(subscription, stats).map(all -> {
            Map<String, Object> settings =
                    subscription.result().isGood() ? subscription.result().json() : Map.of();
            Map<String, Object> counted =
                    stats.result().isGood() ? stats.result().json() : Map.of();
            RetryPlan plan = RetryPlan.of(
                    Fields.text(settings, "name").orElse(id),
                    count instanceof Number number ? number.longValue() : 0,
                    Fields.number(settings, "rateLimit"),
                    Fields.number(settings, "concurrency").orElse(32),
                    Fields.decimal(Fields.object(counted, "latencyMs"), "p50"),
                    DeliverySheet.standing(settings, counted),
                    now);
            Map<String, Object> map = new HashMap<>();
            map.put("id", id);
            map.put("name", plan.subscription());
            map.put("number", plan.size());
            map.put("words", plan.words());
            map.put("obstacle", plan.obstacle().orElse(null));
            map.put("end", plan.end(now).map(Instant::toString).orElse(null));
            return map;
        });
    }

    private Future<PageReply> retry(PageRequest request) {
        DeliveryQuery query = DeliveryQuery.of(request::form);
        return request.api()
                .post("/v1/deliveries/retry", query.retryBody(false, clock.instant()))
                .map(answer -> PageReply.done(
                        answer,
                        Fields.number(answer.json(), "retried").orElse(0) + " deliveries are tried again now.",
                        Back.of(request, "/dead")));
    }
}
