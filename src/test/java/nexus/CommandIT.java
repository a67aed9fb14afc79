package nexus;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import nexus.testkit.ApiClient;
import nexus.testkit.NexusProgram;
import nexus.testkit.NexusProgram.Finished;
import nexus.testkit.PackagedNexus;
import nexus.testkit.ScriptedReceiver;
import nexus.testkit.TerminalReceiver;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The program's commands, and how {@code serve} starts or says why it does not. */
class CommandIT {
    private static final String SECRET_KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

    @AutoClose
    private static PackagedNexus nexus;

    @BeforeAll
    static void startNexus() {
        nexus = PackagedNexus.start(Map.of());
    }

    @Test
    void versionTellsVersionAndCommit() {
        Finished finished = NexusProgram.run(Map.of(), "version");
        assertThat(finished.exitCode()).isZero();
        assertThat(finished.output()).matches("nexus \\d+\\.\\d+\\.\\d+\\S* .*\\R");
    }

    @Test
    void anUnknownCommandIsToldTheKnownOnes() {
        Finished finished = NexusProgram.run(Map.of(), "serv");
        assertThat(finished.exitCode()).isEqualTo(2);
        assertThat(finished.output()).contains("serve", "doctor", "listen", "sql", "version");
    }

    @Test
    void sqlPrintsTheRowsOfTheRunningDatabase() {
        Finished rows = NexusProgram.run(nexus.environment(), "sql", "SELECT 1 AS one, NULL AS none, 'é' AS letter");
        assertThat(rows.exitCode()).isZero();
        assertThat(rows.output()).contains("one", "none", "letter", "é", "1 row");

        Finished inserted = NexusProgram.run(
                nexus.environment(), "sql", "INSERT INTO users (email, name) VALUES ('s@example.com', 'S')");
        assertThat(inserted.output()).contains("1 row");
        assertThat(nexus.query("SELECT name FROM users WHERE email = 's@example.com'"))
                .containsExactly("S");

        Finished wrong = NexusProgram.run(nexus.environment(), "sql", "SELECT nonsense");
        assertThat(wrong.exitCode()).isNotZero();
        assertThat(wrong.output()).contains("nonsense").doesNotContain("\tat ");
    }

    @Test
    void doctorFindsNothingWrongWithTheEmbeddedDatabase() {
        nexus.api().post("/api/v1/listeners", """
                        {"name":"Doctor","source_table":"users","event":"INSERT","target_url":"http://localhost:65533/doctor"}""").expect(201);

        Finished healthy = NexusProgram.run(nexus.environment(), "doctor");
        assertThat(healthy.exitCode()).as(healthy.output()).isZero();
        assertThat(healthy.output())
                .contains("ok    max_slot_wal_keep_size", "public.users", "checks are ok")
                .doesNotContain("warn", "FAIL");

        Finished json = NexusProgram.run(nexus.environment(), "doctor", "--json");
        assertThat(json.exitCode()).isZero();
        assertThat(json.output()).startsWith("{\"status\":\"ok\",\"checks\":[{\"check\":\"source-reachable\"");
        JsonNode served = nexus.api().get("/v1/doctor").expect(200).json();
        assertThat(served.path("status").asText()).isEqualTo("ok");
        assertThat(json.output())
                .contains(
                        "\"check\":\"store-secret-key\",\"status\":\"ok\",\"detail\":\"opens what is stored\",\"fix\":null");
        assertThat(served.path("checks").findValuesAsText("check")).contains("slot", "position", "store-secret-key");
    }

    @Test
    void doctorEndsWithOneWhenACheckFails() {
        String database = TestPostgres.freshDatabase(); // on a server that keeps WAL without limit
        Finished failed = NexusProgram.run(with(external(database), Map.of("NEXUS_SLOT", "command_doctor")), "doctor");
        assertThat(failed.exitCode()).isEqualTo(1);
        assertThat(failed.output())
                .contains("FAIL  max_slot_wal_keep_size", "      ALTER SYSTEM SET max_slot_wal_keep_size = '")
                .doesNotContain("\tat ", SECRET_KEY);

        Finished nothingRuns = NexusProgram.run(Map.of(), "doctor");
        assertThat(nothingRuns.exitCode()).isEqualTo(1);
        assertThat(nothingRuns.output()).contains("      ./nexus serve");

        assertThat(NexusProgram.run(Map.of(), "doctor", "--yaml").exitCode()).isEqualTo(2);
        assertThat(NexusProgram.run(Map.of("DATABASE_URL", "mysql://u:hush@x/y"), "doctor")
                        .exitCode())
                .isEqualTo(2);
    }

