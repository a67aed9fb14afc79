package nexus.page.source;

import io.vertx.core.Future;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nexus.page.ApiAnswer;
import nexus.page.PageReply;
import nexus.page.PageRequest;
import nexus.page.PageRoutes;
import org.jspecify.annotations.Nullable;

/** {@code /source}: slot, publications, tables, checks, gaps, replays and backfills. */
@Singleton
final class SourcePages {
    private static final Set<String> JOBS = Set.of("replays", "backfills");
    private static final Set<String> MOVES = Set.of("pause", "resume", "cancel");
    private static final Map<String, Integer> WORST_FIRST = Map.of("fail", 0, "warn", 1, "ok", 2);

    void add(@Observes PageRoutes routes) {
        routes.get("/source", this::show);
        routes.get("/source/tables", this::tables);
        routes.get("/source/checks", this::checks);
        routes.post("/source/reset", this::reset);
        routes.post("/source/jobs/:kind/:id/:move", this::move);
        routes.post("/source/replays", this::replay);
        routes.post("/source/backfills", this::backfill);
    }

    private Future<PageReply> show(PageRequest request) {
        Future<ApiAnswer> health = request.api().get("/v1/health");
        Future<ApiAnswer> publications = request.api().get("/v1/source/publications");
        Future<ApiAnswer> gaps = request.api().get("/v1/source/gaps?limit=20");
        Future<ApiAnswer> replays = request.api().get("/v1/replays?limit=20");
        Future<ApiAnswer> backfills = request.api().get("/v1/backfills?limit=20");
        return Future.all(health, publications, gaps, replays, backfills).map(all -> {
            Map<String, @Nullable Object> capture = map(health.result().json().get("capture"));
            Map<String, @Nullable Object> slot = map(capture.get("slot"));
            SlotForecast forecast = SlotForecast.of(capture, slot);
            List<Map<String, @Nullable Object>> jobs = new ArrayList<>();
            replays.result().data().forEach(job -> jobs.add(JobLine.of("replays", map(job))));
            backfills.result().data().forEach(job -> jobs.add(JobLine.of("backfills", map(job))));
            jobs.sort(Comparator.comparing(job -> String.valueOf(job.get("createdAt")), Comparator.reverseOrder()));
            Map<String, Object> view = new HashMap<>();
            view.put(
                    "forecast",
                    Map.of("level", forecast.level(), "title", forecast.title(), "detail", forecast.detail()));
            view.put("status", text(capture.get("status")));
            view.put("statusSince", text(capture.get("since")));
            view.put("captureDetail", text(capture.get("detail")));
            view.put("isLost", "lost".equals(capture.get("status")));
            view.put("lag", lag(capture));
            view.put("slot", slotView(slot));
            view.put("hasSlot", !slot.isEmpty());
            view.put("warnings", list(capture.get("warnings")));
            view.put("publications", publications.result().data());
            view.put(
                    "publicationsRefusal",
                    publications.result().isGood() ? "" : publications.result().refusal());
            view.put("gaps", gaps.result().data());
            view.put("gapsRefusal", gaps.result().isGood() ? "" : gaps.result().refusal());
            view.put("jobs", jobs);
            view.put("mayManage", request.mayManage());
            return PageReply.of("source", view);
        });
    }

    /** Only what is measured. */
    private static Map<String, Object> lag(Map<String, @Nullable Object> capture) {
        return Map.of(
                "isKnown",
                capture.get("lagBytes") != null,
                "bytes",
                orZero(capture.get("lagBytes")),
                "seconds",
                orZero(capture.get("lagSeconds")));
    }

    private static Map<String, Object> slotView(Map<String, @Nullable Object> slot) {
        Map<String, Object> view = new HashMap<>();
        view.put("level", text(slot.get("level")));
        view.put("walStatus", text(slot.get("walStatus")));
        view.put("retainedBytes", orZero(slot.get("retainedBytes")));
        view.put("hasSafe", slot.get("safeBytes") != null);
        view.put("safeBytes", orZero(slot.get("safeBytes")));
        view.put("restartLagSeconds", orZero(slot.get("restartLagSeconds")));
        view.put("invalidation", text(slot.get("invalidationReason")));
        return view;
    }

