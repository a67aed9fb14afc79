package nexus;

import static nexus.testkit.ScriptedReceiver.status;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import nexus.testkit.ApiClient;
import nexus.testkit.ApiClient.Answer;
import nexus.testkit.Eventually;
import nexus.testkit.PackagedNexus;
import nexus.testkit.RawHttp;
import nexus.testkit.ScriptedReceiver;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The HTTP surface as its users see it: keys, refusals, lists, documents, health. */
class SurfaceIT {
    private static final String KEY = "surface-key-0123456789";
    private static final String OTHER_KEY = "another-key-0123456789";
    private static final String ORIGIN = "https://console.example.com";
    private static final AtomicInteger TYPES = new AtomicInteger();

    private static PackagedNexus nexus;
    private static ScriptedReceiver receiver;
    private static ApiClient stranger;
    private static ApiClient api;

    private final String type = "surface.case-" + TYPES.incrementAndGet();

    @BeforeAll
    static void startNexus() {
        nexus = PackagedNexus.start(Map.of("API_KEYS", OTHER_KEY + "," + KEY, "CORS_ORIGINS", ORIGIN));
        receiver = ScriptedReceiver.start();
        stranger = nexus.api();
        api = stranger.with("X-API-Key", KEY);
    }

    @AfterAll
    static void stopNexus() {
        nexus.close();
        receiver.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/events",
                "/v1/deliveries",
                "/v1/subscriptions",
                "/v1/stats",
                "/v1/metrics",
                "/v1/doctor",
                "/api/v1/listeners",
                "/api/v1/logs",
                "/v1/no-such-thing",
                "//v1/events",
                "/v1//events",
                "/x/../v1/events",
                "/v1;x=y/events",
                "/%76%31/events",
                "/V1/events"
            })
    void withoutAKeyThereIsNoWayIn(String path) {
        Answer answer = stranger.get(path);
        if (path.equals("/V1/events")) {
            answer.expect(404);
        } else {
            assertThat(answer.expect(401).json().path("code").asText()).isEqualTo("unauthorized");
            assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
            assertThat(answer.header("WWW-Authenticate")).startsWith("Bearer");
            assertThat(answer.json().has("success")).isEqualTo(path.startsWith("/api/"));
        }
        stranger.with("X-API-Key", "wrong").get(path).expect(answer.status());
    }

    @Test
    void everyKeyOpensInBothSpellings() {
        stranger.with("X-API-Key", OTHER_KEY).get("/v1/events").expect(200);
        stranger.with("Authorization", "Bearer " + KEY).get("/v1/events").expect(200);
        stranger.with("Authorization", "bearer " + KEY).get("/v1/events").expect(200);
        stranger.with("Authorization", "Basic " + KEY).get("/v1/events").expect(401);
    }

    @Test
    void healthDocumentAndProbesNeedNoKey() {
        JsonNode health = stranger.get("/v1/health").expect(200).json();
        assertThat(health.path("status").asText()).isEqualTo("ok");
        assertThat(health.path("database").asText()).isEqualTo("ok");
        assertThat(health.path("capture").path("status").asText()).isIn("creating", "streaming", "catching-up");
        assertThat(health.path("version").asText()).matches("\\d+\\.\\d+\\.\\d+.*");
        assertThat(health.path("commit").asText()).matches("[0-9a-f]{12}|unknown");
        stranger.get("/openapi").expect(200);
        for (String probe : List.of("/q/health/live", "/q/health/ready", "/q/health/started")) {
            assertThat(nexus.management()
                            .get(probe)
                            .expect(200)
                            .json()
                            .path("status")
                            .asText())
                    .isEqualTo("UP");
        }
        assertThat(nexus.management().get("/q/metrics").expect(200).text())
                .contains("nexus_capture_lag_bytes", "nexus_queue_owed");
        assertThat(api.get("/v1/metrics").expect(200).text()).contains("nexus_capture_lag_bytes");
    }

    @Test
    void theDocumentNamesEveryPathWithAnExampleOfEachBody() {
        JsonNode paths = stranger.get("/openapi?format=json").expect(200).json().path("paths");
        Set<String> calls = new TreeSet<>();
        paths.properties().forEach(path -> path.getValue()
                .properties()
                .forEach(method -> calls.add(method.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey())));

        assertThat(calls)
                .contains(
                        "GET /v1/health",
                        "GET /v1/stats",
                        "GET /v1/stats/series",
                        "GET /v1/metrics",
                        "GET /v1/doctor",
                        "POST /v1/subscriptions",
                        "GET /v1/subscriptions",
                        "GET /v1/subscriptions/{id}",
                        "PATCH /v1/subscriptions/{id}",
                        "DELETE /v1/subscriptions/{id}",
                        "GET /v1/subscriptions/{id}/stats",
                        "POST /v1/subscriptions/{id}/test",
                        "POST /v1/events",
                        "POST /v1/events/batch",
                        "GET /v1/events",
                        "GET /v1/events/{id}",
                        "GET /v1/events/{id}/summary",
                        "GET /v1/deliveries",
                        "GET /v1/deliveries/{id}",
                        "GET /v1/deliveries/dead",
                        "GET /v1/deliveries/{id}/request",
                        "POST /v1/deliveries/{id}/request/verify",
                        "POST /v1/deliveries/{id}/retry",
                        "POST /v1/deliveries/{id}/cancel",
                        "POST /v1/deliveries/events/{eventId}/retry",
                        "POST /v1/deliveries/retry",
                        "POST /api/v1/listeners",
                        "GET /api/v1/listeners",
                        "DELETE /api/v1/listeners/{id}",
                        "GET /api/v1/logs",
                        "POST /api/v1/test/users");
        assertThat(calls.stream()
                        .filter(call -> call.startsWith("POST") || call.startsWith("PATCH"))
                        .map(call -> call.split(" ", -1))
                        .map(call -> paths.path(call[1]).path(call[0].toLowerCase(Locale.ROOT)))
                        .filter(operation -> operation.has("requestBody"))
                        .flatMap(operation ->
                                operation.path("requestBody").path("content").valueStream()))
                .isNotEmpty()
                .allMatch(content -> content.has("example") || content.has("examples"));
    }

    @Test
    void thePageOfTheDocumentIsThereInEmbeddedMode() {
        assertThat(stranger.get("/swagger/").expect(200).text()).contains("swagger");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        /v1/subscriptions    | {"name":"a","endpointUrl":"http://localhost/","eventTypes":["*"],"filter":[]}      | /filter
        /v1/subscriptions    | {"name":"a","endpointUrl":"ftp://localhost/","eventTypes":["*"]}                   | /endpointUrl
        /v1/subscriptions    | {"name":"a","endpointUrl":"http://localhost/","eventTypes":["a..b"]}               | /eventTypes/0
        /v1/subscriptions    | {"name":"a","endpointUrl":"http://localhost/","eventTypes":["*"],"concurrency":"1"} | /concurrency
        /v1/subscriptions    | {"name":"a","endpointUrl":"http://localhost/","eventTypes":["*"],"retry":{"x":1}}   | /retry/x
        /v1/subscriptions    | {"name":"a","eventTypes":["*"]}                                                    | /endpointUrl
        /v1/events           | {"type":"a","data":[]}                                                             | /data
        /v1/events           | {"type":"pg.public.users.insert","data":{}}                                        | /type
        /v1/events           | {"type":"nexus.test","data":{}}                                                    | /type
        /v1/events           | {"type":"a b","data":{}}                                                           | /type
        /v1/events           | {"type":"a","data":{},"createdAt":"yesterday"}                                     | /createdAt
        /v1/events/batch     | {"events":[{"type":"a","data":{}},{"type":"a","data":{},"priority":1}]}            | /events/1/priority
        /v1/deliveries/retry | {"status":"SENT"}                                                                  | /status
        /api/v1/listeners    | {"name":"a","source_table":"users","event":"TRUNCATE","target_url":"http://localhost/"} | /event
        /api/v1/test/users   | {"email":"a@example.com","name":"A","admin":true}                                  | /admin
        """)
    void aWrongOrUnknownFieldIsNamedByItsPointer(String path, String body, String pointer) {
        Answer answer = api.post(path, body).expect(422);
        assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
        JsonNode problem = answer.json();
        assertThat(problem.path("type").asText()).isNotEmpty();
        assertThat(problem.path("title").asText()).isNotEmpty();
        assertThat(problem.path("status").asInt()).isEqualTo(422);
        assertThat(problem.path("detail").asText()).isNotEmpty();
        assertThat(problem.path("code").asText()).isEqualTo("invalid");
        assertThat(problem.path("errors").findValuesAsText("pointer")).containsExactly(pointer);
        assertThat(problem.has("success")).isEqualTo(path.startsWith("/api/"));
        assertThat(answer.text()).doesNotContain("Exception");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/events", "/v1/subscriptions", "/v1/deliveries/retry", "/api/v1/listeners"})
    void whatIsNoJsonIsMalformed(String path) {
        for (String body : List.of("{", "", "{\"a\":1,\"a\":2}", "{\"a\":01}", "{} {}", "\u0000")) {
            assertThat(api.post(path, body).expect(400).json().path("code").asText())
                    .isEqualTo("malformed");
        }
        assertThat(api.post(path, "[]").status()).isIn(400, 422);
    }

    @Test
    void anotherMediaTypeIsRefused() {
        for (String mediaType : List.of("text/plain", "application/x-www-form-urlencoded", "application/xml")) {
            assertThat(api.send("POST", "/v1/events", mediaType, "{\"type\":\"a\",\"data\":{}}")
                            .expect(415)
                            .json()
                            .path("code")
                            .asText())
                    .isEqualTo("unsupported-media-type");
        }
        api.send("POST", "/v1/events", "application/json; charset=UTF-8", "{\"type\":\"a\",\"data\":{}}")
                .expect(202);
    }

    @Test
    void aRequestOfMoreThanOneMebibyteIsTooLarge() {
        String frame = "{\"type\":\"" + type + "\",\"data\":{\"x\":\"\"}}";
        int fitting = (1 << 20) - frame.length();
        api.post("/v1/events", frame.replace("\"\"", "\"" + "x".repeat(fitting) + "\""))
                .expect(202);
        assertThat(api.post("/v1/events", frame.replace("\"\"", "\"" + "x".repeat(fitting + 1) + "\""))
                        .expect(413)
                        .json()
                        .path("code")
                        .asText())
                .isEqualTo("too-large");
    }

    @ParameterizedTest
    @CsvSource({
        "GET,    /v1/no-such-thing,                                         404",
        "GET,    /v1/events/0199a3c4-7f6e-7b3a-9c51-2d1f6a0b8e11,           404",
        "GET,    /v1/events/not-an-id,                                      404",
        "GET,    /v1/deliveries/not-an-id,                                  404",
        "GET,    /v1/subscriptions/0199a3c4-7f6e-7b3a-9c51-2d1f6a0b8e11,    404",
        "DELETE, /api/v1/listeners/0199a3c4-7f6e-7b3a-9c51-2d1f6a0b8e11,    404",
        "DELETE, /v1/events,                                                405",
        "GET,    /v1/events?limit=0,                                        422",
        "GET,    /v1/events?limit=251,                                      422",
        "GET,    /v1/events?cursor=x,                                       422",
        "GET,    /v1/events?since=yesterday,                                422",
        "GET,    /v1/deliveries?status=LOST,                                422",
        "GET,    /v1/deliveries?colour=red,                                 422"
    })
    void everyRefusalIsAProblem(String method, String path, int status) {
        Answer answer = (method.equals("GET") ? api.get(path) : api.delete(path)).expect(status);
        assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
        assertThat(answer.json().path("status").asInt()).isEqualTo(status);
        assertThat(answer.json().path("code").asText()).isNotEmpty();
    }

    @Test
    void pagesOfAChosenOriginMayCallAndNoOthers() {
        Answer asked = stranger.with("Origin", ORIGIN, "Access-Control-Request-Method", "POST")
                .send("OPTIONS", "/v1/events", "text/plain", "")
                .expect(204);
        assertThat(asked.header("Access-Control-Allow-Origin")).isEqualTo(ORIGIN);
        assertThat(asked.header("Access-Control-Allow-Headers")).contains("X-API-Key", "Idempotency-Key");
        assertThat(asked.header("Access-Control-Allow-Credentials")).isEmpty();
        Answer called = stranger.with("Origin", ORIGIN, "X-API-Key", KEY)
                .get("/v1/events")
                .expect(200);
        assertThat(called.header("Access-Control-Allow-Origin")).isEqualTo(ORIGIN);
        assertThat(called.header("Vary")).isEqualToIgnoringCase("Origin");
        assertThat(stranger.with("Origin", ORIGIN).get("/v1/events").expect(401).header("Access-Control-Allow-Origin"))
                .isEqualTo(ORIGIN);

        for (String other : List.of("https://evil.example.com", ORIGIN + ".evil.example.com", "null")) {
            assertThat(stranger.with("Origin", other, "Access-Control-Request-Method", "POST")
                            .send("OPTIONS", "/v1/events", "text/plain", "")
                            .header("Access-Control-Allow-Origin"))
                    .isEmpty();
            assertThat(stranger.with("Origin", other, "X-API-Key", KEY)
                            .get("/v1/events")
                            .header("Access-Control-Allow-Origin"))
                    .isEmpty();
        }
    }

    /** Line ends are written as {@code |}. */
    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', delimiter = ';', textBlock = """
        GET /v1/stats HTTP/1.1||                                                              ; 400
        GET /v1/stats HTTP/1.1|Host: localhost|Host: localhost||                              ; 400
        GET /v1/%zz HTTP/1.1|Host: localhost||                                                ; 400
        GET /v1\\events HTTP/1.1|Host: localhost||                                            ; 400
        POST /v1/events HTTP/1.1|Host: localhost|Transfer-Encoding: identity||                ; 400
        POST /v1/events HTTP/1.1|Host: localhost|Transfer-Encoding: chunked|Content-Length: 5||0|| ; 400
        GET /v1/stats HTTP/3.0|Host: localhost||                                              ; 505
        TRACE /%zz HTTP/1.1||                                                                 ; 405
        CONNECT localhost:80 HTTP/1.1|Host: localhost||                                       ; 405
        OPTIONS * HTTP/1.1|Host: localhost||                                                  ; 404
        """)
    void aRequestThatIsNotWellFormedIsAProblemOnBothPortsAndEndsTheConnection(String raw, int status) {
        for (int port : List.of(nexus.port(), nexus.managementPort())) {
            String answer = RawHttp.untilClosed(port, raw.replace("|", "\r\n").replace("\\\\", "\\"));
            assertThat(answer)
                    .startsWith("HTTP/1.1 " + status + " ")
                    .containsIgnoringCase("content-type: application/problem+json")
                    .contains("\"status\":" + status);
        }
    }

    @Test
    void aRequestLineThatIsTooLongIsAProblemToo() {
        assertThat(RawHttp.untilClosed(nexus.port(), "GET /" + "a".repeat(9_000) + " HTTP/1.1\r\nHost: a\r\n\r\n"))
                .startsWith("HTTP/1.1 414 ")
                .contains("\"code\":\"uri-too-long\"");
    }

    @Test
    void aMalformedRequestIsRefusedAfterTheAnswersToThoseBeforeIt() {
        String good = "GET /v1/stats HTTP/1.1\r\nHost: localhost\r\nX-API-Key: " + KEY + "\r\n\r\n";
        String answers = RawHttp.untilClosed(nexus.port(), good + good + "GET /v1/stats HTTP/1.1\r\n\r\n" + good);
        assertThat(answers.split("HTTP/1.1 ", -1)).hasSize(4);
        assertThat(answers).startsWith("HTTP/1.1 200 ").contains("HTTP/1.1 400 ");
        assertThat(answers.indexOf("HTTP/1.1 400 ")).isGreaterThan(answers.lastIndexOf("HTTP/1.1 200 "));
    }

    @Test
    void aBodyThatBreaksOffInItsChunksIsMalformed() {
        assertThat(
                        RawHttp.untilClosed(
                                nexus.port(),
                                "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nX-API-Key: " + KEY
                                        + "\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n"))
                .startsWith("HTTP/1.1 400 ");
        assertThat(nexus.log()).doesNotContain("\"ERROR\"", " ERROR ");
    }

    @Test
    void http2IsNotSpokenInTheClear() {
        String upgrade = String.join(
                "\r\n",
                "GET /v1/stats HTTP/1.1",
                "Host: localhost",
                "Connection: Upgrade, HTTP2-Settings",
                "Upgrade: h2c",
                "HTTP2-Settings: AAMAAABkAAQAAP__",
                "",
                "no request, so that the connection ends",
                "");
        for (int port : List.of(nexus.port(), nexus.managementPort())) {
            assertThat(RawHttp.untilClosed(port, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))
                    .matches("(?s)|HTTP/1.1 505 .*");
            assertThat(RawHttp.untilClosed(port, "\u0001GET / HTTP/1.1\r\nHost: a\r\n\r\n"))
                    .startsWith("HTTP/1.1 400 ");
            assertThat(RawHttp.untilClosed(port, upgrade)).startsWith("HTTP/1.1 4");
        }
    }

    @Test
    void everyPathNamesItsOwnMethods() {
        JsonNode paths = stranger.get("/openapi?format=json").expect(200).json().path("paths");
        paths.properties().forEach(path -> {
            Set<String> methods = new TreeSet<>(Set.of("OPTIONS"));
            path.getValue().fieldNames().forEachRemaining(name -> methods.add(name.toUpperCase(Locale.ROOT)));
            if (methods.contains("GET")) {
                methods.add("HEAD");
            }
            String allow = String.join(", ", methods);
            String uri = path.getKey().replaceAll("\\{[^}]*}", "0199a3c4-7f6e-7b3a-9c51-2d1f6a0b8e11");
            assertThat(api.send("OPTIONS", uri, "", "").expect(204).header("Allow"))
                    .as("OPTIONS " + uri)
                    .isEqualTo(allow);
            assertThat(RawHttp.untilClosed(nexus.port(), "TRACE " + uri + " HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                    .as("TRACE " + uri)
                    .startsWith("HTTP/1.1 405 ")
                    .containsIgnoringCase("allow: " + allow + "\r\n");
            if (!methods.contains("DELETE")) {
                assertThat(api.delete(uri).expect(405).header("Allow"))
                        .as("DELETE " + uri)
                        .isEqualTo(allow);
            }
        });
    }

    @Test
    void acceptIsIgnoredAndACompressedBodyIsRefused() {
        for (String accept : List.of("application/problem+json", "application/xml", "nonsense;;q=x")) {
            stranger.with("X-API-Key", KEY, "Accept", accept).get("/v1/metrics").expect(200);
            stranger.with("X-API-Key", KEY, "Accept", accept).get("/v1/stats").expect(200);
        }
        for (String encoding : List.of("gzip", "br", "deflate", "identity, gzip")) {
            stranger.with("X-API-Key", KEY, "Content-Encoding", encoding)
                    .post("/v1/events", "{\"type\":\"a\",\"data\":{}}")
                    .expect(415);
        }
        for (String type : List.of("application/json;charset=utf8", "application/json ; charset=UTF-8")) {
            api.send("POST", "/v1/events", type, "{\"type\":\"a\",\"data\":{}}").expect(202);
        }
    }

    @Test
    void whatIsNotOnTheManagementPortIsAProblem() {
        assertThat(nexus.management().get("/nothing").expect(404).header("Content-Type"))
                .startsWith("application/problem+json");
    }

    @Test
    void aMethodThatIsNotKnownIsToldWhichAre() {
        assertThat(api.delete("/v1/events").expect(405).header("Allow")).isEqualTo("GET, HEAD, OPTIONS, POST");
        assertThat(api.post("/v1/events/0199a3c4-7f6e-7b3a-9c51-2d1f6a0b8e11/summary")
                        .expect(405)
                        .header("Allow"))
                .isEqualTo("GET, HEAD, OPTIONS");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/stats?colour=red",
                "/v1/health?colour=red",
                "/v1/doctor?colour=red",
                "/v1/events/0199a3c4-7f6e-7b3a-9c51-2d1f6a0b8e11?colour=red",
                "/v1/events?limit=1&limit=2",
                "/v1/audit?since=yesterday"
            })
    void aParameterThatIsUnknownOrWrongIsNamed(String path) {
        assertThat(api.get(path)
                        .expect(422)
                        .json()
                        .path("errors")
                        .path(0)
                        .path("pointer")
                        .asText())
                .isIn("colour", "limit", "since");
        assertThat(api.post("/v1/events?colour=red", "{\"type\":\"a\",\"data\":{}}")
                        .expect(422)
                        .text())
                .contains("colour");
        assertThat(api.get("/v1/events?type=%ff")
                        .expect(400)
                        .json()
                        .path("code")
                        .asText())
                .isEqualTo("malformed");
    }

    @Test
    void aListStaysTheSameWhileRowsArrive() {
        List<String> published = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            published.addFirst(api.publish(type, "{\"n\":" + i + "}"));
        }

        List<String> listed = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = api.get("/v1/events?limit=4&type=" + type + cursor)
                    .expect(200)
                    .json();
            page.path("data").forEach(event -> listed.add(event.path("id").asText()));
            cursor = page.path("next").isNull()
                    ? ""
                    : "&cursor=" + page.path("next").asText();
            api.publish(type, "{}");
        } while (!cursor.isEmpty());

        assertThat(listed).isEqualTo(published);
    }

    @Test
    void theSameSubscriptionTwiceIsAConflict() {
        String body = """
                {"name":"one","endpointUrl":"%s","eventTypes":["%s"]}""".formatted(receiver.uri("/same"), type);
        Answer made = api.post("/v1/subscriptions", body).expect(201);
        String location = made.header("Location");
        assertThat(location)
                .endsWith("/v1/subscriptions/" + made.json().path("id").asText());
        assertThat(made.json().path("secret").asText()).startsWith("whsec_");

        api.post("/v1/subscriptions", body.replace("one", "another name")).expect(409);
        JsonNode shown = api.get(location).expect(200).json();
        assertThat(shown.has("secret")).isFalse();
        assertThat(shown.path("isEnabled").asBoolean()).isTrue();
        assertThat(shown.path("ordering").asText()).isEqualTo("key");
        assertThat(shown.path("concurrency").asInt()).isEqualTo(32);
        assertThat(api.get("/v1/subscriptions?enabled=true")
                        .expect(200)
                        .json()
                        .path("data")
                        .findValuesAsText("id"))
                .contains(made.json().path("id").asText());
    }

    @Test
    void listenersAndTheirLogsComeInTheEnvelope() {
        JsonNode made = api.post("/api/v1/listeners", """
                        {"name":"Users","source_table":"public.users","event":"INSERT","target_type":"WEBHOOK","target_url":"%s"}""".formatted(receiver.uri("/users")))
                .expect(201)
                .json();
        JsonNode listener = made.path("data");
        String id = listener.path("id").asText();
        assertThat(listener.path("source_table").asText()).isEqualTo("users");
        assertThat(listener.path("event").asText()).isEqualTo("INSERT");
        assertThat(listener.path("target_url").asText())
                .isEqualTo(receiver.uri("/users").toString());
        assertThat(listener.path("secret").asText()).startsWith("whsec_");

        JsonNode user = api.post("/api/v1/test/users", "{\"email\":\"grace@example.com\",\"name\":\"Grace\"}")
                .expect(201)
                .json();
        assertThat(user.path("success").asBoolean()).isTrue();
        assertThat(user.path("data").path("email").asText()).isEqualTo("grace@example.com");
        JsonNode again = api.post("/api/v1/test/users", "{\"email\":\"grace@example.com\",\"name\":\"Grace\"}")
                .expect(409)
                .json();
        assertThat(again.path("success").asBoolean(true)).isFalse();

        Eventually.eventually(
                "the attempt is logged", () -> logs(id).path("count").asInt() == 1);
        JsonNode attempt = logs(id).path("data").path(0);
        assertThat(attempt.path("status").asText()).isEqualTo("SUCCESS");
        assertThat(attempt.path("listener_id").asText()).isEqualTo(id);
        assertThat(attempt.path("payload_received").path("type").asText()).isEqualTo("pg.public.users.insert");
        assertThat(attempt.path("created_at").asText()).isNotEmpty();
        assertThat(attempt.has("response_from_target")).isTrue();

        JsonNode list = api.get("/api/v1/listeners").expect(200).json();
        assertThat(list.path("success").asBoolean()).isTrue();
        assertThat(list.path("count").asInt()).isEqualTo(list.path("data").size());
        assertThat(list.path("data").findValuesAsText("id")).contains(id);
        assertThat(list.path("data").findValues("secret")).isEmpty();
        api.delete("/api/v1/listeners/" + id).expect(204);
        assertThat(api.get("/api/v1/listeners").json().path("data").findValuesAsText("id"))
                .doesNotContain(id);
        assertThat(api.delete("/api/v1/listeners/" + id)
                        .expect(404)
                        .json()
                        .path("success")
                        .asBoolean(true))
                .isFalse();
    }

    @Test
    void deliveriesAreFilteredAndCounted() {
        JsonNode before = api.get("/v1/stats").expect(200).json();
        receiver.always(request -> status(request.text().contains("\"n\":1") ? 418 : 200));
        JsonNode subscription = api.subscribe(receiver.uri("/filter"), type, ",\"deadOn\":[418]");
        String id = subscription.path("id").asText();
        List<String> events = IntStream.range(0, 3)
                .mapToObj(n -> api.publish(type, "{\"n\":" + n + "}"))
                .toList();
        api.awaitDelivery(events.get(0), "SENT");
        api.awaitDelivery(events.get(1), "DEAD");
        api.awaitDelivery(events.get(2), "SENT");

        assertThat(eventsOf("/v1/deliveries?subscriptionId=" + id))
                .containsExactly(events.get(2), events.get(1), events.get(0));
        assertThat(eventsOf("/v1/deliveries?status=DEAD&subscriptionId=" + id)).containsExactly(events.get(1));
        assertThat(eventsOf("/v1/deliveries?type=" + type)).hasSize(3);
        assertThat(eventsOf("/v1/deliveries?eventId=" + events.get(2))).containsExactly(events.get(2));
        assertThat(eventsOf("/v1/deliveries?subscriptionId=" + id + "&until=2026-01-01T00:00:00Z"))
                .isEmpty();

        JsonNode stats = api.get("/v1/stats").expect(200).json();
        assertThat(grown("eventsTotal", before, stats)).isGreaterThanOrEqualTo(3);
        assertThat(grown("deliveriesSent", before, stats)).isGreaterThanOrEqualTo(2);
        assertThat(grown("deliveriesDead", before, stats)).isEqualTo(1);
        JsonNode own = api.get("/v1/subscriptions/" + id + "/stats").expect(200).json();
        assertThat(own.path("deliveriesTotal").asInt()).isEqualTo(3);
        assertThat(own.path("deliveriesSent").asInt()).isEqualTo(2);
        assertThat(own.path("deliveriesDead").asInt()).isEqualTo(1);
    }

    @Test
    void secretsAreNowhereInTheDatabaseOrInTheLog() {
        JsonNode made =
                api.subscribe(receiver.uri("/secret"), type, ",\"secret\":\"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"");
        assertThat(made.path("secret").asText()).isEqualTo("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        assertThat(nexus.query("SELECT s::text, encode(target, 'escape') FROM nexus.subscription s"))
                .isNotEmpty()
                .noneMatch(row -> row.contains("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
        assertThat(nexus.log()).doesNotContain("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", KEY, OTHER_KEY);
    }

    private static JsonNode logs(String listener) {
        return api.get("/api/v1/logs?listener_id=" + listener).expect(200).json();
    }

    private static List<String> eventsOf(String path) {
        return api.get(path)
                .expect(200)
                .json()
                .path("data")
                .valueStream()
                .map(delivery -> delivery.path("eventId").asText())
                .collect(Collectors.toList());
    }

    private static long grown(String counter, JsonNode before, JsonNode after) {
        return after.path(counter).asLong() - before.path(counter).asLong();
    }
}
