package nexus;

import static nexus.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import nexus.testkit.ApiClient;
import nexus.testkit.FreePort;
import nexus.testkit.PackagedNexus;
import nexus.testkit.PostgresPrograms;
import nexus.testkit.ScriptedReceiver;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator relies on: probes while the database comes and goes, roles, what monitoring asks for. */
class OperationsIT {
    private static final String KEY = "operations-key-0123456789";
    private static final Pattern METRIC = Pattern.compile("\\bnexus_[a-z_]+");

    @TempDir
    Path data;

    @Test
    void aDatabaseThatIsAwayIsWaitedForAndNothingHasToBeRestarted() throws IOException {
        int databasePort = FreePort.next();
        int managementPort = FreePort.next();
        Map<String, String> environment = Map.of(
                "DATABASE_URL",
                "postgresql://postgres@127.0.0.1:" + databasePort + "/postgres",
                "API_KEYS",
                KEY,
                "NEXUS_SECRET_KEY",
                "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
                "TARGETS_ALLOW",
                "127.0.0.0/8",
                "MANAGEMENT_PORT",
                Integer.toString(managementPort));
        Probes probes = new Probes(managementPort);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                ScriptedReceiver receiver = ScriptedReceiver.start()) {
            Future<PackagedNexus> starting = threads.submit(() -> PackagedNexus.start(environment));
            eventually("it is live and waits", () -> probes.are(200, 503, 503));
            EmbeddedPostgres database = database(databasePort);
            try (PackagedNexus nexus = starting.get()) {
                assertThat(nexus.log()).contains("can't be reached, trying again in 1 s");
                assertThat(probes.are(200, 200, 200)).isTrue();
                ApiClient api = nexus.api().with("X-API-Key", KEY);
                api.subscribe(receiver.uri(), "user.*");
                String event = api.publish("user.created", "{\"email\":\"ann@example.com\"}");
                api.awaitDelivery(event, "SENT");

                thePayloadIsErasedOnRequest(api, event);
                everyMeterThatMonitoringAsksForIsThere(probes);

                database.close();
                eventually("it is live and not ready", () -> probes.are(200, 200, 503));
                database = database(databasePort);
                eventually("it is ready again", () -> probes.are(200, 200, 200));
                api.awaitDelivery(api.publish("user.created", "{}"), "SENT");
                assertThat(nexus.terminate()).isIn(0, 143);
            } finally {
                database.close();
            }
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void eachRoleCanHaveAProcessOfItsOwn() {
        String url = TestPostgres.freshDatabase();
        TestPostgres.execute(url, "CREATE TABLE orders (id int PRIMARY KEY)");
        try (ScriptedReceiver receiver = ScriptedReceiver.start();
                PackagedNexus answering = PackagedNexus.start(roles(url, "api"));
                PackagedNexus capturing = PackagedNexus.start(roles(url, "capture"));
                PackagedNexus delivering = PackagedNexus.start(roles(url, "deliver"))) {
            ApiClient api = answering.api().with("X-API-Key", KEY);
            api.subscribe(receiver.uri(), "pg.public.orders.insert");
            api.subscribe(receiver.uri("/published"), "user.*");
            eventually("it captures", () -> capture(capturing).equals("streaming"));

            TestPostgres.execute(url, "INSERT INTO orders VALUES (7)");
            String published = api.publish("user.created", "{}");

            receiver.await(2);
            api.awaitDelivery(published, "SENT");
            assertThat(receiver.received())
                    .extracting(ScriptedReceiver.Received::pathAndQuery)
                    .containsExactlyInAnyOrder("/hook", "/published");
            assertThat(capture(answering)).isEqualTo("off");
            assertThat(capture(delivering)).isEqualTo("off");
            assertThat(TestPostgres.query(url, "SELECT count(*) FROM nexus.process"))
                    .containsExactly("1");
            for (PackagedNexus other : new PackagedNexus[] {capturing, delivering}) {
                JsonNode refused = other.api()
                        .with("X-API-Key", KEY)
                        .get("/v1/events")
                        .expect(404)
                        .json();
                assertThat(refused.path("code").asText()).isEqualTo("no-api-here");
                other.management().get("/q/health/ready").expect(200);
            }
        }
    }

    private static void thePayloadIsErasedOnRequest(ApiClient api, String event) {
        assertThat(api.get("/v1/events/" + event)
                        .expect(200)
                        .json()
                        .path("payloadErased")
                        .asBoolean())
                .isFalse();
        api.delete("/v1/events/" + event + "/payload").expect(204);
        api.delete("/v1/events/" + event + "/payload").expect(204);
        String text = api.get("/v1/events/" + event).expect(200).text();
        assertThat(text).doesNotContain("ann@example.com");
        JsonNode erased = ApiClient.json(text);
        assertThat(erased.path("payload").isNull()).isTrue();
        assertThat(erased.path("payloadErased").asBoolean()).isTrue();
        assertThat(erased.path("payloadErasedAt").asText()).endsWith("Z");
        assertThat(erased.path("status").asText()).isEqualTo("DELIVERED");
        api.delete("/v1/events/0199a3c4-7f6e-7b3a-9c51-2d1f6a0b8e11/payload").expect(404);
        api.delete("/v1/events/x/payload").expect(404);
    }

    /** Some come with the first session of capture, which is not waited for. */
    private static void everyMeterThatMonitoringAsksForIsThere(Probes probes) throws IOException {
        Set<String> asked = names(Files.readString(Path.of("deploy/grafana/nexus.json")));
        asked.addAll(names(Files.readString(Path.of("deploy/prometheus/alerts.yml"))));
        assertThat(asked).hasSizeGreaterThan(20);
        Set<String> missing = new TreeSet<>(asked);
        eventually("every meter of the dashboard and the alerts is served", () -> {
            missing.removeAll(names(probes.text("/q/metrics")));
            return missing.isEmpty();
        });
    }

    private static Set<String> names(String text) {
        return METRIC.matcher(text).results().map(MatchResult::group).collect(Collectors.toCollection(TreeSet::new));
    }

    private static String capture(PackagedNexus nexus) {
        return nexus.api().get("/v1/health").json().at("/capture/status").asText();
    }

    private static Map<String, String> roles(String url, String roles) {
        return Map.of(
                "DATABASE_URL",
                url,
                "API_KEYS",
                KEY,
                "NEXUS_SECRET_KEY",
                "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
                "TARGETS_ALLOW",
                "127.0.0.0/8",
                "NEXUS_SLOT",
                "operations_it",
                "NEXUS_ROLES",
                roles);
    }

    private EmbeddedPostgres database(int port) throws IOException {
        return PostgresPrograms.server(18)
                .setPort(port)
                .setDataDirectory(data.resolve("postgres"))
                .setCleanDataDirectory(false)
                .setServerConfig("wal_level", "logical")
                .start();
    }

    /** Of one process, by the port that it was given. */
    private record Probes(int port) {
        private static final HttpClient HTTP =
                HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

        boolean are(int live, int started, int ready) {
            return status("live") == live && status("started") == started && status("ready") == ready;
        }

        private int status(String probe) {
            try {
                return HTTP.send(request("/q/health/" + probe), BodyHandlers.ofString())
                        .statusCode();
            } catch (IOException e) {
                return 0;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        String text(String path) {
            try {
                return HTTP.send(request(path), BodyHandlers.ofString()).body();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        private HttpRequest request(String path) {
            return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                    .timeout(Duration.ofSeconds(10))
                    .build();
        }
    }
}
