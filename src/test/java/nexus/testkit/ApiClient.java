package nexus.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** Calls the API of a Nexus that runs. Bodies are texts, so that a test sees every digit. */
public final class ApiClient {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    /** Keeps every digit of a number. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private final String base;
    private final List<String> headers;

    /**
     * @param base with no slash at its end
     * @param headers name, value, name, value …, sent with every call
     */
    ApiClient(String base, List<String> headers) {
        this.base = base;
        this.headers = headers;
    }

    /** An answer as it came. */
    public record Answer(int status, HttpHeaders headers, String text) {
        public JsonNode json() {
            return ApiClient.json(text);
        }

        /** The header's value; empty text when it is missing. */
        public String header(String name) {
            return headers.firstValue(name).orElse("");
        }

        /** Fails the test, with the answer, when the status is another. */
        public Answer expect(int expected) {
            if (status != expected) {
                throw new AssertionError("expected " + expected + " but was " + status + ": " + text);
            }
            return this;
        }
    }

    public static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + text, e);
        }
    }

    /** The same with another set of headers of every call: name, value, name, value … */
    public ApiClient with(String... otherHeaders) {
        return new ApiClient(base, List.of(otherHeaders));
    }

    public Answer get(String path) {
        return send(request(path).GET());
    }

    public Answer delete(String path) {
        return send(request(path).DELETE());
    }

    /** @param more headers of this call: name, value, name, value … */
    public Answer post(String path, String json, String... more) {
        return send("POST", path, "application/json", json, more);
    }

    /** Without a body. */
    public Answer post(String path) {
        return send(request(path).POST(BodyPublishers.noBody()));
    }

    public Answer patch(String path, String json) {
        return send("PATCH", path, "application/json", json);
    }

    public Answer send(String method, String path, String mediaType, String body, String... more) {
        HttpRequest.Builder request = request(path)
                .header("Content-Type", mediaType)
                .method(method, BodyPublishers.ofString(body, StandardCharsets.UTF_8));
        return send(more.length == 0 ? request : request.headers(more));
    }

    /**
     * Makes a subscription that retries after a second.
     *
     * @param more further fields, each behind a comma
     * @return the answer's body, with id and secret
     */
    public JsonNode subscribe(URI endpoint, String eventType, String... more) {
        String body = """
                {"name":"test","endpointUrl":"%s","eventTypes":["%s"],"retry":{"baseSeconds":1,"cap":"1s"}%s}""".formatted(endpoint, eventType, String.join("", more));
        return post("/v1/subscriptions", body).expect(201).json();
    }

    /** @return the event's id */
    public String publish(String type, String data) {
        return post("/v1/events", "{\"type\":\"" + type + "\",\"data\":" + data + "}")
                .expect(202)
                .json()
                .path("eventId")
                .asText();
    }

    /** The only delivery of an event, with its log. */
    public JsonNode delivery(String eventId) {
        JsonNode deliveries = get("/v1/events/" + eventId).expect(200).json().path("deliveries");
        if (deliveries.size() != 1) {
            throw new AssertionError("not one delivery: " + deliveries);
        }
        return deliveries.path(0);
    }

    /** Waits until the only delivery of an event has this status, and answers with it. */
    public JsonNode awaitDelivery(String eventId, String status) {
        Eventually.eventually(
                "the delivery of " + eventId + " is " + status,
                () -> delivery(eventId).path("status").asText().equals(status));
        return delivery(eventId);
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(base + path)).timeout(Duration.ofSeconds(30));
        return headers.isEmpty() ? request : request.headers(headers.toArray(String[]::new));
    }

    private static Answer send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = HTTP.send(request.build(), BodyHandlers.ofString(StandardCharsets.UTF_8));
            return new Answer(response.statusCode(), response.headers(), response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
