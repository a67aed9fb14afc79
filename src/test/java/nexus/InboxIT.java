package nexus;

import static nexus.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import nexus.testkit.ApiClient;
import nexus.testkit.ApiClient.Answer;
import nexus.testkit.PackagedNexus;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The receiver for trials: by hand, by a subscription, and by strangers. */
class InboxIT {
    private static final String KEY = "inbox-key-0123456789";
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private static PackagedNexus nexus;
    private static ApiClient stranger;
    private static ApiClient api;

    private final String name = "inbox-" + NUMBERS.incrementAndGet();
    private final String path = "/inbox/" + name;

    @BeforeAll
    static void start() {
        nexus = PackagedNexus.start(Map.of("API_KEYS", KEY, "DELIVERY_BACKOFF_BASE_SECONDS", "1"));
        stranger = nexus.api();
        api = stranger.with("X-API-Key", KEY);
    }

    @AfterAll
    static void stop() {
        nexus.close();
    }

    @Test
    void aDeliveryArrivesWithItsSignatureVerifiedAndAFailureIsTriedAgain() {
        api.patch("/v1/inboxes/" + name, "{\"reply\":{\"status\":500,\"times\":1}}")
                .expect(200);
        JsonNode subscription = api.subscribe(nexus.uri(path), "inbox.test");
        String event = api.publish("inbox.test", "{\"n\":12345678901234567890.10}");
        api.awaitDelivery(event, "SENT");

        JsonNode inbox = inbox();
        assertThat(inbox.path("received").asInt()).isEqualTo(2);
        assertThat(inbox.at("/requests/0/signature/state").asText()).isEqualTo("verified");
        assertThat(inbox.at("/requests/0/signature/subscriptionId").asText())
                .isEqualTo(subscription.path("id").asText());
        assertThat(inbox.at("/requests/0/body").asText()).contains("12345678901234567890.10");
        assertThat(inbox.at("/requests/0/reply/status").asInt()).isEqualTo(200);
        assertThat(inbox.at("/requests/1/reply/status").asInt()).isEqualTo(500);
    }

    @Test
    void aBodyOfAnotherSenderIsNotVerified() {
        api.subscribe(nexus.uri(path), "inbox.other");
        stranger.send(
                        "POST",
                        path,
                        "application/json",
                        "{}",
                        "webhook-id",
                        "a",
                        "webhook-timestamp",
                        "1",
                        "webhook-signature",
                        "v1,AAAA")
                .expect(200);

        assertThat(inbox().at("/requests/0/signature/state").asText()).isEqualTo("wrong");
    }

    @ParameterizedTest
    @CsvSource({
        "'?status=500', 500",
        "'?status=410', 410",
        "'?status=204', 204",
        "'/with/more?status=302', 302",
        "'?status=600', 422",
        "'?delay=1h', 422",
        "'?token=1', 200"
    })
    void theUrlChoosesTheAnswer(String more, int status) {
        assertThat(stranger.send("PUT", path + more, "text/plain", "x").status())
                .isEqualTo(status);
    }

    @Test
    void retryAfterIsAHeader() {
        assertThat(stranger.post(path + "?status=429&retryAfter=30", "{}")
                        .expect(429)
                        .header("Retry-After"))
                .isEqualTo("30");
    }

    @Test
    void aConnectionIsClosedWithoutAnAnswer() throws IOException {
        assertThat(raw("POST " + path + "?close=true HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}"))
                .isEmpty();
        assertThat(inbox().at("/requests/0/reply/close").asBoolean()).isTrue();
    }

    @Test
    void aDelayedAnswerComesLater() {
        long before = System.nanoTime();
        stranger.post(path + "?delay=300ms", "{}").expect(200);

        assertThat(System.nanoTime() - before).isGreaterThan(290_000_000L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/inbox/", "/inbox/..", "/inbox/.x", "/inbox/a%2Fb", "/inbox"})
    void noOtherPathReceives(String other) {
        assertThat(stranger.post(other, "{}").status()).isIn(401, 404, 405);
    }

    @Test
    void onlyAKeyReads() {
        stranger.post(path, "{}").expect(200);

        stranger.get("/v1/inboxes/" + name).expect(401);
        stranger.get("/v1/inboxes").expect(401);
        stranger.delete("/v1/inboxes/" + name).expect(401);
        api.get("/v1/inboxes/.x").expect(404);
        api.get("/v1/inboxes/" + name + "?x=1").expect(422);
    }

    @Test
    void credentialsAreNotKept() {
        stranger.with("Authorization", "Bearer hush-hush", "Cookie", "s=hush-hush", "X-Shown", "seen")
                .post(path, "{}")
                .expect(200);

        assertThat(api.get("/v1/inboxes/" + name).expect(200).text())
                .doesNotContain("hush-hush")
                .contains("Bearer ***", "seen");
    }

    @Test
    void anyBytesAreABody() throws IOException {
        byte[] body = new byte[300_000];
        Arrays.fill(body, (byte) 0xff);
        body[0] = '<';
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), nexus.port())) {
            socket.getOutputStream()
                    .write(("PATCH " + path
                                    + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Encoding: gzip"
                                    + "\r\nContent-Length: " + body.length + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(body);
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.1 200");
        }

        JsonNode request = inbox().at("/requests/0");
        assertThat(request.path("bodyBytes").asLong()).isEqualTo(300_000);
        assertThat(request.path("bodyCut").asBoolean()).isTrue();
        assertThat(request.path("signature").path("state").asText()).isEqualTo("unsigned");
    }

    @Test
    void aBodyWithoutEndIsRefusedAndManyRequestsStayBounded() throws IOException {
        assertThat(raw("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 33554433\r\n\r\nx"))
                .startsWith("HTTP/1.1 413");
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            statuses.add(stranger.post(path, "{\"n\":" + i + "}").status());
        }

        assertThat(statuses).containsOnly(200);
        assertThat(inbox().path("requests")).hasSize(100);
        assertThat(inbox().at("/requests/0/body").asText()).isEqualTo("{\"n\":149}");
    }

    @Test
    void anEmptiedInboxIsEmpty() {
        stranger.post(path + "?status=500", "{}").expect(500);
        api.delete("/v1/inboxes/" + name).expect(204);

        assertThat(inbox().path("requests")).isEmpty();
        eventually(
                "it is listed no longer", () -> !api.get("/v1/inboxes").text().contains(name));
    }

    private JsonNode inbox() {
        Answer answer = api.get("/v1/inboxes/" + name).expect(200);
        return answer.json();
    }

    private static String raw(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), nexus.port())) {
            socket.setSoTimeout(10_000);
            try {
                socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            } catch (IOException closed) {
                // the answer may be there all the same
            }
            try (InputStream in = socket.getInputStream()) {
                return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            }
        }
    }
}
