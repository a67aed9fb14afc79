package nexus;

import static nexus.testkit.Eventually.eventually;
import static nexus.testkit.ScriptedReceiver.hang;
import static nexus.testkit.ScriptedReceiver.status;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import nexus.testkit.ApiClient;
import nexus.testkit.PackagedNexus;
import nexus.testkit.ScriptedReceiver;
import nexus.testkit.ScriptedReceiver.Received;
import nexus.testkit.Signatures;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What becomes of a delivery when the receiver misbehaves, and when a person steps in. */
class DeliveryIT {
    private static final AtomicInteger TYPES = new AtomicInteger();

    @AutoClose
    private static PackagedNexus nexus;

    private static ApiClient api;

    private final String type = "delivery.case-" + TYPES.incrementAndGet();

    @AutoClose
    private final ScriptedReceiver receiver = ScriptedReceiver.start();

    @BeforeAll
    static void startNexus() {
        nexus = PackagedNexus.start(Map.of("DELIVERY_MAX_ATTEMPTS", "4", "DELIVERY_TIMEOUT", "2s"));
        api = nexus.api();
    }

    @Test
    void aReceiverThatFailsThreeTimesGetsItTheFourthTimeAndTheLogHasAll() {
        receiver.answer(
                status(500).body("one"), status(302).header("Location", "/elsewhere"), status(404), status(204));
        JsonNode subscription = api.subscribe(receiver.uri(), type);
        String event = api.publish(type, "{\"n\":1.00}");

        List<Received> attempts = receiver.await(4);
        JsonNode delivery = api.awaitDelivery(event, "SENT");

        assertThat(attempts)
                .extracting(attempt -> attempt.header("X-Delivery-Attempt"))
                .containsExactly("1", "2", "3", "4");
        assertThat(attempts)
                .extracting(Received::text)
                .containsOnly(attempts.getFirst().text());
        assertThat(attempts).extracting(attempt -> attempt.header("webhook-id")).containsOnly(event);
        attempts.forEach(attempt ->
                Signatures.verify(attempt, subscription.path("secret").asText()));
        for (int i = 1; i < attempts.size(); i++) {
            assertThat(Duration.between(
                            attempts.get(i - 1).arrivedAt(), attempts.get(i).arrivedAt()))
                    .isBetween(Duration.ofMillis(750), Duration.ofSeconds(4));
        }

        assertThat(delivery.path("attempts").asInt()).isEqualTo(4);
        assertThat(delivery.path("nextRunAt").isNull()).isTrue();
        JsonNode log = delivery.path("attemptLog");
        assertThat(log).extracting(one -> one.path("attempt").asInt()).containsExactly(1, 2, 3, 4);
        assertThat(log).extracting(one -> one.path("statusCode").asInt()).containsExactly(500, 302, 404, 204);
        assertThat(log.path(0).path("responseBody").asText()).isEqualTo("one");
        assertThat(log.path(0).path("nextRunAt").isNull()).isFalse();
        assertThat(log.path(3).path("nextRunAt").isNull()).isTrue();
        assertThat(api.get("/v1/deliveries/" + delivery.path("id").asText())
                        .expect(200)
                        .json()
                        .path("attemptLog"))
                .isEqualTo(log);
        assertThat(api.get("/v1/events/" + event).json().path("status").asText())
                .isEqualTo("DELIVERED");
    }

    @Test
    void aDeliveryThatKeepsFailingIsDeadAndARetryByHandBringsItThrough() {
        receiver.always(status(500));
        api.subscribe(receiver.uri(), type);
        String event = api.publish(type, "{}");

        JsonNode dead = api.awaitDelivery(event, "DEAD");
        assertThat(dead.path("attempts").asInt()).isEqualTo(4);
        assertThat(dead.path("deadReason").asText()).isEqualTo("exhausted");
        assertThat(receiver.received()).hasSize(4);
        assertThat(api.get("/v1/deliveries?status=DEAD&eventId=" + event).json().path("data"))
                .hasSize(1);
        assertThat(api.get("/v1/events/" + event).json().path("status").asText())
                .isEqualTo("DEAD");

        receiver.always(status(200));
        String retry = "/v1/deliveries/" + dead.path("id").asText() + "/retry";
        assertThat(api.post(retry).expect(200).json().path("retried").asInt()).isEqualTo(1);

        JsonNode sent = api.awaitDelivery(event, "SENT");
        assertThat(sent.path("attempts").asInt()).isEqualTo(5);
        assertThat(sent.path("attemptLog")).hasSize(5);
        assertThat(receiver.received().getLast().text())
                .isEqualTo(receiver.received().getFirst().text());
        assertThat(api.post(retry).expect(409).json().path("code").asText()).isEqualTo("delivery-status");
    }

