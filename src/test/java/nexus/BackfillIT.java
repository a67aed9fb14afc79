package nexus;

import static nexus.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import nexus.testkit.ApiClient;
import nexus.testkit.PackagedNexus;
import nexus.testkit.ScriptedReceiver;
import nexus.testkit.ScriptedReceiver.Received;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Existing rows arrive while they change, from outside. */
class BackfillIT {
    private static final int ROWS = 4_000;

    @AutoClose
    private static PackagedNexus nexus;

    @AutoClose
    private final ScriptedReceiver receiver = ScriptedReceiver.start();

    @AutoClose
    private final ScriptedReceiver other = ScriptedReceiver.start();

    @BeforeAll
    static void startNexus() {
        nexus = PackagedNexus.start(Map.of());
    }

    private static JsonNode backfill(String subscription, String table, String more) {
        return nexus.api()
                .post(
                        "/v1/backfills",
                        "{\"subscriptionId\":\"" + subscription + "\",\"table\":\"" + table + "\"" + more + "}")
                .expect(202)
                .json();
    }

    private static JsonNode shown(JsonNode job) {
        return nexus.api()
                .get("/v1/backfills/" + job.path("id").asText())
                .expect(200)
                .json();
    }

    private static String state(JsonNode job) {
        return shown(job).path("state").asText();
    }

    @Test
    void rowsArriveInTheirNewestStateWhileTheyChangeAndNexusIsKilled() throws Exception {
        nexus.sql(
                "CREATE SEQUENCE versions",
                "CREATE TABLE stock (id int PRIMARY KEY, v bigint NOT NULL)",
                "INSERT INTO stock SELECT g, nextval('versions') FROM generate_series(1, " + ROWS + ") g");
        String subscription = nexus.api()
                .subscribe(receiver.uri(), "pg.public.stock.*", ",\"concurrency\":64")
                .path("id")
                .asText();
        nexus.api().subscribe(other.uri(), "pg.public.stock.**");
        AtomicBoolean isOver = new AtomicBoolean();
        Thread writer = Thread.ofPlatform().start(() -> write(isOver));
        JsonNode job = backfill(subscription, "stock", "");

        eventually("a part arrived", () -> snapshots().size() > ROWS / 4);
        nexus.kill9();
        nexus.restart();
        eventually("all rows are read", Duration.ofMinutes(2), () -> state(job).equals("done"));
        isOver.set(true);
        writer.join();
        nexus.sql("INSERT INTO stock VALUES (0, nextval('versions'))");

        Map<String, String> expected = new HashMap<>();
        nexus.query("SELECT id || '=' || v FROM stock")
                .forEach(row -> expected.put(row.split("=", -1)[0], row.split("=", -1)[1]));
        eventually("the receiver has the table", Duration.ofMinutes(1), () -> table().equals(expected));
        assertThat(shown(job).path("total").asLong())
                .isEqualTo(shown(job).path("done").asLong());
        assertThat(snapshots()).allSatisfy(request -> {
            assertThat(request.header("X-Nexus-Replay"))
                    .isEqualTo(job.path("id").asText());
            assertThat(request.header("X-Event-Type")).isEqualTo("pg.public.stock.snapshot");
        });
        Set<String> rows = new HashSet<>();
        Set<String> ids = new HashSet<>();
        snapshots().forEach(request -> {
            ids.add(request.header("webhook-id"));
            rows.add(data(request).path("record").path("id").asText());
        });
        assertThat(ids).as("one event for each row").hasSameSizeAs(rows);
        assertThat(other.received())
                .noneMatch(request -> request.header("X-Event-Type").endsWith("snapshot"));
    }

