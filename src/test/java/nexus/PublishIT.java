package nexus;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import nexus.testkit.ApiClient;
import nexus.testkit.ApiClient.Answer;
import nexus.testkit.Eventually;
import nexus.testkit.OpenTransaction;
import nexus.testkit.PackagedNexus;
import nexus.testkit.ScriptedReceiver;
import nexus.testkit.ScriptedReceiver.Received;
import nexus.testkit.Signatures;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Events that come in over HTTP. */
class PublishIT {
    private static final AtomicInteger TYPES = new AtomicInteger();

    @AutoClose
    private static PackagedNexus nexus;

    private static ApiClient api;

    private final String type = "publish.case-" + TYPES.incrementAndGet();

    @AutoClose
    private final ScriptedReceiver receiver = ScriptedReceiver.start();

    @BeforeAll
    static void startNexus() {
        nexus = PackagedNexus.start(Map.of());
        api = nexus.api();
    }

    @Test
    void aPublishedEventArrivesSignedWithEveryDigit() {
        JsonNode subscription = api.subscribe(receiver.uri(), type);
        String data = "{\"price\":1.00,\"huge\":1e400,\"long\":12345678901234567890,\"text\":\"\u00e9 \\u0041 \\/\"}";

        Answer answer = api.post("/v1/events", """
                        {"type":"%s","data":%s,"metadata":{"source":"shop","n":-0.0},\
                        "createdAt":"2026-01-31T18:20:43.4Z"}""".formatted(type, data)).expect(202);

        JsonNode accepted = answer.json();
        String id = accepted.path("eventId").asText();
        assertThat(UUID.fromString(id).version()).isEqualTo(7);
        assertThat(accepted.path("status").asText()).isEqualTo("PENDING");
        assertThat(accepted.path("deduplicated").asBoolean()).isFalse();
        assertThat(accepted.path("deliveries").asInt()).isEqualTo(1);
        assertThat(answer.header("Location")).endsWith("/v1/events/" + id);

        Received webhook = receiver.await(1).getFirst();
        assertThat(webhook.text()).isEqualTo("""
                {"id":"%s","type":"%s","createdAt":"2026-01-31T18:20:43.400Z",\
                "payload":{"data":%s,"metadata":{"source":"shop","n":-0.0}}}""".formatted(id, type, data));
        Signatures.verify(webhook, subscription.path("secret").asText());
        api.awaitDelivery(id, "SENT");
        assertThat(api.get("/v1/events/" + id).text()).contains("\"data\":" + data);
    }

    @Test
    void anEventThatNobodySubscribedToIsDelivered() {
        JsonNode accepted = api.post("/v1/events", "{\"type\":\"" + type + "\",\"data\":{}}")
                .expect(202)
                .json();
        assertThat(accepted.path("deliveries").asInt()).isZero();
        assertThat(accepted.path("status").asText()).isEqualTo("DELIVERED");

        JsonNode summary = api.get("/v1/events/" + accepted.path("eventId").asText() + "/summary")
                .expect(200)
                .json();
        assertThat(summary.path("status").asText()).isEqualTo("DELIVERED");
        assertThat(summary.path("type").asText()).isEqualTo(type);
        assertThat(summary.path("deliveries")).isEqualTo(ApiClient.json("""
                {"PENDING":0,"SENT":0,"FAILED":0,"DEAD":0}"""));
    }

