package nexus;

import static nexus.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import nexus.testkit.ApiClient;
import nexus.testkit.NexusProgram;
import nexus.testkit.PackagedNexus;
import nexus.testkit.ScriptedReceiver;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the native executable is there for: small, and ready at once. */
class NativeIT {
    private static final int MEGABYTE = 1_000_000;
    private static final String KEY = "native-key-0123456789ab";

    @BeforeAll
    static void onlyOfANativeExecutable() {
        assumeTrue(NexusProgram.isNative(), "the application under test is not native");
    }

    @Test
    void theFileIsSmall() throws IOException {
        assertThat(Files.size(Path.of(NexusProgram.application()))).isLessThan(140L * MEGABYTE);
    }

    @Test
    void itIsReadyAtOnceAndSmallWhenIdle() throws IOException, InterruptedException {
        String database = TestPostgres.freshDatabase();
        TestPostgres.execute(database, "CREATE TABLE orders (id int PRIMARY KEY)");
        try (ScriptedReceiver receiver = ScriptedReceiver.start();
                PackagedNexus nexus = PackagedNexus.start(Map.of(
                        "DATABASE_URL",
                        database,
                        "API_KEYS",
                        KEY,
                        "NEXUS_SECRET_KEY",
                        "bmF0aXZlLW5hdGl2ZS1uYXRpdmUtbmF0aXZlLW5hdGk=",
                        "TARGETS_ALLOW",
                        "127.0.0.0/8",
                        "NEXUS_SLOT",
                        "native_it"))) {
            ApiClient api = nexus.api().with("X-API-Key", KEY);
            api.subscribe(receiver.uri(), "pg.public.orders.*");
            List<Duration> starts = new ArrayList<>();
            List<Duration> ofJava = new ArrayList<>();
            for (int start = 1; start <= 8; start++) {
                ofJava.add(startOfJava());
                assertThat(nexus.terminate()).isZero();
                nexus.restart();
                starts.add(nexus.readyAfter());
                TestPostgres.execute(database, "INSERT INTO orders VALUES (" + start + ")");
                receiver.await(start);
            }
            eventually("it streams", () -> api.get("/v1/health")
                    .json()
                    .at("/capture/status")
                    .asText()
                    .equals("streaming"));
            eventually("it is small", () -> nexus.residentBytes() < 75L * MEGABYTE);
            OperatingSystemMXBean machine = ManagementFactory.getOperatingSystemMXBean();
            assumeTrue(
                    machine.getSystemLoadAverage() < machine.getAvailableProcessors(),
                    "the machine is too busy to time a start");
            Duration most = Collections.max(
                    List.of(Duration.ofMillis(150), Collections.min(ofJava).multipliedBy(3)));
            assertThat(Collections.min(starts))
                    .as("starts: %s, those of a Java machine that does nothing: %s", starts, ofJava)
                    .isLessThan(most);
        }
    }

    /** A third of what ours may take where processes start slowly: it takes twice as long where ours does. */
    private static Duration startOfJava() throws IOException, InterruptedException {
        long begin = System.nanoTime();
        int status = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-version")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
        assertThat(status).isZero();
        return Duration.ofNanos(System.nanoTime() - begin);
    }
}
