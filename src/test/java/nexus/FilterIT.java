package nexus;

import static nexus.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import nexus.testkit.ApiClient;
import nexus.testkit.ApiClient.Answer;
import nexus.testkit.PackagedNexus;
import nexus.testkit.ScriptedReceiver;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Subscriptions that want only some of the events of a type. */
class FilterIT {
    @AutoClose
    private static PackagedNexus nexus;

    private static ApiClient api;

    @AutoClose
    private final ScriptedReceiver receiver = ScriptedReceiver.start();

    @BeforeAll
    static void startNexus() {
        nexus = PackagedNexus.start(Map.of());
        api = nexus.api();
    }

    private JsonNode subscribe(String eventType, String filter) {
        return api.subscribe(receiver.uri(), eventType, ",\"filter\":" + filter);
    }

    private List<String> seen(String field) {
        return receiver.received().stream()
                .map(webhook -> ApiClient.json(webhook.text())
                        .path("payload")
                        .path("data")
                        .at(field)
                        .asText())
                .toList();
    }

    @Test
    void onlyPublishedEventsThatMatchAreSent() {
        subscribe("filter.published", "{\"data\":{\"n\":{\"$in\":[9007199254740993,1.10]},\"tags\":\"vip\"}}");
        for (String data : List.of(
                "{\"is\":\"a\",\"n\":9007199254740993,\"tags\":[\"new\",\"vip\"]}",
                "{\"is\":\"b\",\"n\":9007199254740992,\"tags\":\"vip\"}",
                "{\"is\":\"c\",\"n\":\"1.10\",\"tags\":\"vip\"}",
                "{\"is\":\"d\",\"n\":1.1,\"tags\":\"new\"}",
                "{\"is\":\"e\",\"n\":11e-1,\"tags\":\"vip\"}")) {
            api.publish("filter.published", data);
        }
        receiver.await(2);
        assertThat(seen("/is")).containsExactlyInAnyOrder("a", "e");
    }

    @Test
    void ordersThatBecamePaidAreSent() {
        nexus.sql("CREATE TABLE became (id int PRIMARY KEY, status text, total numeric, customer_id bigint)");
        nexus.sql("ALTER TABLE became REPLICA IDENTITY FULL");
        JsonNode subscription = subscribe("pg.public.became.*", """
                {"data":{"record":{"status":"paid","total":{"$gte":100},"customer_id":{"$in":[7,8]}},
                         "old_record":{"status":{"$neq":"paid"}}}}""");
        assertThat(subscription.path("warnings").findValuesAsText("code"))
                .noneMatch(code -> code.startsWith("filter-"));
        nexus.sql(
                "INSERT INTO became VALUES (1, 'new', 100.00, 7), (2, 'paid', 100.0, 8), (3, 'new', 99.99, 7),"
                        + " (4, 'new', 100, 9)",
                "UPDATE became SET status = 'paid'",
                "UPDATE became SET total = 500",
                "DELETE FROM became");
        receiver.await(2);
        nexus.sql("INSERT INTO became VALUES (5, 'paid', 1e30, 7)");
        receiver.await(3);
        assertThat(seen("/record/id")).containsExactlyInAnyOrder("2", "1", "5");
    }

    @Test
    void whatTheWalDoesNotCarryIsWarnedOfAndCounted() {
        nexus.sql("CREATE TABLE unseen (id int PRIMARY KEY, status text, n int)");
        JsonNode subscription = subscribe("pg.public.unseen.update", """
                {"data":{"record":{"status":{"$changed":true},"n":"1","none":{"$exist":false}}}}""");
        assertThat(subscription.path("warnings").findValuesAsText("code"))
                .contains("filter-needs-old-values", "filter-type-mismatch", "filter-unknown-column");
        assertThat(subscription.path("warnings").findValuesAsText("fix"))
                .contains("ALTER TABLE \"public\".\"unseen\" REPLICA IDENTITY FULL;");
        String id = subscription.path("id").asText();
        api.patch("/v1/subscriptions/" + id, "{\"filter\":{\"data\":{\"record\":{\"status\":{\"$changed\":true}}}}}")
                .expect(200);
        nexus.sql("INSERT INTO unseen VALUES (1, 'new', 1)", "UPDATE unseen SET status = 'paid'");
        eventually(
                "the undecided event is counted",
                () -> api.get("/v1/subscriptions/" + id + "/stats")
                                .expect(200)
                                .json()
                                .path("filterUnknown")
                                .asInt()
                        == 1);
        assertThat(receiver.received()).isEmpty();
    }

    @Test
    void aFilterIsShownAsItWasWrittenAndCanBeChanged() {
        String filter = "{ \"data\": {\"n\": {\"$gt\": 1.10, \"$lt\": 1e400}, \"s\": \"\\u00e9\"} }";
        String id = subscribe("filter.shown", filter).path("id").asText();
        assertThat(api.get("/v1/subscriptions/" + id).expect(200).text()).contains("\"filter\":" + filter);
        assertThat(api.get("/v1/subscriptions").expect(200).text()).contains("\"filter\":" + filter);

        String same = """
                {"name":"x","endpointUrl":"%s","eventTypes":["filter.shown"],\
                "filter":{"data":{"s":"é","n":{"$lt":10e399,"$gt":1.1}}}}""".formatted(receiver.uri());
        api.post("/v1/subscriptions", same).expect(409);
        api.post("/v1/subscriptions", same.replace("1.1}", "1.2}")).expect(201);

        Answer whole = api.get("/v1/subscriptions/" + id);
        assertThat(api.patch("/v1/subscriptions/" + id, whole.text())
                        .expect(200)
                        .text())
                .contains("\"filter\":" + filter);
        assertThat(api.patch("/v1/subscriptions/" + id, "{\"filter\":{}}")
                        .expect(200)
                        .json()
                        .path("filter")
                        .isNull())
                .isTrue();
        api.publish("filter.shown", "{\"n\":0}");
        receiver.await(1);
    }

    @Test
    void aWrongFilterIsRefusedWithItsPointer() {
        Answer refused = api.post("/v1/subscriptions", """
                {"endpointUrl":"%s","eventTypes":["a"],\
                "filter":{"data":{"tags":["a"],"s":{"$regex":"^a"}},"$or":[]}}""".formatted(receiver.uri()));
        refused.expect(422);
        assertThat(refused.json().path("errors").findValuesAsText("pointer"))
                .containsExactly("/filter/data/tags", "/filter/data/s/$regex", "/filter/$or");
    }
}