    @Test
    void healthAsksTheProbesOfTheOneThatRuns() {
        for (String probe : List.of("live", "ready", "started")) {
            Finished up = NexusProgram.run(nexus.environment(), "health", probe);
            assertThat(up.exitCode()).as(up.output()).isZero();
            assertThat(up.output()).contains("\"status\": \"UP\"");
        }
        assertThat(NexusProgram.run(nexus.environment(), "health").exitCode()).isZero();

        Finished none = NexusProgram.run(Map.of("MANAGEMENT_PORT", "1"), "health");
        assertThat(none.exitCode()).isEqualTo(1);
        assertThat(none.output()).contains("127.0.0.1:1/q/health/ready").doesNotContain("\tat ");
        assertThat(NexusProgram.run(Map.of(), "health", "well").exitCode()).isEqualTo(2);
    }

    @Test
    void listenPrintsWhatComesAndVerifiesIt() {
        String secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        try (TerminalReceiver listening = TerminalReceiver.start("--fail-first", "1", "--secret", secret)) {
            nexus.api().subscribe(listening.uri(), "command.listen", ",\"secret\":\"" + secret + "\"");

            String event = nexus.api().publish("command.listen", "{\"price\":1.00}");

            JsonNode delivery = nexus.api().awaitDelivery(event, "SENT");
            assertThat(delivery.path("attempts").asInt()).isEqualTo(2);
            assertThat(listening.output())
                    .contains("attempt 1  signature ok  answered 500")
                    .contains("attempt 2  signature ok  answered 200")
                    .contains("1.00")
                    .contains(event);
        }
    }

    @Test
    void withoutKeysOnlyThisMachineMayAsk() throws IOException {
        assertThat(statusForHost("localhost")).isEqualTo(200);
        assertThat(statusForHost("evil.example.com")).isEqualTo(403);
        ApiClient page = nexus.api().with("Origin", "https://evil.example.com");
        page.get("/v1/events").expect(403);
        page.post("/v1/events", "{\"type\":\"a\",\"data\":{}}").expect(403);
        nexus.api().with("Origin", "http://localhost:5173").get("/v1/events").expect(200);
    }

