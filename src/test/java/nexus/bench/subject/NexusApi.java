package nexus.bench.subject;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The part of the API that a benchmark needs. Removes in the end the subscriptions that it has made.
 *
 * <p>Goes over the JDK's first and smallest client: what the second needs to be compiled, minutes long for a hundred
 * requests a second, took a tenth of the machine from what is measured.
 */
public final class NexusApi implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int TIMEOUT_MILLIS = 30_000;

    static {
        System.setProperty("sun.net.http.retryPost", "false"); // else a request that failed is sent twice
    }

    private final URI base;
    private final Optional<String> apiKey;
    private final List<String> subscriptions = new ArrayList<>(); // guarded by itself

    public NexusApi(URI base, Optional<String> apiKey) {
        this.base = base;
        this.apiKey = apiKey;
    }

    /** @param more further fields, each behind a comma */
    public String subscribe(URI endpoint, String eventType, String more) throws IOException, InterruptedException {
        String body = """
                {"name":"nexus bench","endpointUrl":"%s","eventTypes":["%s"]%s}""".formatted(endpoint, eventType, more);
        byte[] created = send("POST", "/v1/subscriptions", Optional.of(body), 201);
        String id = JSON.readTree(created).path("id").asText();
        synchronized (subscriptions) {
            subscriptions.add(id);
        }
        return id;
    }

    public void unsubscribe(String id) throws IOException, InterruptedException {
        synchronized (subscriptions) {
            subscriptions.remove(id);
        }
        send("DELETE", "/v1/subscriptions/" + id, Optional.empty(), 204);
    }

    /** @param events JSON objects with commas between them */
    public void publish(CharSequence events) throws IOException, InterruptedException {
        send("POST", "/v1/events/batch", Optional.of("{\"events\":[" + events + "]}"), 202);
    }

    public void publishOne(CharSequence event) throws IOException, InterruptedException {
        send("POST", "/v1/events", Optional.of(event.toString()), 202);
    }

    public JsonNode get(String path) throws IOException, InterruptedException {
        return JSON.readTree(send("GET", path, Optional.empty(), 200));
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
    }

    /** Waits as long as it is told to when it is asked too often. */
    private byte[] send(String method, String path, Optional<String> json, int expected)
            throws IOException, InterruptedException {
        while (true) {
            HttpURLConnection request =
                    (HttpURLConnection) base.resolve(path).toURL().openConnection();
            int status = status(request, method, json);
            byte[] answer;
            try (InputStream body = status < 400 ? request.getInputStream() : request.getErrorStream()) {
                answer = body == null ? new byte[0] : body.readAllBytes();
            }
            if (status == expected) {
                return answer;
            }
            if (status != TOO_MANY_REQUESTS) {
                throw new IOException(method + " " + request.getURL().getPath() + " answered " + status + ": "
                        + new String(answer, StandardCharsets.UTF_8));
            }
            Thread.sleep(Duration.ofSeconds(Math.clamp(request.getHeaderFieldLong("Retry-After", 1), 1, 10)));
        }
    }

    private int status(HttpURLConnection request, String method, Optional<String> json) throws IOException {
        request.setRequestMethod(method);
        request.setConnectTimeout(TIMEOUT_MILLIS);
        request.setReadTimeout(TIMEOUT_MILLIS);
        apiKey.ifPresent(key -> request.setRequestProperty("X-API-Key", key));
        if (json.isPresent()) {
            request.setRequestProperty("Content-Type", "application/json");
            request.setDoOutput(true);
            request.getOutputStream().write(json.get().getBytes(StandardCharsets.UTF_8));
        }
        return request.getResponseCode();
    }
}
