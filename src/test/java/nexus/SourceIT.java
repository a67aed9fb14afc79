package nexus;

import static nexus.testkit.Eventually.eventually;
import static nexus.testkit.ScriptedReceiver.status;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import nexus.testkit.PackagedNexus;
import nexus.testkit.ScriptedReceiver;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is done to the source's slot from outside, and what Nexus does about it. */
class SourceIT {
    @AutoClose
    private static PackagedNexus nexus;

    @AutoClose
    private final ScriptedReceiver receiver = ScriptedReceiver.start();

    @BeforeAll
    static void startNexus() {
        nexus = PackagedNexus.start(Map.of());
        nexus.sql("CREATE TABLE stock (id int PRIMARY KEY, amount int)");
    }

    @Test
    void aSlotDroppedUnderItIsShownResetOnRequestAndTheGapDelivered() {
        nexus.api().subscribe(receiver.uri("/changes"), "pg.public.stock.*");
        nexus.api().subscribe(receiver.uri("/own"), "nexus.source.*");
        nexus.sql("INSERT INTO stock VALUES (1, 1)");
        receiver.await(1);

        eventually("the slot is dropped", () -> !nexus.query("""
                        SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE active""").isEmpty() && isDropped());
        eventually("health says lost", () -> capture().path("status").asText().equals("lost"));
        assertThat(nexus.api()
                        .get("/v1/health")
                        .expect(503)
                        .json()
                        .at("/capture/detail")
                        .asText())
                .contains("POST /v1/source/reset");
        assertThat(nexus.management().get("/q/health/ready").text())
                .contains("\"lost\"")
                .doesNotContain("/v1/source/reset");
        nexus.sql("INSERT INTO stock VALUES (2, 2)");

        JsonNode accepted = nexus.api()
                .post("/v1/source/reset", "{\"from\":\"now\"}")
                .expect(202)
                .json();
        assertThat(accepted.path("slot").asText()).isEqualTo("nexus");
        eventually(
                "health is ok",
                () -> nexus.api().get("/v1/health").status() == 200
                        && capture().path("status").asText().equals("streaming"));
        assertThat(capture().at("/gap/reason").asText()).contains("dropped");
        nexus.sql("INSERT INTO stock VALUES (3, 3)");

        List<ScriptedReceiver.Received> all = receiver.await(3);
        assertThat(all)
                .anySatisfy(gap -> assertThat(gap.text()).contains("nexus.source.gap", "\"from\":", "\"since\":"));
        assertThat(all).anySatisfy(change -> assertThat(change.text()).contains("{\"id\":3,\"amount\":3}"));
        assertThat(all).noneSatisfy(missed -> assertThat(missed.text()).contains("\"id\":2"));
        assertThat(nexus.management().get("/q/metrics").text()).contains("nexus_capture_gaps_total 1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"from\":\"yesterday\"}|422|/from",
                "{}|422|/from",
                "{\"from\":\"now\",\"slot\":\"x\"}|422|/slot",
                "[]|422|''",
                "x|400|''"
            })
    void aResetThatIsNotUnderstoodChangesNothing(String body, int status, String pointer) {
        JsonNode problem =
                nexus.api().post("/v1/source/reset", body).expect(status).json();
        assertThat(problem.at("/errors/0/pointer").asText()).isEqualTo(pointer);
    }

    @Test
    void aSlotThatIsReadIsNotReset() {
        eventually("it streams", () -> capture().path("status").asText().equals("streaming"));
        assertThat(nexus.api()
                        .post("/v1/source/reset", "{\"from\":\"now\"}")
                        .expect(409)
                        .json()
                        .path("code")
                        .asText())
                .isEqualTo("capture-not-lost");
    }

    @Test
    void aDeadEndpointHoldsNoWal() {
        nexus.sql("CREATE TABLE noise (id int, text text)");
        receiver.always(status(500));
        nexus.api().subscribe(receiver.uri("/dead"), "pg.public.noise.insert");
        String before = nexus.query("SELECT pg_current_wal_lsn()").getFirst();
        nexus.sql("INSERT INTO noise SELECT i, repeat('x', 1000) FROM generate_series(1, 2000) i");
        receiver.await(1);
        eventually("the slot is past what is still owed", Duration.ofSeconds(30), () -> nexus.query(
                        "SELECT confirmed_flush_lsn - '" + before + "'::pg_lsn > 2000000 FROM pg_replication_slots")
                .equals(List.of("t")));
        assertThat(nexus.api().get("/v1/stats").json().path("deliveriesSent").asInt())
                .isLessThan(2000);
    }

    private static boolean isDropped() {
        return nexus.query("""
                        SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active""").size() == 1;
    }

    private static JsonNode capture() {
        return nexus.api().get("/v1/health").json().path("capture");
    }
}
