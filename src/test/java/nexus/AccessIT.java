package nexus;

import static nexus.testkit.KeyedNexus.api;
import static nexus.testkit.KeyedNexus.nexus;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import nexus.testkit.ApiClient;
import nexus.testkit.ApiClient.Answer;
import nexus.testkit.Eventually;
import nexus.testkit.KeyedNexus;
import nexus.testkit.OpenTransaction;
import nexus.testkit.PackagedNexus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Keys, their scopes and rates, and what is written down of changes. */
@ExtendWith(KeyedNexus.class)
class AccessIT {
    private static final String EVENT = "{\"type\":\"access.made\",\"data\":{}}";

    @Test
    void aKeyMayWhatItsScopesSayAndIsShownOnce() {
        JsonNode publish = makeKey("\"publish\"");
        JsonNode read = makeKey("\"read\"");
        JsonNode manage = makeKey("\"manage\"");
        assertThat(publish.path("key").asText()).matches("nxs_[A-Za-z0-9_-]{43}");

        with(publish).post("/v1/events", EVENT).expect(202);
        with(publish).post("/v1/events/batch", "{\"events\":[" + EVENT + "]}").expect(202);
        assertThat(with(publish)
                        .get("/v1/events")
                        .expect(403)
                        .json()
                        .path("code")
                        .asText())
                .isEqualTo("forbidden");
        with(read).get("/v1/events").expect(200);
        with(read).get("/v1/keys").expect(200);
        with(read).post("/v1/events", EVENT).expect(403);
        with(read).delete("/v1/keys/" + read.path("id").asText()).expect(403);
        with(manage).post("/v1/events", EVENT).expect(202);
        with(manage).get("/v1/events").expect(200);

        JsonNode shown =
                api().get("/v1/keys/" + read.path("id").asText()).expect(200).json();
        assertThat(shown.has("key")).isFalse();
        assertThat(shown.path("lastUsedAt").asText()).startsWith("20");
        assertThat(api().get("/v1/keys").expect(200).text())
                .contains(read.path("id").asText())
                .doesNotContain(read.path("key").asText());

        with(manage).delete("/v1/keys/" + read.path("id").asText()).expect(204);
        with(read).get("/v1/events").expect(401);
        assertThat(nexus().log())
                .doesNotContain(publish.path("key").asText(), manage.path("key").asText());
    }

    @Test
    void aKeyThatHasExpiredOrThatTheDatabaseLostNoLongerOpens() {
        JsonNode made = makeKey("\"read\"", ",\"expiresAt\":\"2999-01-01T00:00:00Z\"");
        with(made).get("/v1/events").expect(200);
        nexus().sql("DELETE FROM nexus.api_key WHERE id = '" + made.path("id").asText() + "'");
        Eventually.eventually(
                "the key is gone here too", () -> with(made).get("/v1/events").status() == 401);
        assertThat(api().post("/v1/keys", """
                        {"name":"late","scopes":["read"],"expiresAt":"2020-01-01T00:00:00Z"}""").expect(422).text()).contains("/expiresAt");
        api().post("/v1/keys", "{\"name\":\"none\",\"scopes\":[]}").expect(422);
        api().post("/v1/keys", "{\"name\":\"odd\",\"scopes\":[\"root\"]}").expect(422);
    }

    @Test
    void aKeyMadeElsewhereOpensAtOnce() {
        nexus().sql("""
                INSERT INTO nexus.api_key (id, name, scopes, digest)
                VALUES (gen_random_uuid(), 'elsewhere', '{read}', sha256('nxs_%s'))""".formatted("e".repeat(43)));
        nexus().api()
                .with("X-API-Key", "nxs_" + "e".repeat(43))
                .get("/v1/events")
                .expect(200);
    }