    @Test
    void aTemplateMakesBodyMethodPathAndHeaders() {
        receiver.answer(status(500), status(200));
        JsonNode subscription = api.subscribe(receiver.uri(), type, """
                ,"secret":"my-secret","headers":{"X-Own":"a"},
                "transform":{"text":"Order {{record.id}} is {{record.status}}","amount":"{{record.total + 0.1}}"},
                "request":{"method":"PUT","path":"/orders/{{record.slug}}?n={{record.id}}","headers":{"x-own":"{{record.status}}"}}
                """);
        String event = api.publish(
                type, "{\"record\":{\"id\":9007199254740993,\"status\":\"paid\",\"total\":0.2,\"slug\":\"a/../b\"}}");

        api.awaitDelivery(event, "SENT");
        List<Received> attempts = receiver.await(2);
        assertThat(attempts).allSatisfy(attempt -> {
            assertThat(attempt.method()).isEqualTo("PUT");
            assertThat(attempt.pathAndQuery()).endsWith("/orders/a%2F..%2Fb?n=9007199254740993");
            assertThat(attempt.header("X-Own")).isEqualTo("paid");
            assertThat(attempt.header("Content-Type")).isEqualTo("application/json");
            assertThat(attempt.text()).isEqualTo("{\"text\":\"Order 9007199254740993 is paid\",\"amount\":0.3}");
        });
        String path = "/v1/subscriptions/" + subscription.path("id").asText();
        assertThat(api.get(path).expect(200).text()).contains("\"amount\":\"{{record.total + 0.1}}\"");

        api.patch(path, "{\"transform\":{\"a\":\"{{record.id}}\"},\"request\":{\"method\":\"DELETE\",\"path\":\"/x\"}}")
                .expect(200);
        api.publish(type, "{}");
        Received deleted = receiver.await(3).getLast();
        assertThat(deleted.method()).isEqualTo("DELETE");
        assertThat(deleted.text()).isEmpty();
        assertThat(deleted.header("Content-Type")).isEmpty();
        assertThat(deleted.header("X-Signature"))
                .isEqualTo("sha256=eb1d17cea0a09d4e94ec7f42dc8a1d078b7f064590502ca64fbd188fd4427fe0");
    }

    @Test
    void aTemplateThatFailsMakesTheDeliveryDeadUntilItIsMended() {
        JsonNode subscription = api.subscribe(receiver.uri(), type, ",\"transform\":{\"a\":\"{{data.missing}}\"}");
        String event = api.publish(type, "{\"n\":1.10}");

        JsonNode dead = api.awaitDelivery(event, "DEAD");
        assertThat(dead.path("deadReason").asText()).isEqualTo("transform-failed");
        assertThat(dead.path("lastError").asText())
                .isEqualTo("/transform/a {{data.missing}}: there is no data.missing");
        assertThat(receiver.received()).isEmpty();
        String path = "/v1/subscriptions/" + subscription.path("id").asText();
        assertThat(api.patch(path, "{\"transform\":{\"a\":\"{{data.}}\"}}")
                        .expect(422)
                        .json()
                        .at("/errors/0/pointer")
                        .asText())
                .isEqualTo("/transform/a");
        api.patch(path, "{\"transform\":{\"a\":\"{{data.n}}\"}}").expect(200);
        api.post("/v1/deliveries/" + dead.path("id").asText() + "/retry").expect(200);

        api.awaitDelivery(event, "SENT");
        assertThat(receiver.await(1).getFirst().text()).isEqualTo("{\"a\":1.10}");
    }

    @Test
    void aRetryByHandHasAFreshBudgetOfAttempts() {
        receiver.always(status(422));
        api.subscribe(receiver.uri(), type, ",\"deadOn\":[422]");
        String event = api.publish(type, "{}");
        assertThat(api.awaitDelivery(event, "DEAD").path("deadReason").asText()).isEqualTo("refused");

        receiver.answer(status(500), status(500), status(500), status(200));
        assertThat(api.post("/v1/deliveries/events/" + event + "/retry")
                        .expect(200)
                        .json()
                        .path("retried")
                        .asInt())
                .isEqualTo(1);

        assertThat(api.awaitDelivery(event, "SENT").path("attempts").asInt()).isEqualTo(5);
    }

