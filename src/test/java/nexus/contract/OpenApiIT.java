package nexus.contract;

import static nexus.testkit.KeyedNexus.api;
import static nexus.testkit.KeyedNexus.nexus;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import nexus.contract.RandomRequests.Request;
import nexus.testkit.ApiClient;
import nexus.testkit.KeyedNexus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The document is checked in, and what it says is what happens. */
@ExtendWith(KeyedNexus.class)
class OpenApiIT {
    private static final int REQUESTS = Integer.getInteger("nexus.fuzz.requests", 4_000);
    private static final int AT_ONCE = 100;
    private static final long SEED = Long.getLong("nexus.fuzz.seed", 20_261_125);

    private record Sent(Request request, CompletableFuture<HttpResponse<String>> answer) {}

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Test
    void theDocumentIsTheOneThatIsCheckedIn() throws IOException {
        JsonNode checkedIn = parsed(Files.readString(Path.of("docs/openapi.yaml")));
        assertThat(parsed(api().get("/openapi").expect(200).text())).isEqualTo(checkedIn);
        assertThat(parsed(api().get("/openapi?format=json").expect(200).text())).isEqualTo(checkedIn);
    }

    /** JSON is YAML too, so that numbers become the same. */
    private static JsonNode parsed(String text) throws IOException {
        return new YAMLMapper().readTree(text);
    }

    @Test
    void noRandomRequestIsAnsweredInAWayThatTheDocumentDoesNotDescribe() {
        JsonNode document = document();
        Schemas schemas = new Schemas(document);
        RandomValues values = new RandomValues(schemas, new Random(SEED));
        RandomRequests requests = new RandomRequests(document, schemas, values);
        Map<Integer, Integer> statuses = new TreeMap<>();
        List<String> faults = new ArrayList<>();
        Deque<Sent> underWay = new ArrayDeque<>();
        for (int i = 0; i < REQUESTS + AT_ONCE && faults.size() < 20; i++) {
            if (i < REQUESTS) {
                Request request = requests.next();
                underWay.addLast(new Sent(request, http.sendAsync(httpRequest(request), BodyHandlers.ofString())));
            }
            if (i >= AT_ONCE) {
                Sent first = underWay.removeFirst();
                HttpResponse<String> answer = first.answer().join();
                statuses.merge(answer.statusCode(), 1, Integer::sum);
                faults(schemas, values, first.request(), answer)
                        .forEach(fault -> faults.add(fault + " after " + first.request()));
            }
        }
        System.out.println("answers by status: " + statuses);
        assertThat(faults).as("seed " + SEED).isEmpty();
        assertThat(statuses.keySet()).contains(200, 201, 202, 204, 400, 404, 409, 415, 422);
        assertThat(nexus().log()).doesNotContain("request failed id=");
    }

    private static List<String> faults(
            Schemas schemas, RandomValues values, Request request, HttpResponse<String> answer) {
        int status = answer.statusCode();
        boolean isHealth = request.operation().path().equals("/v1/health");
        if (status == 500 || (status == 503 && !isHealth)) {
            return List.of(status + ": " + answer.body());
        }
        JsonNode responses = request.operation().description().path("responses");
        JsonNode described = schemas.resolved(responses.path(Integer.toString(status)));
        if (described.isMissingNode()) {
            return List.of(status + " is not described: " + answer.body());
        }
        JsonNode content = described.path("content");
        if (content.isEmpty()) {
            return answer.body().isEmpty() ? List.of() : List.of(status + " has a body: " + answer.body());
        }
        String mediaType =
                answer.headers().firstValue("Content-Type").orElse("").split(";", -1)[0];
        if (!content.has(mediaType)) {
            return List.of(status + " comes as " + mediaType + ": " + answer.body());
        }
        if (!mediaType.endsWith("json")) {
            return List.of();
        }
        JsonNode body = ApiClient.json(answer.body());
        if (status < 300) {
            values.learn(body);
        }
        return schemas.faults(content.path(mediaType).path("schema"), body, Integer.toString(status));
    }

    private static HttpRequest httpRequest(Request request) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(nexus().uri(request.path()))
                .timeout(Duration.ofSeconds(30))
                .header("X-API-Key", KeyedNexus.KEY)
                .method(
                        request.operation().method(),
                        BodyPublishers.ofByteArray(request.body().getBytes()));
        for (int i = 0; i < request.headers().size(); i += 2) {
            builder.header(request.headers().get(i), request.headers().get(i + 1));
        }
        return request.mediaType().isEmpty()
                ? builder.build()
                : builder.header("Content-Type", request.mediaType()).build();
    }

    private static JsonNode document() {
        return api().get("/openapi?format=json").expect(200).json();
    }
}
