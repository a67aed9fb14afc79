package nexus;

import static nexus.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import nexus.testkit.ApiClient;
import nexus.testkit.PackagedNexus;
import nexus.testkit.ScriptedReceiver;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * Whoever closes the connection before the answer leaves what they change in the audit all the same. Each change is held
 * where it completes its entry, until the server has noticed that the connection is closed.
 */
class AuditIT {
    private static final String KEY = "audit-key-0123456789";
    private static final String NOBODY_LISTENS = "http://localhost:65533/";
    private static final Set<String> NOT_AUDITED = Set.of(
            "POST /v1/events",
            "POST /v1/events/batch",
            "POST /v1/subscriptions/preview",
            "POST /v1/deliveries/{id}/request/verify");
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    /** Operations as the document names them. The last one replaces the slot. */
    private static final Map<String, Supplier<Change>> CHANGES = changes();

    static final Set<String> OPERATIONS = CHANGES.keySet();

    private static PackagedNexus nexus;
    private static ApiClient api;
    private static ScriptedReceiver receiver;

    private final int number = NUMBERS.incrementAndGet();

    /**
     * A request, and what shows that it has done what it asked for.
     *
     * @param resourceId as the entry names it, a pattern
     */
    private record Change(String path, String body, String resourceId, BooleanSupplier isMade) {}

    @BeforeAll
    static void start() {
        nexus = PackagedNexus.start(Map.of("API_KEYS", KEY, "API_RATE", "100000"));
        api = nexus.api().with("X-API-Key", KEY);
        receiver = ScriptedReceiver.start();
        nexus.sql("""
                CREATE FUNCTION public.hold_entry() RETURNS trigger LANGUAGE plpgsql AS
                $$BEGIN PERFORM pg_catalog.pg_advisory_xact_lock_shared(4711); RETURN NEW; END$$""", """
                CREATE TRIGGER hold_entry BEFORE UPDATE ON nexus.audit FOR EACH ROW
                WHEN (OLD.user_agent LIKE 'hurried-%') EXECUTE FUNCTION public.hold_entry()""");
    }

    @AfterAll
    static void stop() {
        nexus.close();
        receiver.close();
    }

    @Test
    void everyOperationThatIsAuditedIsInTheTable() {
        JsonNode paths = api.get("/openapi?format=json").expect(200).json().path("paths");
        Set<String> audited = new TreeSet<>();
        paths.properties().forEach(path -> path.getValue().properties().stream()
                .filter(method -> method.getValue().has("responses"))
                .map(method -> method.getKey().toUpperCase(Locale.ROOT))
                .filter(method -> !method.equals("GET"))
                .forEach(method -> audited.add(method + " " + path.getKey())));
        audited.removeAll(NOT_AUDITED);

        assertThat(OPERATIONS).containsExactlyInAnyOrderElementsOf(audited);
    }

    @ParameterizedTest
    @FieldSource("OPERATIONS")
    void aChangeWhoseCallerHasGoneIsInTheAudit(String operation) throws Exception {
        leavesACompleteEntry(
                operation, Objects.requireNonNull(CHANGES.get(operation)).get());
    }

    @Test
    void aBulkRetryThatFindsNothingIsInTheAudit() throws Exception {
        String subscription = subscription(NOBODY_LISTENS);
        leavesACompleteEntry(
                "POST /v1/deliveries/retry",
                new Change(
                        "/v1/deliveries/retry",
                        "{\"subscriptionId\":\"" + subscription + "\"}",
                        subscription,
                        () -> entry().startsWith("2")));
    }

    private void leavesACompleteEntry(String operation, Change change) throws Exception {
        String method = operation.substring(0, operation.indexOf(' '));
        try (Connection holding = nexus.connect();
                Statement statement = holding.createStatement()) {
            statement.execute("SELECT pg_advisory_lock(4711)");
            sendAndReset(method, change);
            assertThat(change.isMade().getAsBoolean()).as("made already").isFalse();
        }
        eventually("it is made", change.isMade());
        Set<String> fields = new TreeSet<>();
        ApiClient.json(change.body().isEmpty() ? "{}" : change.body())
                .fieldNames()
                .forEachRemaining(fields::add);
        eventually("its entry is complete", Duration.ofSeconds(10), () -> !entry().startsWith("null"));
        assertThat(entry())
                .matches("20[0124]\\|" + String.join(",", fields) + "\\|(" + change.resourceId() + ")\\|" + method
                        + "\\|" + change.path());
    }

