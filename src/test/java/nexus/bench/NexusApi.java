package nexus.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The part of the API that a benchmark needs. Removes in the end the subscriptions that it has made. */
final class NexusApi implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int TOO_MANY_REQUESTS = 429;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI base;
    private final Optional<String> apiKey;
    private final List<String> subscriptions = new ArrayList<>(); // guarded by itself

    NexusApi(URI base, Optional<String> apiKey) {
        this.base = base;
        this.apiKey = apiKey;
    }

    /** @param more further fields, each behind a comma */
    String subscribe(URI endpoint, String eventType, String more) throws IOException, InterruptedException {
        String body = """
                {"name":"nexus bench","endpointUrl":"%s","eventTypes":["%s"]%s}""".formatted(endpoint, eventType, more);
        String id = post("/v1/subscriptions", body, 201).path("id").asText();
        synchronized (subscriptions) {
            subscriptions.add(id);
        }
        return id;
    }

    void unsubscribe(String id) throws IOException, InterruptedException {
        synchronized (subscriptions) {
            subscriptions.remove(id);
        }
        send(request("/v1/subscriptions/" + id).DELETE(), 204);
    }

    JsonNode post(String path, String json, int expected) throws IOException, InterruptedException {
        HttpRequest.Builder request =
                request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(json));
        return send(request, expected);
    }

    JsonNode get(String path) throws IOException, InterruptedException {
        return send(request(path).GET(), 200);
    }

    @Override
    public void close() throws IOException {
        List<String> left;
        synchronized (subscriptions) {
            left = List.copyOf(subscriptions);
        }
        try {
            for (String id : left) {
                unsubscribe(id);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        http.close();
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path)).timeout(Duration.ofSeconds(30));
        apiKey.ifPresent(key -> request.header("X-API-Key", key));
        return request;
    }

    private JsonNode send(HttpRequest.Builder request, int expected) throws IOException, InterruptedException {
        HttpRequest built = request.build();
        HttpResponse<String> response = http.send(built, BodyHandlers.ofString());
        while (response.statusCode() == TOO_MANY_REQUESTS) {
            long seconds = response.headers().firstValueAsLong("Retry-After").orElse(1);
            Thread.sleep(Duration.ofSeconds(Math.clamp(seconds, 1, 10)));
            response = http.send(built, BodyHandlers.ofString());
        }
        if (response.statusCode() != expected) {
            throw new IOException(built.method() + " " + built.uri().getPath() + " answered " + response.statusCode()
                    + ": " + response.body());
        }
        return JSON.readTree(response.body().isEmpty() ? "null" : response.body());
    }
}