    @Test
    void aBatchArrivesInOrderPerKey() {
        api.subscribe(receiver.uri(), type);
        String events = IntStream.range(0, 100)
                .mapToObj(
                        i -> "{\"type\":\"%s\",\"data\":{\"n\":%d},\"orderingKey\":\"k%d\"}".formatted(type, i, i % 3))
                .collect(Collectors.joining(","));

        JsonNode accepted = api.post("/v1/events/batch", "{\"events\":[" + events + "]}")
                .expect(202)
                .json()
                .path("events");

        assertThat(accepted)
                .hasSize(100)
                .allMatch(event -> event.path("deliveries").asInt() == 1);
        List<Integer> numbers = receiver.await(100).stream()
                .map(webhook -> ApiClient.json(webhook.text()))
                .map(body -> body.path("payload").path("data").path("n").asInt())
                .toList();
        for (int key = 0; key < 3; key++) {
            int remainder = key;
            assertThat(numbers.stream().filter(n -> n % 3 == remainder))
                    .hasSizeGreaterThan(32)
                    .isSorted();
        }
        assertThat(accepted.path(7).path("eventId").asText())
                .isEqualTo(receiver.received().get(numbers.indexOf(7)).header("webhook-id"));
    }

    @Test
    void ofABatchWithOneWrongEventNoneIsTaken() {
        api.subscribe(receiver.uri(), type);
        JsonNode problem =
                api.post("/v1/events/batch", """
                        {"events":[{"type":"%s","data":{}},{"type":"pg.public.users.insert","data":{}}]}""".formatted(type)).expect(422).json();
        assertThat(problem.path("errors").path(0).path("pointer").asText()).isEqualTo("/events/1/type");
        assertThat(api.get("/v1/events?type=" + type).json().path("data")).isEmpty();
    }

    @Test
    void aKeySentAgainWithTheSameBodyIsAnsweredWithTheFirstResult() {
        api.subscribe(receiver.uri(), type);
        String body = "{\"type\":\"" + type + "\",\"data\":{\"n\":1}}";

        Answer first =
                api.post("/v1/events", body, "Idempotency-Key", "order-" + type).expect(202);
        Answer again = api.post("/v1/events", body, "Idempotency-Key", "\"order-" + type + "\"")
                .expect(202);

        assertThat(first.header("Idempotent-Replayed")).isEmpty();
        assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(again.json().path("eventId")).isEqualTo(first.json().path("eventId"));
        assertThat(again.json().path("deduplicated").asBoolean()).isTrue();
        Answer other = api.post("/v1/events", body + " ", "Idempotency-Key", "order-" + type)
                .expect(422);
        assertThat(other.json().path("code").asText()).isEqualTo("idempotency-key-reused");
        assertThat(api.get("/v1/events?type=" + type).json().path("data")).hasSize(1);
    }

    @Test
    void anEventIdOfThePublisherBecomesTheEventsAndIsTakenOnce() {
        String id = UUID.randomUUID().toString();
        String body = "{\"type\":\"%s\",\"data\":{},\"eventId\":\"%s\"}".formatted(type, id);

        assertThat(api.post("/v1/events", body)
                        .expect(202)
                        .json()
                        .path("eventId")
                        .asText())
                .isEqualTo(id);
        assertThat(api.post("/v1/events", body)
                        .expect(202)
                        .json()
                        .path("deduplicated")
                        .asBoolean())
                .isTrue();
        JsonNode clash = api.post("/v1/events", body, "Idempotency-Key", "another")
                .expect(422)
                .json();
        assertThat(clash.path("errors").path(0).path("pointer").asText()).isEqualTo("/eventId");
        JsonNode twice = api.post("/v1/events/batch", "{\"events\":[" + body + "," + body + "]}")
                .expect(422)
                .json();
        assertThat(twice.path("errors").path(0).path("pointer").asText()).isEqualTo("/events/1/eventId");
    }

    @Test
    void aKeyWhoseFirstRequestIsStillBeingHandledIsAConflict() throws Exception {
        String body = "{\"type\":\"" + type + "\",\"data\":{}}";
        try (OpenTransaction connection =
                        OpenTransaction.at(nexus.databaseUrl(), "LOCK TABLE nexus.event IN EXCLUSIVE MODE");
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CompletableFuture<Answer> first =
                    CompletableFuture.supplyAsync(() -> api.post("/v1/events", body, "Idempotency-Key", type), threads);
            awaitSomebodyWaitingForTheLock();

            Answer second =
                    api.post("/v1/events", body, "Idempotency-Key", type).expect(409);

            assertThat(second.json().path("code").asText()).isEqualTo("idempotency-key-in-use");
            connection.rollback();
            first.get().expect(202);
            assertThat(api.post("/v1/events", body, "Idempotency-Key", type)
                            .expect(202)
                            .json()
                            .path("eventId"))
                    .isEqualTo(first.get().json().path("eventId"));
        }
    }

