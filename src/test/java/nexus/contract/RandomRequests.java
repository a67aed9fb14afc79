package nexus.contract;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.buffer.Buffer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Requests that the document describes, most of them not quite as it says. */
final class RandomRequests {
    /** Of a page of events. */
    private static final String CURSOR = "ZXZlbnRzCjQ0";

    private static final List<String> ODD =
            List.of("x", "0", "-1", " ", "é", "\uD83D\uDE00", "../events", "a/b", "\0", "%", "'", "y".repeat(3_000));

    /** They ask the source, or go through all there is: rarer than the others, so that thousands take seconds. */
    private static final Set<String> SLOW = Set.of(
            "/v1/doctor",
            "/api/v1/listeners",
            "/api/v1/listeners/{id}",
            "/v1/deliveries/retry",
            "/v1/subscriptions/{id}/test",
            "/v1/source/reset");

    private final Schemas schemas;
    private final RandomValues values;
    private final List<Operation> operations = new ArrayList<>();

    /** One method of one path. */
    record Operation(String method, String path, JsonNode description) {}

    /** One request; an empty media type means that there is none. */
    record Request(Operation operation, String path, List<String> headers, String mediaType, Buffer body) {
        @Override
        public String toString() {
            return operation.method() + " " + path + " " + headers + " " + mediaType + " "
                    + body.getString(0, Math.min(body.length(), 400));
        }
    }

    RandomRequests(JsonNode document, Schemas schemas, RandomValues values) {
        this.schemas = schemas;
        this.values = values;
        document.path("paths").properties().forEach(path -> path.getValue().properties().stream()
                .filter(method -> method.getValue().has("responses"))
                .forEach(method -> operations.add(
                        new Operation(method.getKey().toUpperCase(Locale.ROOT), path.getKey(), method.getValue()))));
    }

    int operations() {
        return operations.size();
    }

    Request next() {
        Operation operation = values.oneOf(operations);
        while (SLOW.contains(operation.path()) && values.chance(0.9)) {
            operation = values.oneOf(operations);
        }
        double junk = values.oneOf(List.of(0.0, 0.0, 0.02, 0.2));
        List<String> headers = new ArrayList<>();
        List<String> query = new ArrayList<>();
        String path = operation.path();
        for (JsonNode given : operation.description().path("parameters")) {
            JsonNode parameter = schemas.resolved(given);
            String name = parameter.path("name").asText();
            switch (parameter.path("in").asText()) {
                case "path" -> path = path.replace("{" + name + "}", pathId(junk));
                case "query" -> {
                    if (values.chance(0.3)) {
                        query.add(name + "=" + encoded(queryValue(parameter, junk)));
                    }
                }
                default -> {
                    if (values.chance(0.3)) {
                        headers.add(name);
                        headers.add(values.chance(junk) ? "\"no end" : values.text(parameter.path("schema")));
                    }
                }
            }
        }
        if (values.chance(junk / 4)) {
            query.add(values.oneOf(List.of("colour=red", "limit=1&limit=2", "=", "a")));
        }
        String target = query.isEmpty() ? path : path + '?' + String.join("&", query);
        JsonNode content =
                schemas.resolved(operation.description().path("requestBody")).path("content");
        return content.isMissingNode() || content.isEmpty()
                ? new Request(operation, target, headers, "", Buffer.buffer())
                : withBody(
                        operation,
                        target,
                        headers,
                        content.path("application/json").path("schema"),
                        junk);
    }

    private Request withBody(Operation operation, String target, List<String> headers, JsonNode schema, double junk) {
        byte[] body = values.json(schema, junk).getBytes(StandardCharsets.UTF_8);
        if (values.chance(junk / 2)) {
            body = spoilt(body);
        }
        String mediaType = values.chance(junk / 4) ? "text/plain" : "application/json";
        return new Request(operation, target, headers, mediaType, Buffer.buffer(body));
    }

    private byte[] spoilt(byte[] body) {
        byte[] spoilt = body.clone();
        if (values.chance(0.3) || body.length < 4) {
            return Arrays.copyOf(body, body.length / 2);
        }
        spoilt[body.length / 2] = values.oneOf(List.of((byte) 0xff, (byte) 0xc0, (byte) 0, (byte) '"', (byte) '\n'));
        return spoilt;
    }

    private String pathId(double junk) {
        return values.chance(junk) ? encoded(values.oneOf(ODD)) : encoded(values.id());
    }

    private String queryValue(JsonNode parameter, double junk) {
        if (values.chance(junk)) {
            return values.oneOf(ODD);
        }
        JsonNode schema = schemas.resolved(parameter.path("schema"));
        return switch (schemas.types(schema).getFirst()) {
            case "integer" -> Long.toString(values.number(schema));
            case "boolean" -> "true";
            default -> parameter.path("name").asText().equals("cursor") ? CURSOR : values.text(schema);
        };
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
