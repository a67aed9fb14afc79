package nexus.page.inbox;

import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import nexus.page.ApiAnswer;
import nexus.page.PageReply;
import nexus.page.PageRequest;
import nexus.page.PageRoutes;
import nexus.page.content.CurlCommand;
import nexus.page.content.ReadableJson;
import nexus.page.content.ShownRequest;
import org.jspecify.annotations.Nullable;

/** {@code /inbox} and {@code /inbox/<name>}: the receiver for trials. */
@Singleton
final class InboxPages {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}");
    private static final Pattern TIMES = Pattern.compile("[1-9][0-9]{0,2}");
    private static final Map<String, String> SIGNATURE_CLASSES = Map.of("verified", "ok", "wrong", "fail");
    private static final Map<String, String> SIGNATURE_LABELS =
            Map.of("verified", "✓ verified", "wrong", "✗ wrong", "unsigned", "not signed", "unknown", "not known");
    /** They belong to the connection, or curl sets them by itself. */
    private static final List<String> OF_CONNECTION =
            List.of("host", "content-length", "connection", "transfer-encoding", "expect");

    void add(@Observes PageRoutes routes) {
        routes.get("/inbox", this::list);
        routes.get("/inbox/:name", this::show);
        routes.post("/inboxes/:name/reply", this::choose);
        routes.post("/inboxes/:name/clear", this::clear);
    }

    private Future<PageReply> list(PageRequest request) {
        Optional<String> opened = request.query("name");
        if (opened.isPresent()) {
            return Future.succeededFuture(
                    NAME.matcher(opened.get()).matches()
                            ? PageReply.redirect("/inbox/" + opened.get())
                            : PageReply.refused(
                                    "An inbox is named by up to 64 letters, digits and . _ - and does not begin with a dot.",
                                    "/inbox"));
        }
        return request.api()
                .get("/v1/inboxes")
                .map(answer -> answer.status() == 404 ? PageReply.of("inbox-off", Map.of()) : listed(request, answer));
    }

    private static PageReply listed(PageRequest request, ApiAnswer answer) {
        answer.orRefuse();
        return PageReply.of("inboxes", Map.of("inboxes", answer.data(), "origin", origin(request)));
    }

    private Future<PageReply> show(PageRequest request) {
        return request.api().get("/v1/inboxes/" + request.encoded("name")).map(answer -> {
            if (answer.status() == 404 && NAME.matcher(request.path("name")).matches()) {
                return PageReply.of("inbox-off", Map.of());
            }
            return PageReply.of("inbox", view(request, answer.orRefuse()));
        });
    }

    private static Map<String, Object> view(PageRequest request, Map<String, Object> inbox) {
        List<Map<String, @Nullable Object>> requests = new ArrayList<>();
        if (inbox.get("requests") instanceof List<?> all) {
            all.forEach(one -> requests.add(received(Maps.of(one))));
        }
        String wanted = request.query("n").orElse("");
        Map<String, @Nullable Object> chosen = chosen(requests, wanted);
        Map<String, Object> view = new HashMap<>();
        String name = String.valueOf(inbox.get("name"));
        view.put("name", name);
        view.put("endpoint", origin(request) + "/inbox/" + name);
        view.put("received", Maps.orEmpty(inbox.get("received")));
        view.put("kept", requests.size());
        view.put("requests", requests);
        view.put("isFixed", !wanted.isEmpty());
        view.put("chosen", chosen.isEmpty() ? chosen : detailed(request, chosen));
        view.put("hasChosen", !chosen.isEmpty());
        view.put("reply", reply(Maps.of(inbox.get("reply"))));
        view.put("choices", choices());
        view.put("mayManage", request.mayManage());
        return view;
    }

    /** The newest one, unless another is wanted and still there; empty if there is none. */
    private static Map<String, @Nullable Object> chosen(List<Map<String, @Nullable Object>> requests, String wanted) {
        for (Map<String, @Nullable Object> request : requests) {
            if (String.valueOf(request.get("number")).equals(wanted)) {
                return request;
            }
        }
        return requests.isEmpty() ? Map.<String, @Nullable Object>of() : requests.getFirst();
    }

    private static List<Map<String, String>> choices() {
        return Arrays.stream(ReplyChoice.values())
                .map(choice -> Map.of("word", choice.word(), "label", choice.label()))
                .toList();
    }

    private static Map<String, @Nullable Object> received(Map<String, @Nullable Object> request) {
        Map<String, @Nullable Object> view = new HashMap<>(request);
        Map<String, @Nullable Object> headers = Maps.of(request.get("headers"));
        view.put("type", header(headers, "X-Event-Type"));
        view.put("attempt", header(headers, "X-Delivery-Attempt"));
        view.put("replyWords", reply(Maps.of(request.get("reply"))).get("words"));
        String state = String.valueOf(Maps.of(request.get("signature")).get("state"));
        view.put("signatureClass", SIGNATURE_CLASSES.getOrDefault(state, ""));
        view.put("signatureLabel", SIGNATURE_LABELS.getOrDefault(state, state));
        return view;
    }

    private static Map<String, @Nullable Object> detailed(PageRequest request, Map<String, @Nullable Object> received) {
        Map<String, @Nullable Object> view = new HashMap<>(received);
        Map<String, String> headers = new LinkedHashMap<>();
        Maps.of(received.get("headers")).forEach((name, values) -> headers.put(name, joined(values)));
        String body = String.valueOf(received.get("body"));
        ReadableJson shown = ReadableJson.of(body);
        view.put(
                "headerLines",
                headers.entrySet().stream()
                        .map(header -> Map.of("name", header.getKey(), "value", header.getValue()))
                        .toList());
        view.put("shownBody", shown.text());
        view.put("bodyLeft", shown.left());
        Map<String, String> sent = new LinkedHashMap<>(headers);
        sent.keySet().removeIf(name -> OF_CONNECTION.stream().anyMatch(name::equalsIgnoreCase));
        view.put(
                "curl",
                CurlCommand.of(new ShownRequest(
                        String.valueOf(received.get("method")), origin(request) + received.get("target"), sent, body)));
        Map<String, @Nullable Object> signature = Maps.of(received.get("signature"));
        view.put("signatureDetail", String.valueOf(signature.get("detail")));
        view.put("subscriptionId", signature.get("subscriptionId"));
        view.put("eventId", header(Maps.of(received.get("headers")), "X-Event-Id"));
        return view;
    }

    private static Map<String, Object> reply(Map<String, @Nullable Object> reply) {
        StringBuilder words = new StringBuilder(
                Boolean.TRUE.equals(reply.get("close")) ? "closed" : String.valueOf(reply.get("status")));
        if (reply.get("retryAfter") != null) {
            words.append(", Retry-After ").append(reply.get("retryAfter")).append(" s");
        }
        if (reply.get("delay") != null && !"0s".equals(reply.get("delay"))) {
            words.append(" after ").append(reply.get("delay"));
        }
        return Map.of(
                "words",
                words.toString(),
                "times",
                reply.get("times") == null ? "" : String.valueOf(reply.get("times")));
    }

    private static String header(Map<String, @Nullable Object> headers, String name) {
        return headers.entrySet().stream()
                .filter(header -> header.getKey().equalsIgnoreCase(name))
                .map(header -> joined(header.getValue()))
                .findFirst()
                .orElse("");
    }

    private static String joined(@Nullable Object values) {
        return values instanceof List<?> list
                ? String.join(", ", list.stream().map(String::valueOf).toList())
                : String.valueOf(values);
    }

    private Future<PageReply> choose(PageRequest request) {
        String back = "/inbox/" + request.encoded("name");
        Optional<ReplyChoice> choice = request.form("choice").flatMap(ReplyChoice::of);
        if (choice.isEmpty()) {
            return Future.succeededFuture(PageReply.refused("There is no such reply.", back));
        }
        Optional<Integer> times = request.form("times")
                .filter(text -> TIMES.matcher(text).matches())
                .map(Integer::valueOf);
        String message = "The next "
                + times.map(n -> n == 1 ? "request gets: " : n + " requests get: ")
                        .orElse("requests get: ")
                + choice.get().label() + ".";
        return request.api()
                .patch("/v1/inboxes/" + request.encoded("name"), choice.get().json(times))
                .map(answer -> PageReply.done(answer, message, back));
    }

    private Future<PageReply> clear(PageRequest request) {
        return request.api()
                .delete("/v1/inboxes/" + request.encoded("name"))
                .map(answer -> PageReply.done(
                        answer, "The inbox is empty and answers 200.", "/inbox/" + request.encoded("name")));
    }

    /** The address that the visitor uses leads here, so senders on the same machine or network can use it too. */
    private static String origin(PageRequest request) {
        HttpServerRequest http = request.context().request();
        return http.scheme() + "://" + http.authority();
    }
}
