package nexus;

import static nexus.testkit.ScriptedReceiver.status;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import nexus.testkit.ApiClient;
import nexus.testkit.PackagedNexus;
import nexus.testkit.ScriptedReceiver;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The pages of deliveries, events and rows, as a browser without scripts sees them. */
class TablePagesIT {
    private static final String HOSTILE = "</script><img src=x onerror=alert(1)>'\"{x}\u202e";

    private static PackagedNexus nexus;
    private static ScriptedReceiver receiver;
    private static ApiClient api;
    private static String subscription;
    private static String event;
    private static String delivery;

    @BeforeAll
    static void start() {
        receiver = ScriptedReceiver.start();
        receiver.always(status(500).body(HOSTILE));
        nexus = PackagedNexus.start(Map.of());
        api = nexus.api();
        subscription = api.post(
                        "/v1/subscriptions",
                        "{\"name\":" + quoted(HOSTILE) + ",\"endpointUrl\":\"" + receiver.uri("/hook")
                                + "\",\"eventTypes\":[\"order.**\"],\"deadOn\":[500]}")
                .expect(201)
                .json()
                .path("id")
                .asText();
        event = api.publish("order.paid", "{\"note\":" + quoted(HOSTILE) + ",\"big\":9007199254740993,\"total\":1.10}");
        delivery = api.awaitDelivery(event, "DEAD").path("id").asText();
    }

    @AfterAll
    static void stop() {
        nexus.close();
        receiver.close();
    }

    @Test
    void everyPageShowsWhatCameFromOutsideAsText() throws Exception {
        for (String path : new String[] {
            "/deliveries",
            "/deliveries?status=DEAD&since=24h&type=" + encoded("order.paid"),
            "/deliveries/" + delivery,
            "/dead",
            "/dead/retry?status=DEAD&subscriptionId=" + subscription,
            "/events",
            "/events/" + event,
            "/events/" + event + "/explain",
            "/events/" + event + "/brief",
            "/key"
        }) {
            HttpResponse<String> answer = get(path);
            assertThat(answer.statusCode()).as(path).isEqualTo(200);
            assertThat(answer.body()).as(path).doesNotContain("<img src=x");
        }
        assertThat(get("/events/" + event).body()).contains("9007199254740993", "1.10", "&lt;img src=x");
        assertThat(get("/deliveries/" + delivery).body())
                .contains("500: the receiver failed while it handled the request", "Retry now", "curl --globoff");
    }

    @Test
    void filtersAreInTheAddress() throws Exception {
        assertThat(get("/deliveries?status=DEAD&subscriptionId=" + subscription).body())
                .contains(delivery);
        assertThat(get("/deliveries?status=SENT&subscriptionId=" + subscription).body())
                .doesNotContain(delivery)
                .contains("No delivery matches");
        assertThat(get("/deliveries?subscriptionId=" + encoded(HOSTILE)).body())
                .contains("The filter cannot be used", "must be a UUID")
                .doesNotContain("<img src=x");
        assertThat(get("/deliveries/dlv_1_20260131_1_0_1").statusCode()).isEqualTo(404);
        assertThat(get("/events/not-an-id").statusCode()).isEqualTo(404);
    }

    @Test
    void retryOfManyAsksBeforeItActs() throws Exception {
        String asked =
                get("/dead/retry?status=DEAD&subscriptionId=" + subscription).body();

        assertThat(asked).contains("Retry 1 delivery?", "at most 32 at a time", "name=\"subscriptionId\"");
        assertThat(api.delivery(event).path("status").asText()).isEqualTo("DEAD");

        String form = "status=DEAD&subscriptionId=" + subscription + "&back=" + encoded("//example.com");
        HttpResponse<String> done = post("/dead/retry", form);
        assertThat(done.statusCode()).isEqualTo(303);
        assertThat(done.headers().firstValue("location")).contains("/dead");
        api.awaitDelivery(event, "DEAD");
    }

    @Test
    void signatureIsChecked() throws Exception {
        String page = post("/deliveries/" + delivery + "/verify", "timestamp=1&signature=v1%2Cx")
                .body();

        assertThat(page).contains("No secret of the subscription makes this signature");
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return send(HttpRequest.newBuilder(nexus.uri(path)).GET());
    }

    private static HttpResponse<String> post(String path, String form) throws Exception {
        URI self = nexus.uri("/");
        return send(HttpRequest.newBuilder(nexus.uri(path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Origin", self.getScheme() + "://" + self.getAuthority())
                .POST(HttpRequest.BodyPublishers.ofString(form)));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
