package nexus;

import static nexus.testkit.Eventually.eventually;
import static nexus.testkit.ScriptedReceiver.status;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import nexus.testkit.ApiClient;
import nexus.testkit.PackagedNexus;
import nexus.testkit.ScriptedReceiver;
import nexus.testkit.ScriptedReceiver.Received;
import nexus.testkit.ScriptedSmtp;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Previews, explanations, alerts and the README's recipes, each compared with the requests that arrive. */
class PreviewIT {
    private static final String PREVIEW = "/v1/subscriptions/preview";
    /** They differ between two requests for the same delivery, or belong to the connection. */
    private static final Set<String> OF_THE_MOMENT =
            Set.of("traceparent", "webhook-timestamp", "webhook-signature", "host", "content-length", "authorization");

    private static PackagedNexus nexus;
    private static ScriptedReceiver receiver;
    private static ApiClient api;
    private static ScriptedSmtp smtp;

    @BeforeAll
    static void start() throws IOException {
        receiver = ScriptedReceiver.start();
        smtp = ScriptedSmtp.answering(Map.of());
        nexus = PackagedNexus.start(Map.of("SMTP_URL", "smtp://127.0.0.1:" + smtp.port() + "?from=nexus@example.com"));
        api = nexus.api();
    }

    @AfterAll
    static void stop() throws IOException {
        nexus.close();
        receiver.close();
        smtp.close();
    }

