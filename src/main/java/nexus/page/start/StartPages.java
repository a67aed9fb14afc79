package nexus.page.start;

import io.vertx.core.Future;
import io.vertx.core.net.SocketAddress;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import nexus.page.ApiAnswer;
import nexus.page.PageReply;
import nexus.page.PageRequest;
import nexus.page.PageRoutes;
import nexus.page.content.ReadableJson;
import nexus.value.ValueWriter;
import org.jspecify.annotations.Nullable;

/** {@code /start}: a first webhook in three steps. What was chosen is in the address, so nothing is kept here. */
@Singleton
final class StartPages {
    private static final String HOME = "/start";
    private static final int INBOX_BYTES = 5;

    private final RandomGenerator random;

    @Inject
    StartPages(RandomGenerator random) {
        this.random = random;
    }

    void add(@Observes PageRoutes routes) {
        routes.get(HOME, this::show);
        routes.post(HOME, this::begin);
        routes.post("/start/change", this::change);
        routes.post("/start/fail", this::fail);
    }

    private Future<PageReply> show(PageRequest request) {
        Optional<String> inbox = request.query("inbox").filter(name -> name.matches("start-[0-9a-f]{10}"));
        Future<ApiAnswer> tables = request.api().get("/v1/source/tables?limit=250");
        Future<ApiAnswer> arrived =
                request.api().get("/v1/inboxes" + inbox.map(name -> "/" + name).orElse(""));
        return Future.all(tables, arrived).map(both -> {
            Map<String, Object> view = new HashMap<>();
            view.put("isOff", arrived.result().status() == 404);
            view.put(
                    "tables",
                    tables.result().data().stream()
                            .map(table -> table.get("schema") + "." + table.get("table"))
                            .toList());
            Optional<Trial> trial = trial(request.query("kind"), request.query("what"));
            view.put("isBegun", inbox.isPresent() && trial.isPresent());
            view.put("inbox", inbox.orElse(""));
            view.put("subscription", request.query("subscription").orElse(""));
            view.put("kind", trial.map(Trial::word).orElse("table"));
            view.put("what", trial.map(Trial::what).orElse(""));
            view.put("isDemo", trial.filter(Trial::isDemo).isPresent());
            view.put("eventType", trial.map(Trial::eventType).orElse(""));
            view.put(
                    "sql",
                    trial.filter(one -> one.kind() == Trial.Kind.TABLE)
                            .map(Trial::sql)
                            .orElse(""));
            view.put("origin", origin(request));
            view.put("requests", inbox.isPresent() ? requests(arrived.result()) : List.of());
            view.put("hasVerified", inbox.isPresent() && has(arrived.result(), "verified"));
            view.put("hasRetry", inbox.isPresent() && hasRetry(arrived.result()));
            view.put("mayManage", request.mayManage());
            return PageReply.of("start", view);
        });
    }

    private static Optional<Trial> trial(Optional<String> kind, Optional<String> what) {
        return what.flatMap(text -> Trial.of(kind.orElse("table"), text));
    }

    private static List<Map<String, Object>> requests(ApiAnswer inbox) {
        return maps(inbox.json().get("requests")).stream()
                .limit(10)
                .map(request -> {
                    Map<String, @Nullable Object> headers = map(request.get("headers"));
                    Map<String, @Nullable Object> signature = map(request.get("signature"));
                    Map<String, @Nullable Object> reply = map(request.get("reply"));
                    return Map.<String, Object>of(
                            "number", String.valueOf(request.get("number")),
                            "at", String.valueOf(request.get("at")),
                            "type", header(headers, "X-Event-Type"),
                            "attempt", header(headers, "X-Delivery-Attempt"),
                            "isVerified", "verified".equals(signature.get("state")),
                            "signature", String.valueOf(signature.get("detail")),
                            "status", String.valueOf(reply.get("status")),
                            "body",
                                    ReadableJson.of(String.valueOf(request.get("body")))
                                            .text());
                })
                .toList();
    }

    private static boolean has(ApiAnswer inbox, String state) {
        return maps(inbox.json().get("requests")).stream()
                .anyMatch(request -> state.equals(map(request.get("signature")).get("state")));
    }