    @Test
    void everyDeadDeliveryOfAFilterIsRetried() {
        receiver.always(status(418));
        JsonNode subscription = api.subscribe(receiver.uri(), type, ",\"deadOn\":[418]");
        List<String> events =
                List.of(api.publish(type, "{\"n\":1}"), api.publish(type, "{\"n\":2}"), api.publish(type, "{\"n\":3}"));
        events.forEach(event -> api.awaitDelivery(event, "DEAD"));

        receiver.always(status(200));
        assertThat(api.post("/v1/deliveries/retry", """
                                {"status":"DEAD","subscriptionId":"%s","type":"%s"}""".formatted(
                                        subscription.path("id").asText(), type))
                        .expect(200)
                        .json()
                        .path("retried")
                        .asInt())
                .isEqualTo(3);
        events.forEach(event -> api.awaitDelivery(event, "SENT"));
    }

    @Test
    void aCancelledDeliveryIsDeadAndIsNotTriedAgain() {
        receiver.answer(status(500));
        api.subscribe(receiver.uri(), type);
        String event = api.publish(type, "{}");
        String id = api.awaitDelivery(event, "FAILED").path("id").asText();

        JsonNode cancelled =
                api.post("/v1/deliveries/" + id + "/cancel").expect(200).json();

        assertThat(cancelled.path("status").asText()).isEqualTo("DEAD");
        assertThat(cancelled.path("deadReason").asText()).isEqualTo("cancelled");
        api.post("/v1/deliveries/" + id + "/cancel").expect(409);
        // longer than its retry would have taken
        receiver.answer(status(500));
        api.awaitDelivery(api.publish(type, "{}"), "SENT");
        assertThat(api.delivery(event).path("attempts").asInt()).isEqualTo(1);
    }

    @Test
    void disablingParksWhatIsOwedAndEnablingGoesOn() {
        receiver.answer(status(500));
        JsonNode subscription = api.subscribe(receiver.uri(), type);
        String path = "/v1/subscriptions/" + subscription.path("id").asText();
        String owed = api.publish(type, "{\"n\":1}");
        api.awaitDelivery(owed, "FAILED");

        assertThat(api.patch(path, "{\"isEnabled\":false}")
                        .expect(200)
                        .json()
                        .path("isEnabled")
                        .asBoolean())
                .isFalse();
        JsonNode notOwed = api.post("/v1/events", "{\"type\":\"" + type + "\",\"data\":{\"n\":2}}")
                .expect(202)
                .json();
        assertThat(notOwed.path("deliveries").asInt()).isZero();
        assertThat(notOwed.path("status").asText()).isEqualTo("DELIVERED");
        // longer than its retry would have taken: another subscription fails and comes through meanwhile
        try (ScriptedReceiver other = ScriptedReceiver.start()) {
            other.answer(status(500), status(500));
            api.subscribe(other.uri(), type + ".other");
            api.awaitDelivery(api.publish(type + ".other", "{}"), "SENT");
        }
        assertThat(receiver.received()).hasSize(1);
        assertThat(api.delivery(owed).path("status").asText()).isEqualTo("FAILED");

        api.patch(path, "{\"isEnabled\":true}").expect(200);
        api.awaitDelivery(owed, "SENT");
        assertThat(receiver.received()).hasSize(2);
    }

