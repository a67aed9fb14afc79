package nexus;

import static nexus.testkit.Eventually.eventually;
import static nexus.testkit.ScriptedReceiver.status;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import nexus.testkit.ApiClient;
import nexus.testkit.ApiClient.Answer;
import nexus.testkit.PackagedNexus;
import nexus.testkit.ScriptedReceiver;
import nexus.testkit.ScriptedReceiver.Received;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two processes on one store share the work, also when one of them ends or stands still in the middle of it. */
class SharingIT {
    private static final int LANES = 6;
    private static final int KEYS = 7;

    private final String url = TestPostgres.freshDatabase();
    private final Map<String, String> environment = Map.of(
            "DATABASE_URL",
            url,
            "API_KEYS",
            "sharing-key-0123456789",
            "NEXUS_SECRET_KEY",
            "c2hhcmluZy1zaGFyaW5nLXNoYXJpbmctc2hhcmluZy0=",
            "TARGETS_ALLOW",
            "127.0.0.0/8",
            "NEXUS_ROLES",
            "api,deliver",
            "JAVA_TOOL_OPTIONS",
            "-Dnexus.lease.ttl=4s -Dnexus.lease.valid=3s -Dnexus.lease.beat=500ms");

    private ScriptedReceiver receiver;
    private PackagedNexus one;
    private PackagedNexus two;

    @BeforeEach
    void startTwo() {
        receiver = ScriptedReceiver.start();
        one = PackagedNexus.start(environment);
        two = PackagedNexus.start(environment);
        eventually(
                "they share", () -> query("SELECT count(*) FROM nexus.shard WHERE process IS NOT NULL GROUP BY process")
                        .equals(List.of("32", "32")));
    }

    @AfterEach
    void stopBoth() {
        one.close();
        two.close();
        receiver.close();
    }

    @Test
    void aKillOfOneUnderLoadLosesNothingAndNoKeyGoesBackwards() {
        receiver.always(ignored -> status(200).after(Duration.ofMillis(2)));
        for (int lane = 0; lane < LANES; lane++) {
            api(two).subscribe(receiver.uri("/" + lane), "load.*");
        }
        Set<String> accepted = ConcurrentHashMap.newKeySet();
        AtomicBoolean loaded = new AtomicBoolean(true);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            threads.execute(() -> publishWhile(loaded, api(one), "one", accepted));
            threads.execute(() -> publishWhile(loaded, api(two), "two", accepted));
            try {
                receiver.await(400, Duration.ofSeconds(60));
                one.kill9();
                eventually("its shards are taken over", Duration.ofSeconds(30), () -> query(
                                "SELECT count(*) FROM nexus.shard GROUP BY process")
                        .equals(List.of("64")));
                eventually("a load on a slow machine too", Duration.ofSeconds(60), () -> accepted.size() > 200);
            } finally {
                loaded.set(false);
            }
        }
        assertThat(accepted).hasSizeGreaterThan(200);
        eventually("everything accepted arrives", Duration.ofSeconds(90), () -> arrived() >= accepted.size() * LANES);
        eventually("nothing is owed", () -> query("SELECT FROM nexus.owed UNION ALL SELECT FROM nexus.owed_run")
                .isEmpty());
        assertThat(idsByPath()).hasSize(LANES);
        assertThat(idsByPath().values()).allSatisfy(ids -> assertThat(ids).containsAll(accepted));
        assertVersionsNeverGoBackButForRepeats();
    }

    @Test
    void whatAPausedProcessStillBringsIsRefusedAndItJoinsAgain() {
        receiver.answer(
                status(200).body("first").after(Duration.ofSeconds(1)),
                status(200).body("second").after(Duration.ofSeconds(5)));
        api(one).subscribe(receiver.uri(), "pause.*");
        List<String> processes = query("SELECT id FROM nexus.process ORDER BY id");
        String owner = query("SELECT process FROM nexus.shard WHERE shard = 1").getFirst();
        PackagedNexus paused = owner.equals(processes.getFirst()) ? one : two;
        PackagedNexus other = paused == one ? two : one;
        String event = api(other).publish("pause.now", "{}");
        receiver.await(1, Duration.ofSeconds(30));

        paused.pause();
        receiver.await(2, Duration.ofSeconds(30)); // the other has taken over
        paused.resume();
        eventually("it joins again", Duration.ofSeconds(30), () -> query("SELECT id FROM nexus.process").stream()
                .anyMatch(id -> !processes.contains(id)));

        JsonNode delivery = api(other).awaitDelivery(event, "SENT");
        assertThat(delivery.path("attempts").asInt()).isEqualTo(1);
        assertThat(query("SELECT response FROM nexus.delivery")).containsExactly("second");
        assertThat(receiver.received()).hasSize(2).allSatisfy(received -> assertThat(received.header("webhook-id"))
                .isEqualTo(event));
        eventually("they share again", () -> query("SELECT count(*) FROM nexus.shard GROUP BY process")
                .equals(List.of("32", "32")));
    }

    private void assertVersionsNeverGoBackButForRepeats() {
        Map<String, Integer> newest = new HashMap<>();
        Set<String> seen = new HashSet<>();
        List<String> wrong = new ArrayList<>();
        for (Received received : receiver.received()) {
            JsonNode data = ApiClient.json(received.text()).path("payload").path("data");
            String key = received.pathAndQuery() + data.path("key").asText();
            int version = data.path("version").asInt();
            boolean repeated = !seen.add(received.pathAndQuery() + received.header("webhook-id"));
            if (!repeated && version < newest.getOrDefault(key, 0)) {
                wrong.add(key + " " + version + " after " + newest.get(key));
            }
            newest.merge(key, version, Math::max);
        }
        assertThat(wrong).isEmpty();
    }

    /** Each key belongs to one publisher, which waits for every answer: its versions are accepted in order. */
    private static void publishWhile(AtomicBoolean wanted, ApiClient api, String publisher, Set<String> accepted) {
        int version = 0;
        try {
            while (wanted.get()) {
                int number = ++version;
                String key = publisher + number % KEYS;
                Answer answer = api.post("/v1/events", """
                        {"type":"load.row","orderingKey":"%1$s","data":{"key":"%1$s","version":%2$d}}""".formatted(key, number));
                if (answer.status() == 202) {
                    accepted.add(answer.json().path("eventId").asText());
                }
            }
        } catch (UncheckedIOException e) {
            // it was killed
        }
    }

    private int arrived() {
        return idsByPath().values().stream().mapToInt(Set::size).sum();
    }

    private Map<String, Set<String>> idsByPath() {
        Map<String, Set<String>> ids = new HashMap<>();
        receiver.received().forEach(received -> ids.computeIfAbsent(received.pathAndQuery(), path -> new HashSet<>())
                .add(received.header("webhook-id")));
        return ids;
    }

    private static ApiClient api(PackagedNexus process) {
        return process.api().with("X-API-Key", "sharing-key-0123456789");
    }

    private List<String> query(String sql) {
        return TestPostgres.query(url, sql);
    }
}
