package nexus.page.subscription;

import io.vertx.core.Future;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nexus.page.ApiAnswer;
import nexus.page.PageReply;
import nexus.page.PageRequest;
import nexus.page.PageRoutes;
import nexus.page.subscription.Fields.Change;
import nexus.page.subscription.Fields.Entered;
import nexus.page.subscription.SubscriptionForm.Catalogue;
import nexus.value.Value;
import nexus.value.ValueWriter;
import org.jspecify.annotations.Nullable;

/** {@code /subscriptions}: the list, one subscription, its form and its actions. */
@Singleton
final class SubscriptionPages {
    private static final String API = "/v1/subscriptions/";
    private static final String HOME = "/subscriptions/";
    private static final int PAGE = 25;
    private static final Set<String> STATES = Set.of("active", "paused", "disabled");

    void add(@Observes PageRoutes routes) {
        routes.get("/subscriptions", this::list);
        routes.get("/subscriptions/new", this::begin);
        routes.post("/subscriptions/new", this::create);
        routes.post("/subscriptions/form", this::step);
        routes.get("/subscriptions/:id", this::show);
        routes.get("/subscriptions/:id/edit", this::edit);
        routes.post("/subscriptions/:id/edit", this::change);
        routes.post("/subscriptions/:id/pause", this::pause);
        routes.post("/subscriptions/:id/enable", this::enable);
        routes.post("/subscriptions/:id/disable", this::disable);
        routes.post("/subscriptions/:id/delete", this::delete);
        routes.post("/subscriptions/:id/test", this::test);
        routes.post("/subscriptions/:id/rotate", this::rotate);
    }

    private Future<PageReply> list(PageRequest request) {
        Optional<String> state = request.query("state").filter(STATES::contains);
        String query = "?limit=" + PAGE
                + state.map(one -> "&state=" + one).orElse("")
                + request.query("cursor")
                        .map(cursor -> "&cursor=" + PageRequest.encode(cursor))
                        .orElse("");
        return request.api().get("/v1/subscriptions" + query).compose(answer -> {
            answer.orRefuse();
            List<Map<String, Object>> subscriptions = answer.data();
            List<Future<ApiAnswer>> stats = subscriptions.stream()
                    .map(one -> request.api().get(API + PageRequest.encode(Json.text(one.get("id"))) + "/stats"))
                    .toList();
            return Future.all(List.copyOf(stats)).map(all -> {
                List<Map<String, Object>> lines = new ArrayList<>();
                for (int i = 0; i < subscriptions.size(); i++) {
                    lines.add(SubscriptionLine.of(
                            Json.map(subscriptions.get(i)), stats.get(i).result()));
                }
                Map<String, Object> view = new HashMap<>();
                view.put("subscriptions", lines);
                view.put("state", state.orElse(""));
                view.put("next", Json.text(answer.json().get("next")));
                view.put("isFirst", request.query("cursor").isEmpty());
                view.put("mayManage", request.mayManage());
                return PageReply.of("subscriptions", view);
            });
        });
    }

    private Future<PageReply> show(PageRequest request) {
        return shown(request, Optional.empty());
    }

    /** @param tested what a test just showed */
    private Future<PageReply> shown(PageRequest request, Optional<ApiAnswer> tested) {
        String id = request.encoded("id");
        Future<ApiAnswer> subscription = request.api().get(API + id);
        Future<ApiAnswer> stats = request.api().get(API + id + "/stats");
        Future<ApiAnswer> deliveries = request.api().get("/v1/deliveries?limit=8&subscriptionId=" + id);
        Future<ApiAnswer> replays = request.api().get("/v1/replays?limit=5&subscriptionId=" + id);
        return Future.all(subscription, stats, deliveries, replays).map(all -> {
            Map<String, Object> known = subscription.result().orRefuse();
            Map<String, Object> view = new HashMap<>(SubscriptionLine.of(Json.map(known), stats.result()));
            view.put("settings", SubscriptionLine.settings(subscription.result().value()));
            view.put("warnings", SubscriptionLine.warnings(Json.map(known)));
            view.put("missed", SubscriptionLine.missed(Json.map(known)));
            view.put("deliveries", deliveries.result().data());
            view.put("replays", replays.result().data());
            view.put("tested", tested.map(SubscriptionLine::tested).orElse(Map.of()));
            view.put("wasTested", tested.isPresent());
            view.put("mayManage", request.mayManage());
            return PageReply.of("subscription", view);
        });
    }

