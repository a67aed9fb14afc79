package nexus;

import static nexus.testkit.Eventually.eventually;
import static nexus.testkit.ScriptedReceiver.status;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import nexus.testkit.ApiClient;
import nexus.testkit.ApiClient.Answer;
import nexus.testkit.NexusProgram;
import nexus.testkit.PackagedNexus;
import nexus.testkit.ScriptedReceiver;
import nexus.testkit.ScriptedReceiver.Received;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Nexus ends at any moment, politely or not, and nothing that was committed is lost. */
class CrashIT {
    private static final int CHANGES = 5_000;

    @AutoClose
    private static PackagedNexus nexus;

    @AutoClose
    private final ScriptedReceiver receiver = ScriptedReceiver.start();

    @BeforeAll
    static void startNexus() {
        nexus = PackagedNexus.start(Map.of());
    }

    @Test
    void aKillInTheMiddleOfFiveThousandChangesLosesNone() throws Exception {
        nexus.sql("CREATE TABLE work (id int PRIMARY KEY, version int NOT NULL)");
        nexus.api().subscribe(receiver.uri(), "pg.public.work.*");
        receiver.always(ignored -> status(200).after(Duration.ofMillis(3)));

        try (ExecutorService thread = Executors.newSingleThreadExecutor();
                Writer writer = new Writer(nexus.connect())) {
            CompletableFuture<Void> writing = CompletableFuture.runAsync(writer, thread);
            eventually("a part arrived", () -> receiver.received().size() > 1_000);
            nexus.kill9();
            assertThat(writing).as("it is killed in the middle").isNotDone();
            nexus.restart();
            int before = receiver.received().size();
            eventually("another part arrived", () -> receiver.received().size() > before + 500);
            nexus.kill9();
            nexus.restart();
            writing.get();

            Set<String> committed = writer.committed;
            assertThat(committed).hasSizeGreaterThanOrEqualTo(CHANGES);
            eventually("every change arrives", Duration.ofMinutes(2), () -> changes()
                    .keySet()
                    .containsAll(committed));
            assertThat(changes().keySet()).isEqualTo(committed);
        }
        assertThat(changes().values()).as("one event id for each change").allMatch(ids -> ids.size() == 1);
        assertThat(receivedIds()).as("no id for two changes").hasSize(changes().size());
        versionsInOrderOfFirstArrival().values().forEach(versions -> assertThat(versions)
                .isSorted());
    }

    @Test
    void aKillInTheMiddleOfOneBigTransactionLosesNoneOfIt() {
        int rows = 10_000;
        nexus.sql("CREATE TABLE big (id int PRIMARY KEY, version int NOT NULL DEFAULT 0)");
        nexus.api().subscribe(receiver.uri(), "pg.public.big.insert", ",\"concurrency\":100");

        nexus.sql("INSERT INTO big SELECT i FROM generate_series(1, " + rows + ") i");
        receiver.await(200);
        nexus.kill9();
        nexus.restart();
        nexus.kill9();
        nexus.restart();

        eventually(
                "every row arrives", Duration.ofMinutes(2), () -> receivedIds().size() >= rows);
        assertThat(changes()).hasSize(rows).allSatisfy((row, ids) -> assertThat(ids)
                .hasSize(1));
        assertThat(receivedIds()).hasSize(rows);
    }

    /** Some of them fail, as a whole or in part. */
    @Test
    void aKillAmongBatchesLosesNoEventAndKeepsTheOrderOfEachRow() {
        nexus.sql("CREATE TABLE batched (id int PRIMARY KEY, version int NOT NULL)");
        nexus.sql("INSERT INTO batched SELECT i, 0 FROM generate_series(0, 7) i");
        nexus.api()
                .subscribe(
                        receiver.uri(), "pg.public.batched.update", ",\"batch\":{\"maxSize\":20,\"maxWait\":\"50ms\"}");
        BatchReceiver batches = new BatchReceiver();
        receiver.always(batches::answer);

        for (int i = 0; i < 64; i++) {
            nexus.sql("UPDATE batched SET version = version + 1 WHERE id % 8 < " + (1 + i % 8));
            if (i == 20 || i == 40) {
                nexus.kill9();
                nexus.restart();
            }
        }

        int changes = 8 * 8 * 9 / 2;
        eventually("every change is taken", Duration.ofMinutes(2), () -> batches.taken() == changes);
        assertThat(batches.wrong()).isEmpty();
        assertThat(batches.requests()).as("requests with several events").isLessThan(changes);
    }