    private static void write(AtomicBoolean isOver) {
        Random random = new Random(3);
        try (Connection connection = nexus.connect();
                Statement statement = connection.createStatement()) {
            while (!isOver.get()) {
                int id = 1 + random.nextInt(ROWS);
                statement.execute(
                        random.nextInt(5) == 0
                                ? "DELETE FROM stock WHERE id = " + id
                                : "UPDATE stock SET v = nextval('versions') WHERE id = " + id);
                Thread.sleep(3);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static JsonNode data(Received request) {
        return ApiClient.json(request.text()).path("payload").path("data");
    }

    private List<Received> snapshots() {
        return receiver.received().stream()
                .filter(request -> request.header("X-Event-Type").endsWith(".snapshot"))
                .toList();
    }

    /** As a receiver keeps it that ignores ids that it knows. */
    private Map<String, String> table() {
        Map<String, String> table = new HashMap<>();
        Set<String> known = new HashSet<>();
        for (Received request : receiver.received()) {
            if (known.add(request.header("webhook-id"))) {
                JsonNode data = data(request);
                if (data.path("record").isObject()) {
                    table.put(
                            data.path("record").path("id").asText(),
                            data.path("record").path("v").asText());
                } else {
                    table.remove(data.path("old_record").path("id").asText());
                }
            }
        }
        return table;
    }

    @Test
    void aConditionAFilterAndColumnsApplyAndTheRateIsKept() {
        nexus.sql(
                "CREATE TABLE parcel (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), n int, status text, secret text)",
                "INSERT INTO parcel (n, status, secret) SELECT g, CASE g % 2 WHEN 0 THEN 'open' ELSE 'closed' END, 's'"
                        + " FROM generate_series(1, 200) g");
        String subscription = nexus.api()
                .subscribe(
                        receiver.uri(),
                        "user.created",
                        ",\"filter\":{\"data\":{\"record\":{\"n\":{\"$lte\":40}}}},\"columns\":{\"exclude\":[\"secret\"]}")
                .path("id")
                .asText();
        JsonNode job = backfill(subscription, "public.parcel", ",\"where\":\"status = 'open'\",\"rateLimit\":100");

        assertThat(job.path("total").asLong()).isEqualTo(100);
        assertThat(job.path("where").asText()).isEqualTo("status = 'open'");
        eventually("done", () -> state(job).equals("done"));
        eventually("rows arrived", () -> receiver.received().size() == 20);
        assertThat(receiver.received()).allSatisfy(request -> {
            assertThat(data(request).path("type").asText()).isEqualTo("SNAPSHOT");
            assertThat(data(request).path("record").has("secret")).isFalse();
            assertThat(data(request).path("record").path("n").asInt() % 2).isZero();
        });
    }

    @Test
    void aBackfillIsPausedResumedAndCancelled() {
        nexus.sql("CREATE TABLE slow (id int PRIMARY KEY)", "INSERT INTO slow SELECT generate_series(1, 400)");
        String subscription =
                nexus.api().subscribe(receiver.uri(), "a.b").path("id").asText();
        JsonNode job = backfill(subscription, "slow", ",\"rateLimit\":20");
        String path = "/v1/backfills/" + job.path("id").asText();
        eventually("a part arrived", () -> receiver.received().size() > 10);

        nexus.api().post(path + "/pause", "").expect(200);
        eventually(
                "what is owed arrives",
                () -> receiver.received().size() == shown(job).path("done").asInt());
        assertThat(state(job)).isEqualTo("paused");
        nexus.api().post(path + "/resume", "").expect(200);
        int before = receiver.received().size();
        eventually("more arrived", () -> receiver.received().size() > before);
        assertThat(nexus.api()
                        .post(path + "/cancel", "")
                        .expect(200)
                        .json()
                        .path("state")
                        .asText())
                .isEqualTo("cancelled");
        assertThat(nexus.api()
                        .get("/v1/backfills?state=cancelled&subscriptionId=" + subscription)
                        .json()
                        .path("data"))
                .hasSize(1);
        assertThat(nexus.api().post(path + "/resume", "").status()).isEqualTo(409);
    }

    @Test
    void whatCannotBeReadIsRefusedWithTheReason() {
        nexus.sql("CREATE TABLE keyless (a int)", "CREATE TABLE keyed (a int PRIMARY KEY)");
        String subscription =
                nexus.api().subscribe(receiver.uri(), "a.c").path("id").asText();
        Map<String, String> refusals = Map.of(
                "\"table\":\"keyless\"", "no primary key",
                "\"table\":\"nosuch\"", "does not exist",
                "\"table\":\"nexus.job\"", "schema nexus",
                "\"table\":\"keyed\",\"where\":\"true); DROP TABLE keyed; --\"", "/where",
                "\"table\":\"keyed\",\"where\":\"b = 1\"", "/where",
                "\"table\":\"keyed\",\"where\":\"pg_sleep(9) IS NULL\"", "must not call pg_sleep",
                "\"table\":\"keyed\",\"rateLimit\":0", "/rateLimit",
                "\"table\":\"keyed\",\"other\":1", "/other");

        refusals.forEach((fields, reason) -> {
            ApiClient.Answer answer =
                    nexus.api().post("/v1/backfills", "{\"subscriptionId\":\"" + subscription + "\"," + fields + "}");
            assertThat(answer.status()).as(fields).isEqualTo(422);
            assertThat(answer.text()).as(fields).contains(reason);
        });
    }
}