    private Future<PageReply> begin(PageRequest request) {
        Map<String, List<String>> begin = new HashMap<>();
        request.query("type").ifPresent(type -> begin.put(Fields.TYPES.pointer(), List.of(type)));
        request.query("endpoint").ifPresent(endpoint -> begin.put("/endpointUrl", List.of(endpoint)));
        request.query("name").ifPresent(name -> begin.put(Fields.NAME.pointer(), List.of(name)));
        request.query("target").ifPresent(type -> begin.put("targetType", List.of(type)));
        return catalogue(request)
                .compose(catalogue -> SubscriptionForm.first(request.api(), catalogue, Optional.empty(), begin)
                        .view(Optional.empty()))
                .map(view -> PageReply.of("subscription-form", view));
    }

    private Future<PageReply> edit(PageRequest request) {
        return stored(request)
                .compose(stored -> catalogue(request).compose(catalogue -> SubscriptionForm.first(
                                request.api(), catalogue, Optional.of(stored), Map.of())
                        .view(Optional.empty())))
                .map(view -> PageReply.of("subscription-form", view));
    }

    /** A part of the form again, with what was entered so far. */
    private Future<PageReply> step(PageRequest request) {
        if (request.target().filter("outcome"::equals).isEmpty()) {
            request.context().response().putHeader("HX-Trigger-After-Swap", "entered"); // the outcome is another now
        }
        Map<String, List<String>> form = SubscriptionForm.stepped(request.form());
        Optional<String> id = request.form("id");
        Future<Optional<Value.Fields>> stored = id.isPresent()
                ? request.api().get(API + PageRequest.encode(id.get())).map(SubscriptionPages::fields)
                : Future.succeededFuture(Optional.empty());
        return stored.compose(known -> catalogue(request)
                        .compose(catalogue ->
                                new SubscriptionForm(request.api(), catalogue, known, form).view(Optional.empty())))
                .map(view -> PageReply.of("subscription-form", view));
    }

    private Future<PageReply> create(PageRequest request) {
        return catalogue(request).compose(catalogue -> {
            SubscriptionForm form = new SubscriptionForm(request.api(), catalogue, Optional.empty(), request.form());
            Entered entered = form.entered();
            if (!entered.isReadable()) {
                return again(form, Optional.empty());
            }
            return request.api()
                    .post("/v1/subscriptions", form.creation(entered))
                    .compose(answer -> answer.isGood()
                            ? Future.succeededFuture(made(answer, "It is made, and receives events from now on."))
                            : again(form, Optional.of(answer)));
        });
    }

    private Future<PageReply> change(PageRequest request) {
        return stored(request).compose(stored -> catalogue(request).compose(catalogue -> {
            SubscriptionForm form = new SubscriptionForm(request.api(), catalogue, Optional.of(stored), request.form());
            Entered entered = form.entered();
            if (!entered.isReadable()) {
                return again(form, Optional.empty());
            }
            List<Change> changes = form.changes(entered);
            String home = HOME + request.encoded("id");
            if (changes.isEmpty()) {
                return Future.succeededFuture(PageReply.redirect(home));
            }
            return request.api()
                    .patch(API + request.encoded("id"), Fields.patch(changes))
                    .compose(answer -> {
                        if (!answer.isGood()) {
                            return again(form, Optional.of(answer));
                        }
                        return Future.succeededFuture(
                                answer.json().get("secret") == null
                                        ? PageReply.done(answer, "Saved.", home)
                                        : made(answer, "It is saved."));
                    });
        }));
    }

    private static Future<PageReply> again(SubscriptionForm form, Optional<ApiAnswer> refused) {
        return form.view(refused).map(view -> PageReply.of(422, "subscription-form", view));
    }