    @Test
    void everyChangeIsInTheAuditWithTheNamesOfItsFieldsOnly() {
        JsonNode manage = makeKey("\"manage\"");
        JsonNode made = with(manage).post("/v1/subscriptions", """
                        {"name":"audited","endpointUrl":"http://localhost:65533/audit","eventTypes":["audit.x"],\
                        "secret":"hush-hush-secret"}""").expect(201).json();
        String id = made.path("id").asText();
        with(manage).patch("/v1/subscriptions/" + id, "{\"name\":\"renamed\"}").expect(200);
        with(manage).patch("/v1/subscriptions/" + id, "{\"nam\":\"refused\"}").expect(422);
        with(manage).delete("/v1/subscriptions/" + id).expect(204);

        Answer answer =
                api().get("/v1/audit?actor=" + manage.path("id").asText()).expect(200);
        JsonNode entries = answer.json().path("data");
        assertThat(entries.findValuesAsText("method")).containsExactly("DELETE", "PATCH", "POST");
        assertThat(entries.findValuesAsText("status")).containsExactly("204", "200", "201");
        assertThat(entries.findValuesAsText("resourceId")).containsOnly(id);
        assertThat(entries.findValuesAsText("address")).containsOnly("127.0.0.1");
        assertThat(entries.findValuesAsText("actorName")).containsOnly("test");
        assertThat(entries.path(1).path("fields")).hasSize(1);
        assertThat(entries.path(2).path("fields").toString()).contains("secret");
        assertThat(answer.text()).doesNotContain("hush-hush");
    }

    @Test
    void whoAsksTooOftenIsToldWhenToComeBack() {
        try (PackagedNexus strict = PackagedNexus.start(
                Map.of("API_KEYS", "a-0123456789abcdefghi,b-0123456789abcdefghi", "API_RATE", "5"))) {
            ApiClient one = strict.api().with("X-API-Key", "a-0123456789abcdefghi");
            Answer first = one.get("/v1/stats").expect(200);
            assertThat(first.header("RateLimit-Policy")).isEqualTo("\"default\";q=5;w=1");
            assertThat(first.header("RateLimit")).matches("\"default\";r=\\d+;t=\\d+");
            Answer last = first;
            for (int i = 0; i < 200 && last.status() == 200; i++) {
                last = one.get("/v1/stats");
            }
            assertThat(last.expect(429).json().path("code").asText()).isEqualTo("rate-limited");
            assertThat(last.header("Retry-After")).isEqualTo("1");
            one.post("/v1/events", EVENT).expect(202);
            strict.api()
                    .with("X-API-Key", "b-0123456789abcdefghi")
                    .get("/v1/stats")
                    .expect(200);
            strict.api().get("/v1/health").expect(200);
        }
    }

    /** A lock in the database makes the requests of one key wait, and with them every connection that they share. */
    @Test
    void aKeyThatWaitsForItsManyRequestsHoldsUpNoOther() throws Exception {
        String admin = "admin-0123456789abcdef";
        try (PackagedNexus nexus = PackagedNexus.start(Map.of("API_KEYS", admin, "API_RATE", "100000"));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            JsonNode read = nexus.api()
                    .with("X-API-Key", admin)
                    .post("/v1/keys", "{\"name\":\"r\",\"scopes\":[\"read\"]}")
                    .expect(201)
                    .json();
            ApiClient reader = nexus.api().with("X-API-Key", read.path("key").asText());
            List<Future<Answer>> waiting = new ArrayList<>();
            try (OpenTransaction _ =
                    OpenTransaction.at(nexus.databaseUrl(), "LOCK TABLE nexus.subscription IN ACCESS EXCLUSIVE MODE")) {
                for (int i = 0; i < 300; i++) {
                    waiting.add(threads.submit(() -> reader.get("/v1/subscriptions")));
                }
                Eventually.eventually(
                        "what is too much is refused",
                        () -> waiting.stream().filter(Future::isDone).count() >= 300 - 32 - 224);
                for (Future<Answer> one : waiting) {
                    if (one.isDone()) {
                        Answer refused = one.get().expect(429);
                        assertThat(refused.json().path("code").asText()).isEqualTo("too-many-in-progress");
                        assertThat(refused.header("Retry-After")).isEqualTo("1");
                    }
                }
                nexus.sql("DELETE FROM nexus.api_key");
                Eventually.eventually(
                        "a revoked key is refused all the same",
                        Duration.ofSeconds(3),
                        () -> reader.get("/v1/subscriptions").status() == 401);
            }
            for (Future<Answer> one : waiting) {
                assertThat(one.get().status()).isIn(200, 401, 429);
            }
        }
    }