    @Test
    void twoHundredAtTheSameInstantMakeOneEventAndOneDelivery() {
        api.subscribe(receiver.uri(), type);
        String body = "{\"type\":\"" + type + "\",\"data\":{}}";
        List<Answer> answers;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<CompletableFuture<Answer>> sent = IntStream.range(0, 200)
                    .mapToObj(i -> CompletableFuture.supplyAsync(
                            () -> api.post("/v1/events", body, "Idempotency-Key", type), threads))
                    .toList();
            answers = sent.stream().map(CompletableFuture::join).toList();
        }
        assertThat(answers).extracting(Answer::status).containsOnly(202, 409).contains(202);
        List<JsonNode> accepted = answers.stream()
                .filter(answer -> answer.status() == 202)
                .map(Answer::json)
                .toList();
        assertThat(accepted.stream().filter(one -> !one.path("deduplicated").asBoolean()))
                .hasSize(1);
        assertThat(accepted.stream().map(one -> one.path("eventId").asText()).distinct())
                .hasSize(1);
        assertThat(answers.stream()
                        .filter(answer -> answer.status() == 409)
                        .map(answer -> answer.json().path("code").asText()))
                .allMatch("idempotency-key-in-use"::equals);
        api.awaitDelivery(accepted.getFirst().path("eventId").asText(), "SENT");
        assertThat(receiver.received()).hasSize(1);
        assertThat(api.get("/v1/events?type=" + type).json().path("data")).hasSize(1);
    }

    /** Its COMMIT waits in the database while the process stands still, goes through, and nobody is there to answer. */
    @Test
    void aKillBetweenStoreAndAnswerIsRepeatedWithoutASecondEvent() throws Exception {
        String body = "{\"type\":\"" + type + "\",\"data\":{\"n\":1}}";
        nexus.sql("""
                CREATE FUNCTION wait_for_test() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN NULL; END $$""", """
                CREATE CONSTRAINT TRIGGER wait_for_test AFTER INSERT ON nexus.idempotency
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait_for_test()""");
        try (Connection connection = nexus.connect();
                Statement statement = connection.createStatement();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            statement.execute("SELECT pg_advisory_lock(4711)");
            CompletableFuture<Answer> unanswered =
                    CompletableFuture.supplyAsync(() -> api.post("/v1/events", body, "Idempotency-Key", type), threads);
            awaitSomebodyWaitingForTheLock();
            nexus.pause();
            statement.execute("SELECT pg_advisory_unlock(4711)");
            Eventually.eventually("it is committed", () -> stored() == 1);
            nexus.kill9();
            assertThat(unanswered.handle((answer, failure) -> failure).get()).isNotNull();
        }
        nexus.sql("DROP FUNCTION wait_for_test() CASCADE");
        nexus.restart();

        Answer again = api.post("/v1/events", body, "Idempotency-Key", type).expect(202);
        assertThat(again.json().path("deduplicated").asBoolean()).isTrue();
        assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(stored()).isEqualTo(1);
        api.post("/v1/events", body + "\n", "Idempotency-Key", type).expect(422);
    }

    private int stored() {
        return Integer.parseInt(nexus.query("SELECT count(*) FROM nexus.event WHERE type = '" + type + "'")
                .getFirst());
    }

    private static void awaitSomebodyWaitingForTheLock() {
        Eventually.eventually("the first request waits for the table", () -> nexus.query(
                        "SELECT count(*) > 0 FROM pg_locks WHERE NOT granted")
                .getFirst()
                .equals("t"));
    }
}