    /** Takes most events, and checks that earlier versions of a row come first and that a batch never changes. */
    private static final class BatchReceiver {
        private final Random random = new Random(11);
        private final Map<Integer, Integer> takenVersions = new TreeMap<>(); // by row
        private final Set<String> taken = new HashSet<>();
        private final Map<String, String> bodies = new LinkedHashMap<>();
        private final List<String> wrong = new ArrayList<>();

        synchronized ScriptedReceiver.Answer answer(Received request) {
            String before = bodies.putIfAbsent(request.header("webhook-id"), request.text());
            if (before != null && !before.equals(request.text())) {
                wrong.add("another body of the batch " + request.header("webhook-id"));
            }
            JsonNode events = ApiClient.json(request.text()).path("batch");
            if (!request.header("X-Batch-Size").equals(Integer.toString(events.size()))) {
                wrong.add("X-Batch-Size");
            }
            int what = random.nextInt(12);
            if (what == 0) {
                return status(500);
            }
            List<String> failed = new ArrayList<>();
            Set<Integer> rowsWithFailure = new HashSet<>();
            for (JsonNode event : events) {
                JsonNode row = event.path("payload").path("data").path("record");
                int id = row.path("id").asInt();
                int version = row.path("version").asInt();
                if (version > takenVersions.getOrDefault(id, 0) + 1) {
                    if (!rowsWithFailure.contains(id)) {
                        wrong.add("version " + version + " after " + takenVersions.get(id) + " of row " + id);
                    }
                }
                if (rowsWithFailure.contains(id) || (what == 1 && random.nextInt(3) == 0)) {
                    rowsWithFailure.add(id);
                    failed.add('"' + event.path("id").asText() + '"');
                } else {
                    takenVersions.merge(id, version, Math::max);
                    taken.add(change(id, version));
                }
            }
            return status(200).body("{\"failed\":[" + String.join(",", failed) + "]}");
        }

        synchronized int taken() {
            return taken.size();
        }

        synchronized int requests() {
            return bodies.size();
        }

        synchronized List<String> wrong() {
            return List.copyOf(wrong);
        }
    }

    @Test
    void whenTheDatabaseIsKilledWithItNothingCommittedIsLost() {
        nexus.sql("CREATE TABLE power (id int PRIMARY KEY)");
        nexus.api().subscribe(receiver.uri(), "pg.public.power.insert");
        nexus.api().subscribe(receiver.uri("/published"), "crash.power");
        receiver.answer(status(500));
        nexus.sql("INSERT INTO power SELECT i FROM generate_series(1, 500) i");
        String event = nexus.api().publish("crash.power", "{}");
        receiver.await(10);

        nexus.kill9();
        nexus.sql("INSERT INTO power VALUES (501)");
        nexus.killDatabase();
        nexus.restart();

        assertThat(nexus.query("SELECT count(*) FROM power")).containsExactly("501");
        eventually("everything committed arrives", () -> receivedIds().size() == 502);
        assertThat(receivedIds()).contains(event);
    }