    /** Some are closed before the change is made, some while it is, some after it. */
    @Test
    void aChangeWhoseAnswerNobodyWaitsForIsInTheAuditAllTheSame() throws IOException {
        for (int i = 0; i < 20 || unheard().isEmpty(); i++) {
            String body = "{\"name\":\"unheard\",\"endpointUrl\":\"http://localhost:65533/unheard/" + i
                    + "\",\"eventTypes\":[\"audit.unheard\"]}";
            sendAndReset("/v1/subscriptions", "unheard", body.length(), body, Duration.ofMillis(10L * i));
            sendAndReset("/v1/keys", "unread", 1_000, "{", Duration.ofMillis(10L * (i % 4)));
        }
        Eventually.eventually(
                "each that is made is in the audit", () -> nexus().query("""
                        SELECT s.id FROM nexus.subscription s WHERE s.settings ->> 'name' = 'unheard' AND NOT EXISTS (
                            SELECT FROM nexus.audit a WHERE a.resource_id = s.id::text AND a.status = 201
                              AND a.fields = '{endpointUrl,eventTypes,name}')""").isEmpty());
        Eventually.eventually("what was never read has made nothing and leaves nothing", () -> nexus().query(
                        "SELECT id FROM nexus.audit WHERE user_agent = 'unread'")
                .isEmpty());
        unheard().forEach(id -> api().delete("/v1/subscriptions/" + id).expect(204));
    }

    private static List<String> unheard() {
        return nexus().query(
                        "SELECT id FROM nexus.subscription WHERE settings ->> 'name' = 'unheard' AND deleted_at IS NULL");
    }

    private static void sendAndReset(String path, String agent, int length, String body, Duration later)
            throws IOException {
        try (Socket socket = new Socket("localhost", nexus().uri("/").getPort())) {
            socket.getOutputStream()
                    .write(("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nX-API-Key: " + KeyedNexus.KEY
                                    + "\r\nContent-Type: application/json\r\nUser-Agent: " + agent
                                    + "\r\nContent-Length: " + length + "\r\n\r\n" + body)
                            .getBytes(StandardCharsets.UTF_8));
            socket.setSoLinger(true, 0);
            LockSupport.parkNanos(later.toNanos());
        }
    }

    @Test
    void answersTellABrowserToKeepOut() {
        for (String path : List.of("/v1/stats", "/v1/no-such-thing", "/v1/health")) {
            Answer answer = api().get(path);
            assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
            assertThat(answer.header("X-Frame-Options")).isEqualTo("DENY");
            assertThat(answer.header("Content-Security-Policy")).contains("default-src 'none'");
            assertThat(answer.header("Cache-Control")).contains("no-store");
        }
        Answer page = nexus().api().with("Origin", "https://evil.example").get("/swagger/");
        assertThat(page.header("Content-Security-Policy")).contains("frame-ancestors 'none'");
        assertThat(page.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
    }

    private static JsonNode makeKey(String scopes, String... more) {
        return api().post("/v1/keys", "{\"name\":\"test\",\"scopes\":[" + scopes + "]" + String.join("", more) + "}")
                .expect(201)
                .json();
    }

    private static ApiClient with(JsonNode key) {
        return nexus().api().with("Authorization", "Bearer " + key.path("key").asText());
    }
}