    @Test
    void pausingHoldsWhatIsOwedAndCollectsMore() {
        JsonNode subscription = api.subscribe(receiver.uri(), type);
        String path = "/v1/subscriptions/" + subscription.path("id").asText();

        JsonNode paused = api.post(path + "/pause").expect(200).json();
        assertThat(paused.path("state").asText()).isEqualTo("paused");
        assertThat(paused.path("isEnabled").asBoolean()).isTrue();
        api.post(path + "/pause").expect(200);
        List<String> held = List.of(api.publish(type, "{\"n\":1}"), api.publish(type, "{\"n\":2}"));
        try (ScriptedReceiver other = ScriptedReceiver.start()) {
            api.subscribe(other.uri(), type + ".other");
            api.awaitDelivery(api.publish(type + ".other", "{}"), "SENT");
        }
        assertThat(receiver.received()).isEmpty();
        assertThat(api.delivery(held.getFirst()).path("status").asText()).isEqualTo("PENDING");
        assertThat(api.get("/v1/subscriptions?state=paused&enabled=true")
                        .expect(200)
                        .json()
                        .path("data")
                        .findValuesAsText("id"))
                .contains(subscription.path("id").asText());
        api.get("/v1/subscriptions?state=enabled").expect(422);

        JsonNode active = api.post(path + "/enable").expect(200).json();
        assertThat(active.path("state").asText()).isEqualTo("active");
        assertThat(active.has("replayId")).isFalse();
        held.forEach(event -> api.awaitDelivery(event, "SENT"));
        assertThat(receiver.received()).hasSize(2);
    }

    @Test
    void whatADisabledSubscriptionMissesIsCountedAndCaughtUp() {
        JsonNode subscription = api.subscribe(receiver.uri(), type);
        String path = "/v1/subscriptions/" + subscription.path("id").asText();
        api.awaitDelivery(api.publish(type, "{\"n\":0}"), "SENT");
        api.patch(path, "{\"state\":\"disabled\"}").expect(200);
        List<String> missed = List.of(api.publish(type, "{\"n\":1}"), api.publish(type, "{\"n\":2}"));

        JsonNode shown = api.get(path).expect(200).json();
        assertThat(shown.path("missed").path("count").asInt()).isEqualTo(2);
        assertThat(shown.path("missed").path("firstAt").asText())
                .isLessThanOrEqualTo(shown.path("missed").path("lastAt").asText());
        api.post(path + "/enable", "{\"catchUp\":\"all\"}").expect(422);
        api.post(path + "/enable", "{\"catchUp\":{\"since\":\"soon\"}}").expect(422);
        JsonNode enabled = api.post(path + "/enable", "{\"catchUp\":\"missed\",\"rateLimit\":100}")
                .expect(200)
                .json();

        String replay = enabled.path("replayId").asText();
        assertThat(enabled.path("missed").path("count").asInt()).isZero();
        eventually("the replay ends", () -> api.get("/v1/replays/" + replay)
                .expect(200)
                .json()
                .path("state")
                .asText()
                .equals("done"));
        missed.forEach(event -> api.awaitDelivery(event, "SENT"));
        assertThat(receiver.received().stream()
                        .filter(request -> replay.equals(request.header("X-Nexus-Replay")))
                        .map(request -> request.header("webhook-id")))
                .containsExactlyInAnyOrderElementsOf(missed);
        assertThat(receiver.received()).hasSize(3);

        api.patch(path, "{\"isEnabled\":false}").expect(200);
        api.publish(type, "{\"n\":3}");
        JsonNode warned = api.patch(path, "{\"isEnabled\":true}").expect(200).json();
        assertThat(warned.path("warnings").findValuesAsText("code")).contains("missed-events");
    }

    @Test
    void deletingMakesWhatIsOwedDeadAndKeepsTheHistory() {
        receiver.always(status(500));
        JsonNode subscription = api.subscribe(receiver.uri(), type);
        String event = api.publish(type, "{}");
        api.awaitDelivery(event, "FAILED");

        String path = "/v1/subscriptions/" + subscription.path("id").asText();
        api.delete(path).expect(204);

        JsonNode dead = api.awaitDelivery(event, "DEAD");
        assertThat(dead.path("deadReason").asText()).isEqualTo("subscription-deleted");
        assertThat(dead.path("attemptLog").size()).isGreaterThanOrEqualTo(1);
        api.get(path).expect(404);
        api.delete(path).expect(404);
        assertThat(api.post("/v1/deliveries/" + dead.path("id").asText() + "/retry")
                        .expect(409)
                        .json()
                        .path("code")
                        .asText())
                .isEqualTo("subscription-deleted");
    }