    /** A part of its own, because the source's catalog is read for it. */
    private Future<PageReply> tables(PageRequest request) {
        String query = "?limit=50"
                + request.query("name")
                        .map(name -> "&name=" + PageRequest.encode(name))
                        .orElse("")
                + request.query("cursor")
                        .map(cursor -> "&cursor=" + PageRequest.encode(cursor))
                        .orElse("");
        return request.api().get("/v1/source/tables" + query).map(answer -> {
            List<Map<String, Object>> tables = new ArrayList<>();
            answer.data().forEach(table -> tables.add(TableLine.of(map(table))));
            return PageReply.of(
                    "source-tables",
                    Map.of(
                            "tables", tables,
                            "refusal", answer.isGood() ? "" : answer.refusal(),
                            "name", request.query("name").orElse(""),
                            "next", text(answer.json().get("next")),
                            "isFirst", request.query("cursor").isEmpty(),
                            "mayManage", request.mayManage()));
        });
    }

    private Future<PageReply> checks(PageRequest request) {
        return request.api().get("/v1/doctor").map(answer -> {
            List<Map<String, @Nullable Object>> checks =
                    new ArrayList<>(list(answer.json().get("checks")));
            checks.sort(
                    Comparator.comparing(check -> WORST_FIRST.getOrDefault(String.valueOf(check.get("status")), 3)));
            List<Map<String, String>> shown = checks.stream()
                    .map(check -> Map.of(
                            "name", text(check.get("check")),
                            "status", text(check.get("status")),
                            "detail", text(check.get("detail")),
                            "fix", text(check.get("fix"))))
                    .toList();
            return PageReply.of(
                    "source-checks",
                    Map.of(
                            "troubles",
                            shown.stream()
                                    .filter(check -> !"ok".equals(check.get("status")))
                                    .toList(),
                            "good",
                            shown.stream()
                                    .filter(check -> "ok".equals(check.get("status")))
                                    .toList(),
                            "refusal",
                            answer.isGood() ? "" : answer.refusal()));
        });
    }

    private Future<PageReply> reset(PageRequest request) {
        return request.api()
                .post("/v1/source/reset", "{\"from\":\"now\"}")
                .map(answer -> PageReply.done(
                        answer,
                        "Capture continues with a new slot within seconds. Changes since the old one was lost are in the gap.",
                        "/source"));
    }

    private Future<PageReply> move(PageRequest request) {
        String kind = request.path("kind");
        String move = request.path("move");
        if (!JOBS.contains(kind) || !MOVES.contains(move)) {
            return Future.succeededFuture(PageReply.refused("There is no such action.", "/source"));
        }
        return request.api()
                .post("/v1/" + kind + "/" + request.encoded("id") + "/" + move)
                .map(answer -> PageReply.done(answer, "Done: " + move + ".", "/source#jobs"));
    }

    private Future<PageReply> replay(PageRequest request) {
        return start(request, "replays", JobForm.replay(request.form()));
    }

    private Future<PageReply> backfill(PageRequest request) {
        return start(request, "backfills", JobForm.backfill(request.form()));
    }

    private static Future<PageReply> start(PageRequest request, String kind, String json) {
        return request.api()
                .post("/v1/" + kind, json)
                .map(answer -> PageReply.done(
                        answer,
                        answer.status() == 200
                                ? "It would send " + text(answer.json().get("total")) + " events."
                                : "Started; its progress is below.",
                        "/source#jobs"));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, @Nullable Object> map(@Nullable Object value) {
        return value instanceof Map<?, ?> map
                ? (Map<String, @Nullable Object>) map
                : Map.<String, @Nullable Object>of();
    }

    private static List<Map<String, @Nullable Object>> list(@Nullable Object value) {
        List<Map<String, @Nullable Object>> list = new ArrayList<>();
        if (value instanceof List<?> items) {
            items.forEach(item -> list.add(map(item)));
        }
        return list;
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : String.valueOf(value);
    }

    private static Object orZero(@Nullable Object value) {
        return value instanceof Number ? value : 0;
    }
}
