package nexus.contract;

import static nexus.testkit.KeyedNexus.api;
import static nexus.testkit.KeyedNexus.nexus;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import nexus.contract.Edges.Edge;
import nexus.testkit.ApiClient;
import nexus.testkit.KeyedNexus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the document allows is not refused for its form, and what it does not allow is. */
@ExtendWith(KeyedNexus.class)
class DocumentEdgesIT {
    private static final int AT_ONCE = 30;
    /** Its subscription is that of a new one, and JSON Schema has no short word for one of three fields. */
    private static final String PREVIEW = "/v1/subscriptions/preview";

    private record Sent(String what, boolean isValid, CompletableFuture<HttpResponse<String>> answer) {}

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final JsonNode document =
            api().get("/openapi?format=json").expect(200).json();
    private final Schemas schemas = new Schemas(document);
    private final Edges edges = new Edges(schemas);
    private final Deque<Sent> underWay = new ArrayDeque<>();
    private final List<String> faults = new ArrayList<>();
    private final List<String> made = new ArrayList<>();
    private String unchanged = "";
    private int sent;

    @Test
    void everyEdgeOfTheDocumentIsWhereItSaysItIs() {
        document.path("paths")
                .properties()
                .forEach(path -> path.getValue().properties().forEach(method -> {
                    JsonNode operation = method.getValue();
                    String verb = method.getKey().toUpperCase(Locale.ROOT);
                    if (operation.has("requestBody") && !path.getKey().equals(PREVIEW)) {
                        bodies(verb, path.getKey(), operation);
                    }
                    operation
                            .path("parameters")
                            .forEach(parameter ->
                                    parameter(verb, path.getKey(), operation, schemas.resolved(parameter)));
                }));
        while (!underWay.isEmpty()) {
            judge(underWay.removeFirst());
        }
        made.forEach(id -> api().delete("/v1/subscriptions/" + id));
        System.out.println("edges: " + sent);
        assertThat(sent).isGreaterThan(500);
        assertThat(faults).isEmpty();
    }

    private void bodies(String verb, String path, JsonNode operation) {
        JsonNode body = operation.path("requestBody");
        JsonNode content = body.path("content").path("application/json");
        content.path("examples")
                .forEach(example -> send(verb, path, new Edge(" the example", example.path("value"), true)));
        edges.of(content.path("schema"), "").forEach(edge -> send(verb, path, edge));
        boolean isRequired = body.path("required").asBoolean();
        send(verb + " " + path + " no body", !isRequired, request(verb, here(path, !isRequired), ""));
    }

    private void send(String verb, String path, Edge edge) {
        send(
                verb + " " + path + edge.what(),
                edge.isValid(),
                request(verb, here(path, edge.isValid()), Edges.text(edge.isValid() ? existing(edge) : edge.value())));
    }

    /** What a request names has to be there, which its form cannot say. */
    private JsonNode existing(Edge edge) {
        JsonNode value = edge.value().deepCopy();
        if (value instanceof ObjectNode object && object.has("since") && object.has("subscriptionId")) {
            object.put("subscriptionId", existing());
            if (object.path("since").equals(object.path("until"))) {
                object.remove("until");
            }
        } else if (value instanceof ObjectNode object && object.has("table") && object.has("subscriptionId")) {
            object.put("subscriptionId", existing()).put("table", "users").remove("where");
        }
        return value;
    }

    private String existing() {
        return here("{id}", false);
    }

    /** What one edge has changed does not reach another. */
    private String here(String path, boolean isChanged) {
        if (!path.contains("{id}")) {
            return path.replace("{name}", "edges");
        }
        if (isChanged || unchanged.isEmpty()) {
            String id = subscription();
            made.add(id);
            unchanged = isChanged ? unchanged : id;
            return path.replace("{id}", id);
        }
        return path.replace("{id}", unchanged);
    }

    private static String subscription() {
        return api().post("/v1/subscriptions", """
                        {"endpointUrl":"http://127.0.0.1:65533/%s","eventTypes":["edge.of.the.document"],"isEnabled":false}""".formatted(System.nanoTime()))
                .expect(201)
                .json()
                .path("id")
                .asText();
    }

    private void parameter(String verb, String path, JsonNode operation, JsonNode parameter) {
        String name = parameter.path("name").asText();
        JsonNode schema = schemas.resolved(parameter.path("schema"));
        List<Edge> values = new ArrayList<>();
        if (parameter.has("example")) {
            values.add(new Edge(" example", parameter.path("example"), true));
        }
        switch (schemas.types(schema).getFirst()) {
            case "integer" -> {
                values.addAll(edges.numbers(schema, ""));
                values.add(new Edge(" no number", new com.fasterxml.jackson.databind.node.TextNode("x"), false));
            }
            case "boolean" ->
                values.add(new Edge(" no boolean", new com.fasterxml.jackson.databind.node.TextNode("x"), false));
            default ->
                edges.texts(schema, "/" + name).stream()
                        .filter(edge -> !name.equals("cursor") || !edge.isValid()) // a page has given it, or not
                        .forEach(values::add);
        }
        for (Edge edge : values) {
            String text = edge.value().asText();
            String what = verb + " " + path + " " + name + edge.what();
            switch (parameter.path("in").asText()) {
                case "query" ->
                    send(what, edge.isValid(), request(verb, here(path, false) + "?" + name + "=" + encoded(text), ""));
                case "header" -> {
                    if (text.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
                        JsonNode sample = edges.sample(operation
                                .path("requestBody")
                                .path("content")
                                .path("application/json")
                                .path("schema"));
                        send(
                                what,
                                edge.isValid(),
                                request(verb, path, Edges.text(sample)).header(name, text));
                    }
                }
                default -> {} // any text is an id that nothing has
            }
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static HttpRequest.Builder request(String verb, String path, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(nexus().uri(path))
                .timeout(Duration.ofSeconds(30))
                .header("X-API-Key", KeyedNexus.KEY)
                .method(verb, BodyPublishers.ofString(body));
        return body.isEmpty() ? request : request.header("Content-Type", "application/json");
    }

    private void send(String what, boolean isValid, HttpRequest.Builder request) {
        sent++;
        underWay.addLast(new Sent(what, isValid, http.sendAsync(request.build(), BodyHandlers.ofString())));
        if (underWay.size() > AT_ONCE) {
            judge(underWay.removeFirst());
        }
    }

    private void judge(Sent edge) {
        HttpResponse<String> answer = edge.answer().join();
        int status = answer.statusCode();
        boolean isRefused = status == 400
                || status == 413
                || status == 414
                || (status == 422
                        && ApiClient.json(answer.body()).path("code").asText().equals("invalid"));
        if (edge.isValid() == isRefused || status >= 500 || status == 429) {
            faults.add(edge.what() + (edge.isValid() ? " fits: " : " does not fit: ") + status + " "
                    + answer.body().substring(0, Math.min(300, answer.body().length())));
        }
        String location = answer.headers().firstValue("Location").orElse("");
        if (location.startsWith("/v1/subscriptions/") || location.startsWith("/v1/keys/")) {
            api().delete(location);
        }
    }
}