    @Test
    void goneDisablesTheSubscriptionWithAReason() {
        receiver.answer(status(410));
        JsonNode subscription = api.subscribe(receiver.uri(), type);
        String path = "/v1/subscriptions/" + subscription.path("id").asText();

        String event = api.publish(type, "{}");

        JsonNode dead = api.awaitDelivery(event, "DEAD");
        assertThat(dead.path("deadReason").asText()).isEqualTo("gone");
        eventually(
                "it is disabled", () -> !api.get(path).json().path("isEnabled").asBoolean());
        assertThat(api.get(path).json().path("disabledReason").asText()).contains("410");

        JsonNode enabled = api.patch(path, "{\"isEnabled\":true}").expect(200).json();
        assertThat(enabled.path("disabledReason").isNull()).isTrue();
        api.awaitDelivery(api.publish(type, "{}"), "SENT");
    }

    @Test
    void retryAfterHoldsTheWholeSubscription() {
        receiver.answer(status(503).header("Retry-After", "3"));
        api.subscribe(receiver.uri(), type);
        String first = api.publish(type, "{\"n\":1}");
        Instant held = receiver.await(1).getFirst().arrivedAt();
        api.awaitDelivery(first, "FAILED");

        String second = api.publish(type, "{\"n\":2}");

        List<Received> all = receiver.await(3);
        assertThat(Duration.between(held, all.get(1).arrivedAt())).isGreaterThan(Duration.ofMillis(2_900));
        assertThat(Duration.between(held, all.get(2).arrivedAt())).isGreaterThan(Duration.ofMillis(2_900));
        assertThat(api.awaitDelivery(first, "SENT").path("attempts").asInt()).isEqualTo(2);
        assertThat(api.awaitDelivery(second, "SENT").path("attempts").asInt()).isEqualTo(1);
    }

    @Test
    void aReceiverThatHangsTimesOutAndHoldsNobodyElseUp() {
        try (ScriptedReceiver hanging = ScriptedReceiver.start()) {
            hanging.always(hang());
            api.subscribe(hanging.uri(), type);
            api.subscribe(receiver.uri(), type + ".*");
            List<String> stuck = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                stuck.add(api.publish(type, "{}"));
            }
            hanging.await(1);

            Instant before = Instant.now();
            IntStream.range(0, 20).forEach(i -> api.publish(type + ".healthy", "{}"));
            receiver.await(20);
            assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(2));

            JsonNode failed = api.awaitDelivery(stuck.getFirst(), "FAILED");
            assertThat(failed.path("lastStatusCode").isNull()).isTrue();
            assertThat(failed.path("lastError").asText()).isNotEmpty();
            assertThat(failed.path("attemptLog").path(0).path("durationMs").asInt())
                    .isBetween(1_900, 4_000);
        }
    }

    @Test
    void aTestIsSentAtOnceAndAnsweredWithTheAttempt() {
        receiver.answer(status(202).body("thanks"), status(500));
        JsonNode subscription = api.subscribe(receiver.uri(), type);
        String path = "/v1/subscriptions/" + subscription.path("id").asText() + "/test";

        JsonNode attempt = api.post(path).expect(200).json();

        assertThat(attempt.path("statusCode").asInt()).isEqualTo(202);
        assertThat(attempt.path("responseBody").asText()).isEqualTo("thanks");
        Received webhook = receiver.await(1).getFirst();
        assertThat(webhook.header("X-Event-Type")).isEqualTo("nexus.test");
        Signatures.verify(webhook, subscription.path("secret").asText());
        assertThat(api.post(path).expect(200).json().path("statusCode").asInt()).isEqualTo(500);
        assertThat(api.get("/v1/deliveries?subscriptionId="
                                + subscription.path("id").asText())
                        .json()
                        .path("data"))
                .isEmpty();
    }

    @Test
    void ownHeadersAreSentAndShownOnlyWhenTheyAreKnownToBeHarmless() {
        JsonNode made = api.subscribe(
                receiver.uri(),
                type,
                ",\"headers\":{\"Authorization\":\"Bearer hush\",\"X-Team\":\"billing\",\"Accept\":\"text/plain\"}");
        assertThat(made.path("headers").path("Authorization").asText()).isEqualTo("***");
        assertThat(made.path("headers").path("X-Team").asText()).isEqualTo("***");
        assertThat(made.path("headers").path("Accept").asText()).isEqualTo("text/plain");

        api.publish(type, "{}");

        Received webhook = receiver.await(1).getFirst();
        assertThat(webhook.header("Authorization")).isEqualTo("Bearer hush");
        assertThat(webhook.header("X-Team")).isEqualTo("billing");
        assertThat(nexus.log()).doesNotContain("hush");
    }
}