    /** The secret is shown in this answer alone. */
    private static PageReply made(ApiAnswer answer, String message) {
        Map<String, Object> view = new HashMap<>();
        Map<String, @Nullable Object> made = Json.map(answer.json());
        view.put("id", Json.text(made.get("id")));
        view.put("name", Json.text(made.get("name")));
        view.put("secret", Json.text(made.get("secret")));
        view.put("warnings", SubscriptionLine.warnings(made));
        view.put("message", message);
        view.put("until", "");
        return PageReply.of("subscription-secret", view);
    }

    private Future<PageReply> pause(PageRequest request) {
        return act(request, "/pause", Optional.empty(), "Paused: events are held, and nothing is sent.");
    }

    private Future<PageReply> enable(PageRequest request) {
        String catchUp = request.form("catchUp").orElse("none");
        String since = request.form("since").orElse("");
        String rate = request.form("rateLimit")
                .filter(text -> text.matches("[1-9][0-9]{0,8}"))
                .map(text -> ",\"rateLimit\":" + text)
                .orElse("");
        String json =
                switch (catchUp) {
                    case "missed" -> "{\"catchUp\":\"missed\"" + rate + "}";
                    case "since" ->
                        "{\"catchUp\":{\"since\":" + ValueWriter.quoted(UtcTime.of(since)) + "}" + rate + "}";
                    default -> "{\"catchUp\":\"none\"}";
                };
        return act(
                request,
                "/enable",
                Optional.of(json),
                catchUp.equals("none")
                        ? "It is active; sending resumes slowly."
                        : "It is active, and a replay sends what it has not received.");
    }

    private static Future<PageReply> act(PageRequest request, String action, Optional<String> json, String message) {
        String path = API + request.encoded("id") + action;
        return json.map(body -> request.api().post(path, body))
                .orElseGet(() -> request.api().post(path))
                .map(answer -> PageReply.done(answer, message, HOME + request.encoded("id")));
    }

    private Future<PageReply> disable(PageRequest request) {
        return request.api()
                .patch(API + request.encoded("id"), "{\"isEnabled\":false}")
                .map(answer -> PageReply.done(
                        answer,
                        "Disabled: new events are not owed any more; what is owed is held.",
                        HOME + request.encoded("id")));
    }

    private Future<PageReply> delete(PageRequest request) {
        return request.api()
                .delete(API + request.encoded("id"))
                .map(answer -> PageReply.done(
                        answer,
                        "Deleted. What was owed is dead; its history stays until RETENTION.",
                        answer.isGood() ? "/subscriptions" : HOME + request.encoded("id")));
    }

    private Future<PageReply> test(PageRequest request) {
        return request.api()
                .post(API + request.encoded("id") + "/test")
                .compose(answer -> shown(request, Optional.of(answer)));
    }

    private Future<PageReply> rotate(PageRequest request) {
        String overlap = request.form("overlap").orElse("24h");
        return request.api()
                .post(
                        API + request.encoded("id") + "/secret/rotate",
                        "{\"overlap\":" + ValueWriter.quoted(overlap) + "}")
                .map(answer -> {
                    if (!answer.isGood()) {
                        return PageReply.done(answer, "", HOME + request.encoded("id"));
                    }
                    Map<String, Object> view = new HashMap<>();
                    view.put("id", request.path("id"));
                    view.put("name", "");
                    view.put("secret", Json.text(answer.json().get("secret")));
                    view.put("warnings", List.of());
                    view.put("message", "There is a new secret.");
                    view.put("until", Json.text(answer.json().get("oldSecretExpiresAt")));
                    return PageReply.of("subscription-secret", view);
                });
    }

    private static Future<Catalogue> catalogue(PageRequest request) {
        return request.api()
                .get("/v1/target-types")
                .map(answer -> new Catalogue(Json.maps(answer.orRefuse().get("data"))));
    }

    private static Future<Value.Fields> stored(PageRequest request) {
        return request.api().get(API + request.encoded("id")).map(answer -> {
            answer.orRefuse();
            return fields(answer).orElseThrow();
        });
    }

    private static Optional<Value.Fields> fields(ApiAnswer answer) {
        return answer.isGood() && answer.value() instanceof Value.Fields fields
                ? Optional.of(fields)
                : Optional.empty();
    }
}