    private void sendAndReset(String method, Change change) throws IOException {
        byte[] request = (method + " " + change.path() + " HTTP/1.1\r\nHost: localhost\r\nX-API-Key: " + KEY
                        + "\r\nUser-Agent: hurried-" + number + "\r\nContent-Type: application/json\r\nContent-Length: "
                        + change.body().length() + "\r\n\r\n" + change.body())
                .getBytes(StandardCharsets.US_ASCII);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), nexus.port())) {
            socket.getOutputStream().write(request);
            eventually("the entry is about to be completed", Duration.ofSeconds(10), () -> waiting() == 1);
            socket.setSoLinger(true, 0);
        }
        // what is known of the request is noted then, which waits for the change
        eventually("the closed connection is noticed before the answer", Duration.ofSeconds(5), () -> waiting() == 2);
    }

    private static int waiting() {
        return Integer.parseInt(nexus.query("""
                SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'UPDATE audit %'""").getFirst());
    }

    private String entry() {
        return nexus.query(
                        "SELECT status, array_to_string(fields, ','), resource_id, method, path FROM nexus.audit WHERE user_agent = 'hurried-"
                                + number + "'")
                .getFirst();
    }

    private static Map<String, Supplier<Change>> changes() {
        Map<String, Supplier<Change>> changes = new LinkedHashMap<>();
        subscriptions(changes);
        listenersAndKeys(changes);
        deliveries(changes);
        replays(changes);
        backfills(changes);
        changes.put("POST /api/v1/test/users", () -> {
            String email = "user-" + NUMBERS.incrementAndGet() + "@example.com";
            return new Change(
                    "/api/v1/test/users",
                    "{\"email\":\"" + email + "\",\"name\":\"Ada\"}",
                    "[0-9a-f-]{36}",
                    () -> isThere("public.users WHERE email = '" + email + "'"));
        });
        changes.put("PATCH /v1/inboxes/{name}", () -> {
            String name = "chosen-" + NUMBERS.incrementAndGet();
            return new Change("/v1/inboxes/" + name, "{\"reply\":{\"status\":410}}", name, () -> hasInbox(name));
        });
        changes.put("DELETE /v1/inboxes/{name}", () -> {
            String name = "emptied-" + NUMBERS.incrementAndGet();
            api.patch("/v1/inboxes/" + name, "{\"reply\":{\"status\":410}}").expect(200);
            return new Change("/v1/inboxes/" + name, "", name, () -> !hasInbox(name));
        });
        changes.put("POST /v1/source/reset", () -> {
            eventually("the slot is dropped", () -> {
                nexus.query("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE active");
                nexus.query("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active");
                return !isThere("pg_replication_slots");
            });
            eventually("capture is lost", () -> capture().equals("lost"));
            return new Change("/v1/source/reset", "{\"from\":\"now\"}", "nexus", () -> capture()
                    .equals("streaming"));
        });
        return changes;
    }

    private static boolean hasInbox(String name) {
        return api.get("/v1/inboxes").expect(200).text().contains('"' + name + '"');
    }

    private static void subscriptions(Map<String, Supplier<Change>> changes) {
        changes.put("POST /v1/subscriptions", () -> {
            String name = "made-" + NUMBERS.incrementAndGet();
            return new Change(
                    "/v1/subscriptions",
                    "{\"name\":\"" + name + "\",\"endpointUrl\":\"" + NOBODY_LISTENS + name
                            + "\",\"eventTypes\":[\"a.b\"]}",
                    "[0-9a-f-]{36}",
                    () -> isThere("nexus.subscription WHERE settings ->> 'name' = '" + name + "'"));
        });
        changes.put("PATCH /v1/subscriptions/{id}", () -> {
            String id = subscription(NOBODY_LISTENS);
            return new Change(
                    "/v1/subscriptions/" + id,
                    "{\"name\":\"renamed\"}",
                    id,
                    () -> isThere("nexus.subscription WHERE settings ->> 'name' = 'renamed' AND id = '" + id + "'"));
        });
        changes.put("DELETE /v1/subscriptions/{id}", () -> {
            String id = subscription(NOBODY_LISTENS);
            return new Change("/v1/subscriptions/" + id, "", id, () -> isDeleted(id));
        });
        changes.put("POST /v1/subscriptions/{id}/pause", () -> {
            String id = subscription(NOBODY_LISTENS);
            return new Change(
                    "/v1/subscriptions/" + id + "/pause",
                    "",
                    id,
                    () -> isThere("nexus.subscription WHERE state = 'paused' AND id = '" + id + "'"));
        });
        changes.put("POST /v1/subscriptions/{id}/enable", () -> {
            String id = subscription(NOBODY_LISTENS);
            api.post("/v1/subscriptions/" + id + "/pause").expect(200);
            return new Change(
                    "/v1/subscriptions/" + id + "/enable",
                    "{\"catchUp\":\"none\"}",
                    id,
                    () -> isThere("nexus.subscription WHERE state = 'active' AND id = '" + id + "'"));
        });
        changes.put("POST /v1/subscriptions/{id}/secret/rotate", () -> {
            String id = subscription(NOBODY_LISTENS);
            return new Change(
                    "/v1/subscriptions/" + id + "/secret/rotate",
                    "{\"overlap\":\"1h\"}",
                    id,
                    () -> isThere("nexus.subscription WHERE updated_at > created_at AND id = '" + id + "'"));
        });
        changes.put("POST /v1/subscriptions/{id}/test", () -> {
            String id = subscription(receiver.uri("/").toString());
            receiver.clear();
            return new Change(
                    "/v1/subscriptions/" + id + "/test",
                    "",
                    id,
                    () -> receiver.received().size() == 1);
        });
    }

    private static void listenersAndKeys(Map<String, Supplier<Change>> changes) {
        changes.put("POST /api/v1/listeners", () -> {
            String name = "listener-" + NUMBERS.incrementAndGet();
            return new Change(
                    "/api/v1/listeners",
                    listener(name),
                    "[0-9a-f-]{36}",
                    () -> isThere("nexus.subscription WHERE settings ->> 'name' = '" + name + "'"));
        });
        changes.put("DELETE /api/v1/listeners/{id}", () -> {
            String id = api.post("/api/v1/listeners", listener("listener-" + NUMBERS.incrementAndGet()))
                    .expect(201)
                    .json()
                    .at("/data/id")
                    .asText();
            return new Change("/api/v1/listeners/" + id, "", id, () -> isDeleted(id));
        });
        changes.put("POST /v1/keys", () -> {
            String name = "key-" + NUMBERS.incrementAndGet();
            return new Change(
                    "/v1/keys",
                    "{\"name\":\"" + name + "\",\"scopes\":[\"read\"]}",
                    "[0-9a-f-]{36}",
                    () -> isThere("nexus.api_key WHERE name = '" + name + "'"));
        });
        changes.put("DELETE /v1/keys/{id}", () -> {
            String id = api.post("/v1/keys", "{\"name\":\"k\",\"scopes\":[\"read\"]}")
                    .expect(201)
                    .json()
                    .path("id")
                    .asText();
            return new Change("/v1/keys/" + id, "", id, () -> !isThere("nexus.api_key WHERE id = '" + id + "'"));
        });
    }

    private static void replays(Map<String, Supplier<Change>> changes) {
        changes.put("POST /v1/replays", () -> {
            String subscription = subscription(NOBODY_LISTENS);
            return new Change(
                    "/v1/replays",
                    replay(subscription),
                    "[0-9a-f-]{36}",
                    () -> isThere("nexus.job WHERE subscription_id = '" + subscription + "'"));
        });
        changes.put("POST /v1/replays/{id}/pause", () -> change("pause", "paused"));
        changes.put("POST /v1/replays/{id}/resume", () -> {
            Change pause = change("pause", "paused");
            api.post(pause.path(), "").expect(200);
            return new Change(
                    pause.path().replace("/pause", "/resume"),
                    "",
                    pause.resourceId(),
                    () -> isThere("nexus.job WHERE state <> 'paused' AND id = '" + pause.resourceId() + "'"));
        });
        changes.put("POST /v1/replays/{id}/cancel", () -> change("cancel", "cancelled"));
    }

    private static void backfills(Map<String, Supplier<Change>> changes) {
        changes.put("POST /v1/backfills", () -> {
            String subscription = subscription(NOBODY_LISTENS);
            return new Change(
                    "/v1/backfills",
                    "{\"subscriptionId\":\"" + subscription + "\",\"table\":\"users\"}",
                    "[0-9a-f-]{36}",
                    () -> isThere("nexus.job WHERE subscription_id = '" + subscription + "'"));
        });
        changes.put("POST /v1/backfills/{id}/pause", () -> changeOfBackfill("pause", "paused"));
        changes.put("POST /v1/backfills/{id}/resume", () -> {
            Change pause = changeOfBackfill("pause", "paused");
            api.post(pause.path(), "").expect(200);
            return new Change(
                    pause.path().replace("/pause", "/resume"),
                    "",
                    pause.resourceId(),
                    () -> isThere("nexus.job WHERE state <> 'paused' AND id = '" + pause.resourceId() + "'"));
        });
        changes.put("POST /v1/backfills/{id}/cancel", () -> changeOfBackfill("cancel", "cancelled"));
    }

    /** Its subscription is disabled, so that it does not end. */
    private static Change changeOfBackfill(String verb, String state) {
        String subscription = api.post(
                        "/v1/subscriptions",
                        "{\"endpointUrl\":\"" + NOBODY_LISTENS + "backfill-" + NUMBERS.incrementAndGet()
                                + "\",\"isEnabled\":false,\"eventTypes\":[\"a.b\"]}")
                .expect(201)
                .json()
                .path("id")
                .asText();
        String id = api.post(
                        "/v1/backfills", "{\"subscriptionId\":\"" + subscription + "\",\"table\":\"public.users\"}")
                .expect(202)
                .json()
                .path("id")
                .asText();
        return new Change(
                "/v1/backfills/" + id + "/" + verb,
                "",
                id,
                () -> isThere("nexus.job WHERE state = '" + state + "' AND id = '" + id + "'"));
    }

    private static String replay(String subscription) {
        return "{\"subscriptionId\":\"" + subscription + "\",\"since\":\"2000-01-01T00:00:00Z\"}";
    }

    /** Its only event is owed to a disabled subscription, so that it does not end. */
    private static Change change(String verb, String state) {
        String type = "audit.replayed-" + NUMBERS.incrementAndGet();
        api.publish(type, "{}");
        String subscription = api.post(
                        "/v1/subscriptions",
                        "{\"endpointUrl\":\"" + NOBODY_LISTENS + type + "\",\"isEnabled\":false,\"eventTypes\":[\""
                                + type + "\"]}")
                .expect(201)
                .json()
                .path("id")
                .asText();
        String id = api.post("/v1/replays", replay(subscription))
                .expect(202)
                .json()
                .path("id")
                .asText();
        return new Change(
                "/v1/replays/" + id + "/" + verb,
                "",
                id,
                () -> isThere("nexus.job WHERE state = '" + state + "' AND id = '" + id + "'"));
    }

    private static void deliveries(Map<String, Supplier<Change>> changes) {
        changes.put("POST /v1/deliveries/{id}/retry", () -> {
            JsonNode delivery = failedDelivery();
            String id = delivery.path("id").asText();
            return new Change("/v1/deliveries/" + id + "/retry", "", id, () -> isRenewed(delivery));
        });
        changes.put("POST /v1/deliveries/events/{eventId}/retry", () -> {
            JsonNode delivery = failedDelivery();
            String event = delivery.path("eventId").asText();
            return new Change("/v1/deliveries/events/" + event + "/retry", "", event, () -> isRenewed(delivery));
        });
        changes.put("POST /v1/deliveries/retry", () -> {
            JsonNode delivery = failedDelivery();
            String subscription = delivery.path("subscriptionId").asText();
            return new Change(
                    "/v1/deliveries/retry",
                    "{\"status\":\"FAILED\",\"subscriptionId\":\"" + subscription + "\"}",
                    subscription,
                    () -> isRenewed(delivery));
        });
        changes.put("POST /v1/deliveries/{id}/cancel", () -> {
            JsonNode delivery = failedDelivery();
            String id = delivery.path("id").asText();
            return new Change(
                    "/v1/deliveries/" + id + "/cancel",
                    "",
                    id,
                    () -> isThere("nexus.delivery WHERE dead_reason = 'cancelled' AND event_id = '"
                            + delivery.path("eventId").asText() + "'"));
        });
        changes.put("DELETE /v1/events/{id}/payload", () -> {
            String event = failedDelivery().path("eventId").asText();
            return new Change(
                    "/v1/events/" + event + "/payload",
                    "",
                    event,
                    () -> isThere("nexus.event WHERE body IS NULL AND id = '" + event + "'"));
        });
    }

    private static String listener(String name) {
        return "{\"name\":\"" + name + "\",\"source_table\":\"users\",\"event\":\"INSERT\",\"target_url\":\""
                + NOBODY_LISTENS + name + "\"}";
    }

    private static String subscription(String endpoint) {
        return api.post(
                        "/v1/subscriptions",
                        "{\"endpointUrl\":\"" + endpoint + "\",\"eventTypes\":[\"audit.case-"
                                + NUMBERS.incrementAndGet() + "\"],\"retry\":{\"baseSeconds\":3600}}")
                .expect(201)
                .json()
                .path("id")
                .asText();
    }

    /** Its next attempt is an hour away. */
    private static JsonNode failedDelivery() {
        String subscription = subscription(NOBODY_LISTENS);
        String type = api.get("/v1/subscriptions/" + subscription)
                .expect(200)
                .json()
                .at("/eventTypes/0")
                .asText();
        return api.awaitDelivery(api.publish(type, "{}"), "FAILED");
    }

    private static boolean isRenewed(JsonNode delivery) {
        return isThere("nexus.owed WHERE renewed_at IS NOT NULL AND event_id = '"
                + delivery.path("eventId").asText() + "'");
    }

    private static boolean isDeleted(String subscription) {
        return isThere("nexus.subscription WHERE deleted_at IS NOT NULL AND id = '" + subscription + "'");
    }

    private static boolean isThere(String of) {
        return !nexus.query("SELECT 1 FROM " + of + " LIMIT 1").isEmpty();
    }

    private static String capture() {
        return api.get("/v1/health").json().at("/capture/status").asText();
    }
}
