package nexus.bench;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.LogManager;
import nexus.bench.phase.WarmUp;
import nexus.bench.receiver.CountingReceiver;
import nexus.bench.receiver.Ledger;
import nexus.bench.receiver.Receipts;
import nexus.bench.receiver.Spread;
import nexus.bench.subject.EventPublisher;
import nexus.bench.subject.NexusApi;
import nexus.bench.subject.RowWriter;
import nexus.bench.subject.Subject;
import nexus.embedded.EmbeddedDatabase;
import nexus.embedded.EmbeddedDatabaseException;
import nexus.store.PostgresUrl;
import nexus.testkit.FreePort;

/**
 * The training run behind the ahead-of-time cache: starts the packaged application with its embedded database, lets it
 * deliver rows and published events for a few seconds, reads what an operator reads, and stops it. The application's JVM,
 * which is told to, writes the cache when it ends.
 */
public final class Training {
    /** Whoever waits for the first start waits no longer: a machine that is busier does without the cache. */
    private static final long PATIENCE_SECONDS = 60;

    private static final int LOAD_MILLIS = 3000;
    /** Callers of the benchmark that publish one event with each request. */
    private static final int CALLERS = 8;

    private static final List<String> READ =
            List.of("/v1/health", "/v1/subscriptions", "/v1/deliveries?limit=10", "/v1/events?limit=10", "/v1/stats");

    private final Path home;
    private final Path log;
    private final Process process;
    private final int port;
    private final String apiKey;

    private Training(Path folder, List<String> program) throws IOException {
        this.home = folder.resolve("home");
        this.log = folder.resolve("nexus.log");
        this.port = FreePort.next();
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        this.apiKey = HexFormat.of().formatHex(key);
        List<String> command = new ArrayList<>(program);
        command.add("serve");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(Redirect.to(log.toFile()));
        builder.environment().keySet().retainAll(List.of("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "USER"));
        builder.environment()
                .putAll(Map.of(
                        "NEXUS_HOME",
                        home.toString(),
                        "API_KEYS",
                        apiKey,
                        "API_PUBLISH_RATE",
                        "100000",
                        "API_RATE",
                        "100000",
                        "HOST",
                        "127.0.0.1",
                        "PORT",
                        Integer.toString(port),
                        "MANAGEMENT_PORT",
                        Integer.toString(FreePort.next())));
        this.process = builder.start();
    }

    /** @param args an empty folder for the run, and the command that runs the application */
    public static void main(String[] args) throws Exception {
        LogManager.getLogManager().getLogger("").setLevel(Level.WARNING);
        List<String> all = List.of(args);
        Training training = new Training(Path.of(all.getFirst()).toAbsolutePath(), all.subList(1, all.size()));
        Runtime.getRuntime().addShutdownHook(new Thread(training::end, "training-cleanup"));
        Thread.ofPlatform().daemon().start(training::endInTime);
        training.awaitReady();
        training.train();
        training.stop();
        System.exit(0);
    }

    private void train() throws Exception {
        PostgresUrl source = PostgresUrl.parse(EmbeddedDatabase.running(home).orElseThrow());
        Ledger ledger = new Ledger();
        URI base = URI.create("http://127.0.0.1:" + port);
        try (CountingReceiver receiver = CountingReceiver.start(new Receipts(ledger, new Spread(0)));
                NexusApi api = new NexusApi(base, Optional.of(apiKey))) {
            Subject subject = new Subject(
                    api,
                    receiver,
                    URI.create("http://127.0.0.1:" + receiver.listen("127.0.0.1")),
                    "training",
                    Optional.of(source),
                    Optional.empty());
            subject.followRows(WarmUp.MAIN, subject.endpoint("/count"), "");
            subject.followPublished(WarmUp.MAIN, subject.endpoint("/count"), "");
            List<RowWriter> writers = subject.rowWriters(WarmUp.MAIN);
            for (RowWriter writer : writers) {
                if (!subject.load().isReceived(writer, PATIENCE_SECONDS / 3)) {
                    throw new IOException("no row arrives; see " + log);
                }
                subject.load().underBacklog(writers, () -> pause(LOAD_MILLIS));
                writer.close();
            }
            subject.load().underBacklog(subject.publishers(WarmUp.MAIN), () -> pause(LOAD_MILLIS / 2));
            publishSingly(api, ledger, subject.type(WarmUp.MAIN));
            for (String path : READ) {
                api.get(path);
            }
        }
    }

    private static void publishSingly(NexusApi api, Ledger ledger, String type) throws Exception {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LOAD_MILLIS);
        try (ExecutorService callers = Executors.newFixedThreadPool(CALLERS)) {
            List<Future<Void>> calls = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                int number = i;
                calls.add(callers.submit(() -> {
                    try (EventPublisher publisher = new EventPublisher(ledger, api::publishOne, type, number)) {
                        while (System.nanoTime() - end < 0) {
                            publisher.write(1);
                        }
                    }
                    return null;
                }));
            }
            for (Future<Void> call : calls) {
                call.get();
            }
        }
        ledger.awaitAll(10);
    }

    private void awaitReady() throws IOException, InterruptedException {
        while (!Files.readString(log).contains(" is ready on ")) {
            if (!process.isAlive()) {
                throw new IOException("Nexus did not start; see " + log);
            }
            Thread.sleep(20);
        }
    }

    /** The application stops, and then writes the cache. */
    private void stop() throws InterruptedException {
        process.destroy();
        process.waitFor();
    }

    private void endInTime() {
        try {
            Thread.sleep(Duration.ofSeconds(PATIENCE_SECONDS));
            System.err.println("the cache was not made within " + PATIENCE_SECONDS + " s; see " + log);
            System.exit(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Leaves nothing running, whatever has happened; what writes the cache is a child of the application's process. */
    private void end() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().onExit().join();
        try {
            if (EmbeddedDatabase.running(home).isPresent()) {
                EmbeddedDatabase.start(home).close();
            }
        } catch (EmbeddedDatabaseException e) {
            System.err.println(e.getMessage());
        }
    }

    private static boolean pause(long millis) throws InterruptedException {
        Thread.sleep(millis);
        return true;
    }
}
