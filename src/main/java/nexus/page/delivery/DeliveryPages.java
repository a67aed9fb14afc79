package nexus.page.delivery;

import io.vertx.core.Future;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nexus.dispatch.outcome.DeliveryConfig;
import nexus.page.ApiAnswer;
import nexus.page.PageApi;
import nexus.page.PageReply;
import nexus.page.PageRequest;
import nexus.page.PageRoutes;
import nexus.page.content.Fields;
import nexus.page.delivery.DeliverySheet.Parts;
import nexus.value.ValueWriter;

/** {@code /deliveries}: the list over all subscriptions, and one delivery beside it or by itself. */
@Singleton
final class DeliveryPages {
    private static final String LIST = "/deliveries";

    private static final List<String> REASONS = List.of(
            "exhausted",
            "expired",
            "cancelled",
            "subscription-deleted",
            "gone",
            "refused",
            "payload-gone",
            "payload-erased",
            "transform-failed",
            "event-unreadable");

    private final DeliverySheet sheet;
    private final Clock clock;

    @Inject
    DeliveryPages(DeliveryConfig config, Clock clock) {
        this.sheet = new DeliverySheet(config);
        this.clock = clock;
    }

    void add(@Observes PageRoutes routes) {
        routes.get(LIST, this::list);
        routes.get("/deliveries/:id", this::one);
        routes.post("/deliveries/:id/retry", this::retry);
        routes.post("/deliveries/:id/cancel", this::cancel);
        routes.post("/deliveries/:id/verify", this::verify);
    }

    private Future<PageReply> list(PageRequest request) {
        DeliveryQuery query = DeliveryQuery.of(request::query);
        Optional<String> cursor = request.query("cursor");
        boolean isLive = request.query("live").isPresent() && cursor.isEmpty();
        return request.api().get(query.apiPath(cursor, clock.instant())).map(answer -> {
            if (!answer.isGood() && answer.status() != 422) {
                answer.orRefuse();
            }
            Optional<String> next = Fields.text(answer.json(), "next");
            Map<String, Object> data = new HashMap<>();
            data.put("deliveries", answer.isGood() ? answer.data() : List.of());
            data.put("refusal", answer.isGood() ? null : answer.refusal());
            data.put("filter", query.form());
            data.put("isFiltered", !query.isEmpty());
            data.put("query", query.pageQuery());
            data.put("isLive", isLive);
            data.put("liveUrl", query.pagePath("live", isLive ? "" : "1"));
            data.put("next", next.map(text -> query.pagePath("cursor", text)).orElse(null));
            data.put("first", cursor.isPresent() ? query.pagePath("cursor", "") : null);
            data.put("canRetry", mayMatchRetryable(query));
            data.put("reasons", REASONS);
            data.put("statuses", List.of("PENDING", "FAILED", "SENT", "DEAD"));
            return PageReply.of("deliveries", data);
        });
    }

    private static boolean mayMatchRetryable(DeliveryQuery query) {
        String status = query.values().getOrDefault("status", "");
        return status.equals("DEAD")
                || status.equals("FAILED")
                || query.values().containsKey("deadReason");
    }

    private Future<PageReply> one(PageRequest request) {
        return show(request, Map.of());
    }

    /** @param check the result of a signature check; empty when none was asked for */
    private Future<PageReply> show(PageRequest request, Map<String, Object> check) {
        PageApi api = request.api();
        String path = "/v1/deliveries/" + request.encoded("id");
        return api.get(path).compose(found -> {
            Map<String, Object> delivery = found.orRefuse();
            String event = PageRequest.encode(Fields.text(delivery, "eventId").orElse(""));
            String subscription =
                    PageRequest.encode(Fields.text(delivery, "subscriptionId").orElse(""));
            Future<ApiAnswer> summary = api.get("/v1/events/" + event + "/summary");
            Future<ApiAnswer> explained = api.get("/v1/events/" + event + "/explain?subscriptionId=" + subscription);
            Future<ApiAnswer> owner = api.get("/v1/subscriptions/" + subscription);
            Future<ApiAnswer> stats = api.get("/v1/subscriptions/" + subscription + "/stats");
            Future<ApiAnswer> sent = api.get(path + "/request");
            return Future.join(summary, explained, owner, stats, sent).map(all -> {
                Map<String, Object> data = sheet.of(
                        new Parts(
                                delivery,
                                good(summary),
                                explained.result().isGood()
                                        ? explained.result().data().stream()
                                                .findFirst()
                                                .orElse(Map.of())
                                        : Map.of(),
                                good(owner),
                                good(stats),
                                good(sent),
                                sent.result().isGood() ? "" : sent.result().refusal()),
                        clock.instant());
                String query = DeliveryQuery.of(request::query).pageQuery();
                data.put("query", query);
                data.put("back", query.isEmpty() ? LIST : LIST + "?" + query);
                data.put("check", check.isEmpty() ? null : check);
                return PageReply.of("delivery", data);
            });
        });
    }

    private static Map<String, Object> good(Future<ApiAnswer> answer) {
        return answer.result().isGood() ? answer.result().json() : Map.of();
    }

    private Future<PageReply> retry(PageRequest request) {
        return request.api()
                .post("/v1/deliveries/" + request.encoded("id") + "/retry")
                .map(answer -> PageReply.done(
                        answer, "It is tried again now, with all its attempts anew.", Back.of(request, LIST)));
    }

    private Future<PageReply> cancel(PageRequest request) {
        return request.api()
                .post("/v1/deliveries/" + request.encoded("id") + "/cancel")
                .map(answer -> PageReply.done(answer, "It is cancelled.", Back.of(request, LIST)));
    }

    private Future<PageReply> verify(PageRequest request) {
        StringBuilder json = new StringBuilder("{");
        for (String name : List.of("id", "timestamp", "signature", "body")) {
            request.form(name).ifPresent(value -> json.append(json.length() == 1 ? "" : ",")
                    .append(ValueWriter.quoted(name))
                    .append(':')
                    .append(ValueWriter.quoted(value.replace("\r\n", "\n"))));
        }
        return request.api()
                .post(
                        "/v1/deliveries/" + request.encoded("id") + "/request/verify",
                        json.append('}').toString())
                .compose(answer -> show(
                        request,
                        answer.isGood()
                                ? Map.of(
                                        "isGood", Fields.isTrue(answer.json(), "valid"),
                                        "text",
                                                Fields.text(answer.json(), "reason")
                                                        .orElse(""))
                                : Map.of("isGood", false, "text", answer.refusal())));
    }
}
