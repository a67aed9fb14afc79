package nexus;

import static nexus.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nexus.testkit.ApiClient;
import nexus.testkit.NexusProgram;
import nexus.testkit.PackagedNexus;
import nexus.testkit.PostgresPrograms;
import nexus.testkit.ScriptedReceiver;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The user's own server, of each version that the build names: its rows arrive, through a stop and a kill. */
class ExternalPostgresIT {
    private static final String KEY = "external-key-0123456789";

    static Stream<Integer> versions() {
        return Stream.of(System.getProperty("nexus.test.postgres.each", "18").split(","))
                .map(Integer::valueOf);
    }

    @ParameterizedTest(name = "PostgreSQL {0}")
    @MethodSource("versions")
    void rowsArriveThroughAStopAndAKill(int version) throws IOException {
        try (EmbeddedPostgres server = PostgresPrograms.server(version)
                        .setServerConfig("wal_level", "logical")
                        .setServerConfig("max_connections", "100")
                        .start();
                ScriptedReceiver receiver = ScriptedReceiver.start()) {
            String url = "postgresql://postgres@127.0.0.1:" + server.getPort() + "/postgres";
            TestPostgres.execute(url, "CREATE TABLE orders (id int PRIMARY KEY, note text)");
            try (PackagedNexus nexus = PackagedNexus.start(Map.of(
                    "DATABASE_URL",
                    url,
                    "API_KEYS",
                    KEY,
                    "NEXUS_SECRET_KEY",
                    "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
                    "TARGETS_ALLOW",
                    "127.0.0.0/8"))) {
                ApiClient api = nexus.api().with("X-API-Key", KEY);
                api.subscribe(receiver.uri(), "pg.public.orders.*");

                insert(url, 1, 100);
                eventually("the first rows arrive", () -> ids(receiver).size() == 100);
                assertThat(nexus.terminate()).isIn(NexusProgram.statusesOfAPoliteEnd());

                insert(url, 101, 200);
                nexus.restart();
                insert(url, 201, 1_000);
                nexus.kill9();
                TestPostgres.execute(url, "UPDATE orders SET note = 'changed' WHERE id = 1");
                nexus.restart();

                eventually("every row arrives", () -> ids(receiver).size() == 1_000);
                eventually("the update arrives", () -> receiver.received().stream()
                        .anyMatch(one -> one.text().contains("\"type\":\"UPDATE\"")));
                assertThat(ids(receiver))
                        .isEqualTo(new HashSet<>(
                                IntStream.rangeClosed(1, 1_000).boxed().toList()));
                assertThat(api.get("/v1/health")
                                .expect(200)
                                .json()
                                .at("/capture/gap")
                                .isNull())
                        .isTrue();
            }
        }
    }

    private static void insert(String url, int from, int to) {
        TestPostgres.execute(url, "INSERT INTO orders SELECT i, 'x' FROM generate_series(" + from + ", " + to + ") i");
    }

    private static Set<Integer> ids(ScriptedReceiver receiver) {
        Set<Integer> ids = new HashSet<>();
        receiver.received()
                .forEach(one -> ids.add(
                        ApiClient.json(one.text()).at("/payload/data/record/id").asInt()));
        return ids;
    }
}