    @Test
    void whatWasAcceptedBeforeAKillIsDelivered() {
        nexus.api().subscribe(receiver.uri(), "crash.published");
        Set<String> accepted = ConcurrentHashMap.newKeySet();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 4; i++) {
                threads.execute(() -> publishUntilItEnds(nexus.api(), accepted));
            }
            eventually("some are accepted", () -> accepted.size() > 500);
            nexus.kill9();
        }
        nexus.restart();

        eventually("everything accepted arrives", () -> receivedIds().containsAll(accepted));
        String last = accepted.iterator().next();
        assertThat(nexus.api().awaitDelivery(last, "SENT").path("attempts").asInt())
                .isPositive();
    }

    @Test
    void aPoliteEndFinishesWhatIsUnderWayAndTheNextStartGoesOn() {
        receiver.always(ignored -> status(200).after(Duration.ofSeconds(1)));
        nexus.api().subscribe(receiver.uri(), "crash.polite");
        nexus.sql("CREATE TABLE polite (id int PRIMARY KEY)");
        nexus.api().subscribe(receiver.uri("/rows"), "pg.public.polite.insert");
        String event = nexus.api().publish("crash.polite", "{}");
        nexus.sql("INSERT INTO polite VALUES (1)");
        receiver.await(2);

        long before = System.nanoTime();
        int exitCode = nexus.terminate();
        assertThat(exitCode).isIn(NexusProgram.statusesOfAPoliteEnd());
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(10));

        nexus.restart();
        assertThat(nexus.api().delivery(event).path("status").asText()).isEqualTo("SENT");
        assertThat(nexus.api().delivery(event).path("attempts").asInt()).isEqualTo(1);
        nexus.sql("INSERT INTO polite VALUES (2)");
        receiver.await(3);
        assertThat(receiver.received()).as("nothing is sent twice").hasSize(3);
        assertThat(receiver.received().getLast().text()).contains("\"record\":{\"id\":2}");
    }

    @Test
    void aSecondServeOnTheSameFolderSaysSoAndEnds() {
        Map<String, String> second = new TreeMap<>(nexus.environment());
        second.put("PORT", "1");
        second.put("MANAGEMENT_PORT", "2");

        NexusProgram.Finished finished = NexusProgram.run(second, "serve");

        assertThat(finished.exitCode()).isNotZero();
        assertThat(finished.output().lines())
                .singleElement()
                .asString()
                .contains("another nexus serve runs on")
                .contains(second.get("NEXUS_HOME"));
        nexus.api().get("/v1/events").expect(200);
    }

    private static void publishUntilItEnds(ApiClient api, Set<String> accepted) {
        try {
            while (true) {
                Answer answer = api.post("/v1/events", "{\"type\":\"crash.published\",\"data\":{}}");
                if (answer.status() == 202) {
                    accepted.add(answer.json().path("eventId").asText());
                }
            }
        } catch (UncheckedIOException e) {
            // it was killed
        }
    }

    private Set<String> receivedIds() {
        return receiver.received().stream()
                .map(webhook -> webhook.header("webhook-id"))
                .collect(Collectors.toSet());
    }

    /** Each change that arrived, as {@code id:version}, with the event ids it came under. */
    private Map<String, Set<String>> changes() {
        Map<String, Set<String>> changes = new LinkedHashMap<>();
        for (Received webhook : receiver.received()) {
            JsonNode row =
                    ApiClient.json(webhook.text()).path("payload").path("data").path("record");
            changes.computeIfAbsent(
                            change(row.path("id").asInt(), row.path("version").asInt()), id -> new HashSet<>())
                    .add(webhook.header("webhook-id"));
        }
        return changes;
    }

    private Map<Integer, List<Integer>> versionsInOrderOfFirstArrival() {
        Map<Integer, List<Integer>> versions = new TreeMap<>();
        for (String change : changes().keySet()) {
            String[] parts = change.split(":", -1);
            versions.computeIfAbsent(Integer.valueOf(parts[0]), id -> new ArrayList<>())
                    .add(Integer.valueOf(parts[1]));
        }
        return versions;
    }

    private static String change(int id, int version) {
        return id + ":" + version;
    }

    /** A busy application: inserts and updates in transactions of 1 to 60 changes, one in ten rolled back. */
    private static final class Writer implements Runnable, AutoCloseable {
        private static final Duration BETWEEN_TRANSACTIONS = Duration.ofMillis(40);

        final Set<String> committed = ConcurrentHashMap.newKeySet();
        private final Connection connection;
        private final Random random = new Random(5);
        private final AtomicInteger nextId = new AtomicInteger(1);
        private final Map<Integer, Integer> versions = new TreeMap<>();

        Writer(Connection connection) throws SQLException {
            this.connection = connection;
            connection.setAutoCommit(false);
        }

        @Override
        public void run() {
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO work VALUES (?, ?)");
                    PreparedStatement update =
                            connection.prepareStatement("UPDATE work SET version = ? WHERE id = ?")) {
                while (committed.size() < CHANGES) {
                    transaction(insert, update);
                    LockSupport.parkNanos(BETWEEN_TRANSACTIONS.toNanos());
                }
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        private void transaction(PreparedStatement insert, PreparedStatement update) throws SQLException {
            Map<Integer, Integer> changed = new TreeMap<>(versions);
            List<String> changes = new ArrayList<>();
            int size = 1 + random.nextInt(60);
            for (int i = 0; i < size; i++) {
                boolean inserts = versions.isEmpty() || random.nextInt(3) > 0;
                int id = inserts ? nextId.getAndIncrement() : 1 + random.nextInt(versions.size());
                int version = inserts ? 0 : changed.getOrDefault(id, -1) + 1;
                if (!inserts && version == 0) {
                    continue; // that insert was rolled back
                }
                changed.put(id, version);
                PreparedStatement statement = inserts ? insert : update;
                statement.setInt(inserts ? 1 : 2, id);
                statement.setInt(inserts ? 2 : 1, version);
                statement.executeUpdate();
                changes.add(change(id, version));
            }
            if (random.nextInt(10) == 0) {
                connection.rollback();
            } else {
                connection.commit();
                versions.putAll(changed);
                committed.addAll(changes);
            }
        }

        @Override
        public void close() throws SQLException {
            connection.close();
        }
    }
}