    @Test
    void aThousandPreviewsAreWhatArrives() {
        Random random = new Random(19);
        List<String> subscriptions = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            subscriptions.add(subscription(i, random));
            api.post("/v1/subscriptions", subscriptions.getLast()).expect(201);
        }
        List<String> events = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            events.add(api.publish(pick(random, "order.paid", "order.new", "user.created"), data(random)));
        }
        Map<String, JsonNode> expected = new HashMap<>();
        for (int i = 0; i < subscriptions.size(); i++) {
            for (String event : events) {
                JsonNode preview = preview(subscriptions.get(i), "\"eventId\":\"" + event + "\"");
                if (!preview.path("request").isNull()) {
                    expected.put("p" + i + " " + event, preview.path("request"));
                } else if (preview.path("matched").asBoolean()) {
                    assertThat(preview.path("reason").asText()).startsWith("transform-failed: ");
                }
            }
        }
        assertThat(expected).hasSizeBetween(200, 800);
        eventually("all have arrived", () -> arrived("/p").size() >= expected.size());

        Map<String, Received> arrived = new HashMap<>();
        arrived("/p")
                .forEach(one ->
                        arrived.put(one.pathAndQuery().split("[/?]", -1)[1] + " " + one.header("webhook-id"), one));
        assertThat(arrived.keySet()).isEqualTo(expected.keySet());
        arrived.forEach((key, got) -> {
            JsonNode request = Objects.requireNonNull(expected.get(key), key);
            assertThat(request.path("method").asText()).as(key).isEqualTo(got.method());
            assertThat(request.path("url").asText())
                    .as(key)
                    .isEqualTo("http://127.0.0.1:" + receiver.port() + got.pathAndQuery());
            assertThat(request.path("body").asText()).as(key).isEqualTo(got.text());
            Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            request.path("headers")
                    .properties()
                    .forEach(header ->
                            headers.put(header.getKey(), header.getValue().asText()));
            Map<String, String> real = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            real.putAll(got.headers());
            assertThat(Stream.concat(headers.keySet().stream(), Stream.of("host", "content-length"))
                            .map(String::toLowerCase))
                    .as(key)
                    .containsAll(real.keySet());
            headers.keySet().removeAll(OF_THE_MOMENT);
            real.keySet().removeAll(OF_THE_MOMENT);
            assertThat(headers).as(key).isEqualTo(real);
        });

        JsonNode last = preview(subscriptions.getFirst(), "\"last\":250");
        assertThat(last.path("of").asInt()).isGreaterThanOrEqualTo(50);
        assertThat(last.path("matched").asInt()).isGreaterThanOrEqualTo((int)
                expected.keySet().stream().filter(key -> key.startsWith("p0 ")).count());
        assertThat(last.path("examples").size()).isLessThanOrEqualTo(5);
    }

    private static String subscription(int number, Random random) {
        String types = pick(random, "[\"order.*\"]", "[\"order.paid\",\"user.*\"]", "[\"*\"]");
        String filter = number == 0
                ? ""
                : pick(
                        random,
                        "",
                        ",\"filter\":{\"data\":{\"n\":{\"$gte\":9007199254740993}}}",
                        ",\"filter\":{\"data\":{\"s\":\"ü\"}}",
                        ",\"filter\":{\"data\":{\"tags\":\"a\"},\"metadata\":{\"x\":{\"$exist\":false}}}",
                        ",\"filter\":{\"$or\":[{\"type\":\"user.created\"},{\"data\":{\"s\":{\"$exist\":false}}}]}");
        String form = number == 0
                ? ""
                : pick(
                        random,
                        "",
                        ",\"transform\":{\"t\":\"{{type}}\",\"n\":\"{{data.n}}\"}",
                        ",\"transform\":{\"text\":\"{{data.s}} of {{data.n}}\"}", // fails without s
                        ",\"request\":{\"method\":\"PUT\",\"path\":\"/{{data.n}}?id={{id}}\"}",
                        ",\"request\":{\"method\":\"DELETE\",\"path\":\"/x\",\"headers\":{\"X-Type\":\"{{type}}\"}}");
        String access = pick(
                random,
                "",
                ",\"headers\":{\"Accept\":\"text/plain\"}",
                ",\"auth\":{\"type\":\"basic\",\"username\":\"u\",\"password\":\"very secret\"}");
        return """
               {"endpointUrl":"%s","eventTypes":%s,"secret":"correct horse"%s%s%s}""".formatted(receiver.uri("/p" + number), types, filter, form, access);
    }

    private static String data(Random random) {
        return "{\"n\":" + pick(random, "9007199254740992", "9007199254740993", "1.10", "7") + ",\"tags\":"
                + pick(random, "[]", "[\"a\",\"b\"]", "\"a\"", "null")
                + pick(random, "", ",\"s\":\"ü\"", ",\"s\":\"quote \\\" and \\u2028\"") + "}";
    }

    private static String pick(Random random, String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    @Test
    void aPreviewIsCheckedLikeACreationStoresNothingAndShowsNoCredentials() {
        int before = api.get("/v1/subscriptions?limit=250").json().path("data").size();
        String url = receiver.uri("/hidden").toString();
        String given = "\"event\":{\"type\":\"pg.public.orders.update\",\"data\":{\"record\":{\"total\":1.10}},"
                + "\"metadata\":{\"a\":1}}";
        ApiClient.Answer answer = api.post(
                        PREVIEW,
                        "{\"subscription\":{\"endpointUrl\":\"" + url + "\",\"eventTypes\":[\"pg.public.orders.*\"],"
                                + "\"headers\":{\"X-Api\":\"a-secret-value\",\"Accept\":\"a/b\"},"
                                + "\"auth\":{\"type\":\"bearer\",\"token\":\"a-secret-token\"}}," + given + "}")
                .expect(200);
        assertThat(answer.text()).doesNotContain("a-secret");
        JsonNode request = answer.json().path("request");
        assertThat(request.at("/headers/X-Api").asText()).isEqualTo("***");
        assertThat(request.at("/headers/Accept").asText()).isEqualTo("a/b");
        assertThat(request.path("headers").toString()).contains("Bearer ***");
        assertThat(request.path("body").asText()).contains("\"total\":1.10", "\"payload\":{\"data\":{\"record\"");

        JsonNode no = preview(
                "{\"endpointUrl\":\"" + url + "\",\"eventTypes\":[\"pg.public.orders.*\"],"
                        + "\"filter\":{\"data\":{\"record\":{\"total\":{\"$gt\":1.1}}}}}",
                given);
        assertThat(no.path("matched").asBoolean()).isFalse();
        assertThat(no.path("reason").asText()).contains("/data/record/total", "1.1", "1.10");
        assertThat(no.path("request").isNull()).isTrue();

        refused(
                "{\"subscription\":{\"endpointUrl\":\"ftp://x\",\"colour\":1}," + given + "}",
                "/subscription/endpointUrl",
                "/subscription/eventTypes",
                "/subscription/colour");
        refused(
                "{\"subscription\":{\"endpointUrl\":\"" + url
                        + "\",\"eventTypes\":[\"a\"],\"headers\":{\"X-Api\":\"***\"}}," + given + "}",
                "/subscription/headers/X-Api");
        refused(
                "{\"subscription\":{\"endpointUrl\":\"" + url + "\",\"eventTypes\":[\"a\"]},\"last\":1," + given + "}",
                "/eventId");
        refused("{\"subscription\":{\"endpointUrl\":\"" + url + "\",\"eventTypes\":[\"a\"]},\"last\":251}", "/last");
        refused(
                "{\"subscription\":{\"endpointUrl\":\"" + url
                        + "\",\"eventTypes\":[\"a\"]},\"event\":{\"type\":\"a b\"}}",
                "/event/type",
                "/event/data");
        api.post(
                        PREVIEW,
                        "{\"subscription\":{\"endpointUrl\":\"" + url
                                + "\",\"eventTypes\":[\"a\"]},\"eventId\":\"00000000-0000-7000-8000-000000000000\"}")
                .expect(404);
        assertThat(api.get("/v1/subscriptions?limit=250").json().path("data").size())
                .isEqualTo(before);
        assertThat(arrived("/hidden")).isEmpty();
    }

    private static void refused(String body, String... pointers) {
        JsonNode problem = api.post(PREVIEW, body).expect(422).json();
        assertThat(problem.path("errors").findValuesAsText("pointer")).contains(pointers);
    }

    @Test
    void anEventIsExplainedForEverySubscription() {
        JsonNode matching = api.subscribe(receiver.uri("/e1"), "explain.*");
        JsonNode filtered =
                api.subscribe(receiver.uri("/e2"), "explain.*", ",\"filter\":{\"data\":{\"status\":\"paid\"}}");
        JsonNode other = api.subscribe(receiver.uri("/e3"), "other.*");
        JsonNode disabled = api.subscribe(receiver.uri("/e4"), "explain.*", ",\"isEnabled\":false");
        String event = api.publish("explain.me", "{\"status\":\"new\"}");
        api.awaitDelivery(event, "SENT");
        JsonNode later = api.subscribe(receiver.uri("/e5"), "explain.*");

        JsonNode delivered = explained(event, matching);
        assertThat(delivered.path("matched").asBoolean()).isTrue();
        assertThat(delivered.path("status").asText()).isEqualTo("SENT");
        assertThat(delivered.path("deliveryId").asText())
                .isEqualTo(api.delivery(event).path("id").asText());
        JsonNode byFilter = explained(event, filtered);
        assertThat(byFilter.path("matched").asBoolean()).isFalse();
        assertThat(byFilter.has("deliveryId")).isFalse();
        assertThat(byFilter.path("reason").asText()).contains("/data/status", "\"paid\"", "\"new\"");
        assertThat(explained(event, other).path("reason").asText()).contains("explain.me", "other.*");
        assertThat(explained(event, disabled).path("reason").asText()).contains("disabled");
        assertThat(explained(event, later).path("reason").asText()).contains("made after the event");

        List<String> paged = new ArrayList<>();
        String next = "";
        do {
            JsonNode page = api.get("/v1/events/" + event + "/explain?limit=2" + next)
                    .expect(200)
                    .json();
            paged.addAll(page.path("data").findValuesAsText("subscriptionId"));
            next = page.path("next").isNull()
                    ? ""
                    : "&cursor=" + page.path("next").asText();
        } while (!next.isEmpty());
        assertThat(paged)
                .doesNotHaveDuplicates()
                .contains(matching.path("id").asText(), later.path("id").asText());

        String preview =
                "{\"subscription\":{\"endpointUrl\":\"http://127.0.0.1:9009\",\"eventTypes\":[\"*\"]},\"eventId\":\""
                        + event + "\"}";
        api.post(PREVIEW, preview).expect(200);
        api.delete("/v1/events/" + event + "/payload").expect(204);
        assertThat(explained(event, filtered).path("reason").asText()).contains("payload was erased");
        assertThat(explained(event, matching).path("status").asText()).isEqualTo("SENT");
        api.post(PREVIEW, preview).expect(410);
        api.get("/v1/events/00000000-0000-7000-8000-000000000000/explain").expect(404);
    }

    private static JsonNode explained(String event, JsonNode subscription) {
        return api.get("/v1/events/" + event + "/explain?subscriptionId="
                        + subscription.path("id").asText())
                .expect(200)
                .json()
                .path("data")
                .path(0);
    }

    /** The statements and requests of the README's section, in their order. Hosts become paths of the receiver. */
    @Test
    void theRecipesDoWhatTheySay() throws IOException {
        boolean[] up = {false};
        receiver.always(got -> status(got.pathAndQuery().startsWith("/down") && !up[0] ? 500 : 200));
        String section = Files.readString(Path.of("README.md"));
        section = section.substring(section.indexOf("## Recipes\n"));
        section = section.substring(0, section.indexOf("\n## ", 5));
        Matcher sql = Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL).matcher(section);
        while (sql.find()) {
            nexus.sql(sql.group(1).split(";\n"));
        }
        Matcher made = Pattern.compile("-d '(\\{.*?})'", Pattern.DOTALL).matcher(section);
        int recipes = 0;
        while (made.find()) {
            String hosts =
                    Pattern.compile("https://([a-z.]+)/").matcher(made.group(1)).replaceAll(receiver.uri("/") + "$1/");
            api.post("/v1/subscriptions", hosts).expect(201);
            recipes++;
        }
        assertThat(recipes).isEqualTo(7);
        api.subscribe(receiver.uri("/down/a"), "down.*");
        // it gets the alerts about itself
        api.post("/v1/subscriptions", """
                {"name":"self","endpointUrl":"%s","eventTypes":["down.*","nexus.subscription.*"]}""".formatted(receiver.uri("/down/b"))).expect(201);
        for (int i = 0; i < 15; i++) {
            api.publish("down.now", "{}");
        }

        nexus.sql(
                "INSERT INTO orders VALUES (17, 'new', 120.50, 'ann@example.com')",
                "UPDATE orders SET status = 'paid' WHERE id = 17",
                "UPDATE orders SET total = 99 WHERE id = 17",
                "DELETE FROM orders WHERE id = 17");

        eventually("the order is deleted", () -> arrived("/search").size() == 1);
        eventually(
                "the others have it",
                () -> arrived("/billing").size() == 1 && arrived("/hooks").size() == 1);
        assertThat(ApiClient.json(arrived("/billing").getFirst().text())
                        .at("/payload/data/record/status")
                        .asText())
                .isEqualTo("paid");
        assertThat(arrived("/hooks").getFirst().text()).isEqualTo("{\"text\":\"Order 17 is paid: 120.50\"}");
        eventually(
                "the warehouse has all four changes",
                () -> arrived("/warehouse").stream()
                                .mapToInt(one -> Integer.parseInt(one.header("X-Batch-Size")))
                                .sum()
                        == 4);
        eventually("sales has the mail", () -> smtp.mails().size() == 1);
        assertThat(smtp.mails().getFirst().to()).containsExactly("<sales@example.com>");
        assertThat(smtp.mails().getFirst().content())
                .contains("Subject: Order 17: 120.50\r\n", "ann@example.com has ordered.");
        eventually("analytics has the order", () -> arrived("/analytics").size() == 1);
        assertThat(arrived("/analytics").getFirst().text())
                .contains("\"email\":\"hmac-sha256:")
                .doesNotContain("ann@");
        Received deleted = arrived("/search").getFirst();
        assertThat(deleted.method() + " " + deleted.pathAndQuery()).isEqualTo("DELETE /search.example.com/orders/17");

        eventually(
                "both failures are announced",
                () -> alerts("nexus.subscription.failing").size() == 2);
        JsonNode failing = alerts("nexus.subscription.failing").getFirst();
        assertThat(failing.path("lastStatusCode").asInt()).isEqualTo(500);
        assertThat(failing.path("lastError").asText()).isEqualTo("answered 500");
        assertThat(failing.path("since").asText()).startsWith("20");
        up[0] = true;
        eventually(
                "both recoveries are announced",
                Duration.ofSeconds(30),
                () -> alerts("nexus.subscription.recovered").size() == 2);
        assertThat(alerts("nexus.subscription.failing")).as("on change only").hasSize(2);
        assertThat(alerts("nexus.subscription.failing").stream()
                        .map(alert -> alert.path("name").asText()))
                .containsExactlyInAnyOrder("test", "self");
    }

    private static List<JsonNode> alerts(String type) {
        return arrived("/ops.example.com").stream()
                .filter(one -> one.header("X-Event-Type").equals(type))
                .map(one -> ApiClient.json(one.text()).at("/payload/data"))
                .toList();
    }

    private static List<Received> arrived(String path) {
        return receiver.received().stream()
                .filter(one -> one.pathAndQuery().startsWith(path))
                .toList();
    }

    private static JsonNode preview(String subscription, String source) {
        return api.post(PREVIEW, "{\"subscription\":" + subscription + "," + source + "}")
                .expect(200)
                .json();
    }
}
