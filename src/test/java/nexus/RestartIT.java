package nexus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import nexus.testkit.ApiClient;
import nexus.testkit.NexusProgram;
import nexus.testkit.PackagedNexus;
import nexus.testkit.PostgresPrograms;
import nexus.testkit.ScriptedReceiver;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.Test;

/** After kill -9 the next process of the same machine delivers within two seconds of being ready, with the leases that users have. */
class RestartIT {
    private static final Duration AT_MOST = Duration.ofSeconds(2);
    private static final String KEY = "restart-key-of-20-characters";

    /** As a container has one, and another one after each start. */
    private static final String NAMESPACE = "unshare -r -p -f --mount-proc --kill-child";

    @Test
    void withTheEmbeddedDatabase() {
        try (PackagedNexus nexus = PackagedNexus.start(PackagedNexus.USUAL_LEASES)) {
            nexus.sql("CREATE TABLE orders (id int PRIMARY KEY)");
            killAndLookAtTheClock(nexus, nexus.api(), nexus::sql);
        }
    }

    @Test
    void withADatabaseOfTheUsers() throws IOException {
        withExternal(Map.of());
    }

    @Test
    void inANamespaceOfItsOwnAtEachStart() throws Exception {
        assumeTrue(
                new ProcessBuilder((NAMESPACE + " true").split(" ", -1)).start().waitFor() == 0,
                "this user may make no namespaces");
        withExternal(Map.of(NexusProgram.RUN_BY, NAMESPACE));
    }

    private static void withExternal(Map<String, String> environment) throws IOException {
        try (EmbeddedPostgres server = PostgresPrograms.server(18)
                .setServerConfig("wal_level", "logical")
                .setServerConfig("max_connections", "100")
                .start()) {
            String url = "postgresql://postgres@127.0.0.1:" + server.getPort() + "/postgres";
            TestPostgres.execute(url, "CREATE TABLE orders (id int PRIMARY KEY)");
            Map<String, String> all = new HashMap<>(PackagedNexus.USUAL_LEASES);
            all.putAll(Map.of(
                    "DATABASE_URL",
                    url,
                    "API_KEYS",
                    KEY,
                    "NEXUS_SECRET_KEY",
                    "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
                    "TARGETS_ALLOW",
                    "127.0.0.0/8"));
            all.putAll(environment);
            try (PackagedNexus nexus = PackagedNexus.start(all)) {
                killAndLookAtTheClock(nexus, nexus.api().with("X-API-Key", KEY), sql -> TestPostgres.execute(url, sql));
            }
        }
    }

    /** Where the machine is so slow that a start takes longer than that, so may this. */
    private static void killAndLookAtTheClock(PackagedNexus nexus, ApiClient api, Consumer<String> source) {
        try (ScriptedReceiver receiver = ScriptedReceiver.start()) {
            api.subscribe(receiver.uri(), "pg.public.orders.*");
            api.subscribe(receiver.uri("/published"), "order.paid");
            source.accept("INSERT INTO orders VALUES (0)");
            receiver.await(1);
            nexus.kill9();
            nexus.restart();
            long ready = System.nanoTime();
            source.accept("INSERT INTO orders VALUES (1)");
            api.publish("order.paid", "{}");
            receiver.await(3);
            Duration took = Duration.ofNanos(System.nanoTime() - ready);
            nexus.kill9();
            Duration atMost = nexus.readyAfter().compareTo(AT_MOST) > 0 ? nexus.readyAfter() : AT_MOST;
            assertThat(took).as(nexus::log).isLessThan(atMost);
        }
    }
}