    private static boolean hasRetry(ApiAnswer inbox) {
        return maps(inbox.json().get("requests")).stream()
                .anyMatch(request -> header(map(request.get("headers")), "X-Delivery-Attempt")
                        .matches("[2-9]|[1-9][0-9]+"));
    }

    private static String header(Map<String, @Nullable Object> headers, String name) {
        return headers.entrySet().stream()
                .filter(header -> header.getKey().equalsIgnoreCase(name))
                .map(header -> header.getValue() instanceof List<?> values && !values.isEmpty()
                        ? String.valueOf(values.getFirst())
                        : "")
                .findFirst()
                .orElse("");
    }

    private Future<PageReply> begin(PageRequest request) {
        Optional<Trial> trial = trial(request.form("kind"), request.form("what"));
        if (trial.isEmpty()) {
            return Future.succeededFuture(PageReply.refused(
                    "Choose a table, or a type such as order.paid that does not begin with pg. or nexus.", HOME));
        }
        byte[] bytes = new byte[INBOX_BYTES];
        random.nextBytes(bytes);
        String inbox = "start-" + HexFormat.of().formatHex(bytes);
        SocketAddress own = request.context().request().localAddress();
        String endpoint = "http://localhost:" + own.port() + "/inbox/" + inbox;
        return request.api()
                .post("/v1/subscriptions", trial.get().subscription(endpoint))
                .map(answer -> answer.isGood()
                        ? PageReply.redirect(address(
                                trial.get(), inbox, String.valueOf(answer.json().get("id"))))
                        : PageReply.refused(answer.refusal(), HOME));
    }

    private static String address(Trial trial, String inbox, String subscription) {
        return HOME + "?kind=" + trial.word() + "&what=" + PageRequest.encode(trial.what()) + "&inbox=" + inbox
                + "&subscription=" + PageRequest.encode(subscription);
    }

    /** The same page again. */
    private static String back(PageRequest request) {
        return trial(request.form("kind"), request.form("what"))
                .map(trial -> address(
                        trial,
                        PageRequest.encode(request.form("inbox").orElse("")),
                        request.form("subscription").orElse("")))
                .orElse(HOME);
    }

    private Future<PageReply> change(PageRequest request) {
        return made(request).map(answer -> PageReply.done(answer, "Done; the request arrives below.", back(request)));
    }

    /** The next request fails, and then there is one. */
    private Future<PageReply> fail(PageRequest request) {
        return request.api()
                .patch(
                        "/v1/inboxes/"
                                + PageRequest.encode(request.form("inbox").orElse("")),
                        "{\"reply\":{\"status\":500,\"times\":1}}")
                .compose(chosen -> chosen.isGood() ? made(request) : Future.succeededFuture(chosen))
                .map(answer -> PageReply.done(
                        answer,
                        "The next request is answered with 500, and tried again a few seconds later.",
                        back(request)));
    }

    /** A new row of the demo table, or an event. A table of the user's is never written to. */
    private Future<ApiAnswer> made(PageRequest request) {
        Optional<Trial> trial = trial(request.form("kind"), request.form("what"));
        String unique = HexFormat.of().toHexDigits(random.nextInt());
        if (trial.filter(Trial::isDemo).isPresent()) {
            return request.api()
                    .post("/api/v1/test/users", "{\"email\":\"ann-" + unique + "@example.com\",\"name\":\"Ann\"}");
        }
        if (trial.filter(one -> one.kind() == Trial.Kind.TYPE).isPresent()) {
            return request.api()
                    .post(
                            "/v1/events",
                            "{\"type\":" + ValueWriter.quoted(trial.get().what()) + ",\"data\":{\"id\":\"" + unique
                                    + "\",\"note\":\"made by the start page\"}}");
        }
        return Future.succeededFuture(new ApiAnswer(200, "{}"));
    }

    private static String origin(PageRequest request) {
        return request.context().request().scheme() + "://"
                + request.context().request().authority();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, @Nullable Object> map(@Nullable Object value) {
        return value instanceof Map<?, ?> map
                ? (Map<String, @Nullable Object>) map
                : Map.<String, @Nullable Object>of();
    }

    private static List<Map<String, @Nullable Object>> maps(@Nullable Object value) {
        return value instanceof List<?> list
                ? list.stream().map(StartPages::map).toList()
                : List.of();
    }
}
