package nexus.page.now;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nexus.page.ApiAnswer;
import nexus.page.PageReply;
import nexus.page.PageRequest;
import nexus.page.PageRoutes;
import org.jspecify.annotations.Nullable;

/** {@code /}: the state of everything on one screen, and what helps. */
@Singleton
final class NowPage {
    private static final String ONLY_CHARTS = "charts";

    private final Clock clock;

    NowPage(Clock clock) {
        this.clock = clock;
    }

    void add(@Observes PageRoutes routes) {
        routes.get("/", this::show);
        routes.post("/troubles/:id/test", this::test);
        routes.post("/troubles/:id/enable", this::enable);
        routes.post("/troubles/:id/retry-dead", this::retryDead);
    }

    private Future<PageReply> show(PageRequest request) {
        Instant now = clock.instant();
        Future<ApiAnswer> minutes =
                request.api().get("/v1/stats/series?step=1m&since=" + ago(now, Duration.ofHours(1)));
        if (request.target().filter(ONLY_CHARTS::equals).isPresent()) {
            return minutes.map(points -> PageReply.of("now", charts(points)));
        }
        Future<ApiAnswer> health = request.api().get("/v1/health");
        Future<ApiAnswer> troubles = request.api().get("/v1/troubles");
        Future<ApiAnswer> stats = request.api().get("/v1/stats");
        Future<ApiAnswer> hours = request.api().get("/v1/stats/series?step=1h&since=" + ago(now, Duration.ofDays(1)));
        return Future.all(minutes, health, troubles, stats, hours).compose(all -> {
            Map<String, @Nullable Object> data = charts(minutes.result());
            Map<String, Object> found = troubles.result().json();
            Verdict verdict = Verdict.of(health.result().json(), found, now);
            data.put("verdict", Map.of("level", verdict.level(), "title", verdict.title(), "detail", verdict.detail()));
            data.put("capture", health.result().json().get("capture"));
            data.put("figures", Traffic.figures(minutes.result().data()));
            data.put(
                    "deadOfDay",
                    hours.result().isGood() ? Traffic.dead(hours.result().data()) : null);
            data.put("stats", stats.result().isGood() ? stats.result().json() : null);
            data.put("owed", found.get("owed"));
            data.put("oldest", found.get("oldestDueSeconds"));
            data.put("troubles", troubles.result().isGood() ? troubles.result().data() : null);
            return withFirstSteps(request, data, stats.result());
        });
    }

    /** A store without anything gets a way in instead of empty figures. */
    private static Future<PageReply> withFirstSteps(
            PageRequest request, Map<String, @Nullable Object> data, ApiAnswer stats) {
        data.put("isNew", false);
        if (!stats.isGood() || !Long.valueOf(0).equals(stats.json().get("eventsTotal"))) {
            return Future.succeededFuture(PageReply.of("now", data));
        }
        return request.api().get("/v1/subscriptions?limit=1").map(found -> {
            data.put("isNew", found.isGood() && found.data().isEmpty());
            return PageReply.of("now", data);
        });
    }

    private static Map<String, @Nullable Object> charts(ApiAnswer minutes) {
        List<Map<String, Object>> points = minutes.data();
        Map<String, @Nullable Object> data = new HashMap<>();
        data.put("rates", points.isEmpty() ? null : Traffic.rates(points));
        data.put("durations", points.isEmpty() ? null : Traffic.durations(points));
        return data;
    }

    private static String ago(Instant now, Duration time) {
        return PageRequest.encode(
                now.minus(time).truncatedTo(ChronoUnit.SECONDS).toString());
    }

    private Future<PageReply> test(PageRequest request) {
        return request.api()
                .post("/v1/subscriptions/" + request.encoded("id") + "/test", "{}")
                .map(answer -> {
                    Object status = answer.json().get("statusCode");
                    Object error = answer.json().get("error");
                    if (answer.isGood() && error != null) {
                        return PageReply.refused("The test request failed: " + error + ".", "/");
                    }
                    return PageReply.done(answer, "The endpoint answered the test request with " + status + ".", "/");
                });
    }

    private Future<PageReply> enable(PageRequest request) {
        return request.api()
                .patch("/v1/subscriptions/" + request.encoded("id"), "{\"isEnabled\":true}")
                .map(answer -> PageReply.done(answer, "The subscription is active again.", "/"));
    }

    private Future<PageReply> retryDead(PageRequest request) {
        String filter = new JsonObject()
                .put("status", "DEAD")
                .put("subscriptionId", request.path("id"))
                .encode();
        return request.api()
                .post("/v1/deliveries/retry", filter)
                .map(answer -> PageReply.done(
                        answer, answer.json().get("retried") + " dead deliveries are tried again.", "/"));
    }
}