    @Test
    void aPortInUseIsNamed() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            Finished refused = NexusProgram.run(
                    with(
                            external(TestPostgres.freshDatabase()),
                            Map.of("HOST", "127.0.0.1", "PORT", port, "NEXUS_ROLES", "api")),
                    "serve");
            assertThat(refused.exitCode()).isNotZero();
            assertThat(refused.output()).contains("port " + port + " (PORT)").doesNotContain("\tat ");
        }
    }

    @Test
    void anExternalDatabaseServesAsStoreAndSource() {
        String database = TestPostgres.freshDatabase();
        TestPostgres.execute(database, "CREATE TABLE orders (id int PRIMARY KEY)");
        try (ScriptedReceiver receiver = ScriptedReceiver.start();
                PackagedNexus external = PackagedNexus.start(
                        with(external(database), Map.of("TARGETS_ALLOW", "127.0.0.1", "NEXUS_SLOT", "command_it")))) {
            external.api().get("/v1/events").expect(401);
            ApiClient api = external.api().with("X-API-Key", "command-key-0123456789");
            api.subscribe(receiver.uri(), "pg.public.orders.insert");

            TestPostgres.execute(database, "INSERT INTO orders VALUES (7)");

            assertThat(receiver.await(1).getFirst().text()).contains("\"record\":{\"id\":7}");
            api.post("/api/v1/test/users", "{\"email\":\"a@example.com\",\"name\":\"A\"}")
                    .expect(404);
            assertThat(external.log()).doesNotContain("psql").doesNotContain(SECRET_KEY);
            assertThat(external.terminate()).isIn(NexusProgram.statusesOfAPoliteEnd());
            assertThat(TestPostgres.query(
                            database, "SELECT active FROM pg_replication_slots WHERE slot_name = 'command_it'"))
                    .containsExactly("f");
        }
    }

    @Test
    void targetsThatAreNotPublicAreRefusedUnlessAllowed() {
        String database = TestPostgres.freshDatabase();
        try (ScriptedReceiver receiver = ScriptedReceiver.start();
                PackagedNexus external =
                        PackagedNexus.start(with(external(database), Map.of("NEXUS_SLOT", "command_it_guard")))) {
            ApiClient api = external.api().with("X-API-Key", "command-key-0123456789");
            JsonNode made = api.subscribe(receiver.uri(), "command.guard");
            String event = api.publish("command.guard", "{}");
            JsonNode delivery = api.awaitDelivery(event, "FAILED");
            assertThat(delivery.path("lastError").asText()).contains("127.0.0.1");
            assertThat(made.path("warnings").findValuesAsText("code")).isNotEmpty();
            assertThat(receiver.connections()).isZero();
        }
    }

    @Test
    void anExternalDatabaseWithoutAKeyIsRefusedInOneLine() {
        Map<String, String> environment = new TreeMap<>(external("postgresql://postgres@localhost:1/none"));
        environment.remove("API_KEYS");
        assertRefused(environment, "API_KEYS");
        environment.put("API_KEYS", "some-key-0123456789ab");
        environment.remove("NEXUS_SECRET_KEY");
        assertRefused(environment, "NEXUS_SECRET_KEY");
    }

    @Test
    void aVariableThatDoesNotParseIsNamedInOneLineWithoutItsValue() {
        assertRefused(Map.of("DELIVERY_BACKOFF_CAP", "later"), "DELIVERY_BACKOFF_CAP");
        assertRefused(Map.of("PORT", "http"), "PORT");
        assertRefused(
                Map.of("DATABASE_URL", "mysql://u:hush@localhost/x", "API_KEYS", "k-0123456789abcdefghi"),
                "DATABASE_URL");
        assertRefused(Map.of("HOST", "0.0.0.0"), "API_KEYS");
    }

    @Test
    void aSourceWithTheWrongWalLevelIsRefusedInOneLine() throws IOException {
        try (EmbeddedPostgres replica = EmbeddedPostgres.builder()
                .setServerConfig("wal_level", "replica")
                .start()) {
            String url = "postgresql://postgres@localhost:" + replica.getPort() + "/postgres";
            assertThat(assertRefused(external(url), "DATABASE_URL")).contains("wal_level = replica", "ALTER SYSTEM");
        }
    }

    private static String assertRefused(Map<String, String> environment, String named) {
        Finished finished = NexusProgram.run(environment, "serve");
        assertThat(finished.exitCode()).isEqualTo(2);
        assertThat(finished.output().lines())
                .as(finished.output())
                .singleElement()
                .asString()
                .startsWith("nexus: ")
                .contains(named)
                .doesNotContain("hush");
        return finished.output();
    }

    private static Map<String, String> external(String url) {
        return Map.of("DATABASE_URL", url, "API_KEYS", "command-key-0123456789", "NEXUS_SECRET_KEY", SECRET_KEY);
    }

    private static Map<String, String> with(Map<String, String> environment, Map<String, String> more) {
        Map<String, String> all = new TreeMap<>(environment);
        all.putAll(more);
        return all;
    }

    /** By hand: the client library does not let a test choose the header Host. */
    private static int statusForHost(String host) throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), nexus.uri("/").getPort())) {
            socket.getOutputStream()
                    .write(("GET /v1/events HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            try (InputStream answer = socket.getInputStream()) {
                List<String> lines = new String(answer.readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .toList();
                return Integer.parseInt(lines.getFirst().split(" ", -1)[1]);
            }
        }
    }
}
