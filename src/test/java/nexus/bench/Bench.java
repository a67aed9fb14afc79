package nexus.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.LogManager;
import nexus.bench.ThroughputPhase.Round;
import nexus.process.Version;
import nexus.store.PostgresUrl;

/**
 * {@code ./nexus bench}: starts what it needs, measures, verifies that nothing was lost or out of order, prints a table
 * and writes JSON. Ends with 0; with 1 when an event was lost or something failed; with 2 for a wrong option.
 */
public final class Bench implements AutoCloseable {
    private static final int ROUNDS = 5;
    /** For each way in: then most of what is hot is compiled, which takes a part of two cores until then. */
    private static final int WARM_UP_SECONDS = 40;

    private static final int FIRST_ARRIVAL_SECONDS = 30;

    private final BenchOptions options;
    private final Path root;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>(); // guarded by itself; last in, first out

    private Bench(BenchOptions options, Path root) {
        this.options = options;
        this.root = root;
    }

    /** The system property {@code nexus.root} names the folder of the project. */
    public static void main(String[] args) {
        System.exit(run(List.of(args), Path.of(System.getProperty("nexus.root", "."))));
    }

    private static int run(List<String> args, Path root) {
        if (args.contains("--help")) {
            System.out.println("usage: " + BenchOptions.USAGE);
            return 0;
        }
        BenchOptions options;
        try {
            options = BenchOptions.parse(args, root.resolve("target").resolve("bench.json"));
        } catch (IllegalArgumentException e) {
            System.err.println("nexus bench: " + e.getMessage());
            return 2;
        }
        quietLogs();
        try (Bench bench = new Bench(options, root)) {
            Runtime.getRuntime().addShutdownHook(new Thread(bench::close, "bench-cleanup"));
            BenchReport report = bench.measure();
            report.write(options.output());
            System.out.print(report.table());
            System.err.println("written to " + options.output());
            return report.verdict().isClean() ? 0 : 1;
        } catch (Exception e) {
            System.err.println("nexus bench: " + (e.getMessage() == null ? e.toString() : e.getMessage()));
            return 1;
        }
    }

    private BenchReport measure() throws Exception {
        String startedAt = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        say("starting");
        Subject subject = subject();
        JsonNode health = subject.api().get("/v1/health");
        subject.followRows();
        subject.followPublished();

        seeOneArrive(subject);

        say("warming up");
        warmUp(subject);
        Ceiling ceiling = keep(Ceiling.start(
                folder(), subject.receiver().port(), subject.receiver().sample()));
        ceiling.measure(options.seconds());

        say("throughput");
        List<List<Round>> rounds = new ThroughputPhase(subject, ceiling, options.seconds()).run(ROUNDS);
        if (subject.inside().isPresent()) { // what the throughput left behind
            subject.inside().get().checkpoint();
        }
        say("latency");
        Percentiles at100 = latency(subject, 100);
        Percentiles at1000 = latency(subject, 1000);
        say("fairness");
        List<FairnessPhase.Round> fairness = new FairnessPhase(subject, options.seconds()).run();
        say("retries");
        Percentiles lateness = new RetryPhase(subject).run();
        if (subject.inside().isPresent()) {
            say("idle");
        }
        Optional<IdlePhase.Result> idle = subject.inside().isEmpty()
                ? Optional.empty()
                : Optional.of(IdlePhase.run(subject.inside().get()));
        return new BenchReport(
                new BenchReport.Setting(
                        startedAt,
                        health.path("version").asText(),
                        Version.current().commit(),
                        postgresVersion(subject),
                        Machine.current()),
                rounds.getFirst(),
                rounds.getLast(),
                at100,
                at1000,
                fairness,
                lateness,
                idle,
                subject.inside().map(inside -> inside.nexus().peakMemoryBytes()),
                subject.ledger().verdict());
    }

    private Subject subject() throws Exception {
        Ledger ledger = new Ledger();
        CountingReceiver receiver = keep(
                CountingReceiver.start(ledger, options.receiverHost().equals("127.0.0.1") ? "127.0.0.1" : "0.0.0.0"));
        URI receiverBase = URI.create("http://" + options.receiverHost() + ":" + receiver.port());
        byte[] random = new byte[4];
        new SecureRandom().nextBytes(random);
        String token = HexFormat.of().formatHex(random);
        Optional<PostgresUrl> source = options.source();
        NexusApi api;
        Optional<Inside> inside;
        if (options.against().isPresent()) {
            api = new NexusApi(options.against().get(), options.apiKey());
            inside = Optional.empty();
        } else {
            OwnNexus own = keep(OwnNexus.start(folder(), options.program().orElse(root.resolve("nexus"))));
            api = new NexusApi(own.base(), Optional.of(own.apiKey()));
            source = Optional.of(own.source());
            Connection beside = keep(Sql.connect(own.server()));
            inside = Optional.of(new Inside(
                    own.meter(), own.databaseMeter(), beside, own.source().database()));
        }
        Subject subject = new Subject(api, receiver, ledger, receiverBase, token, source, inside);
        keep((AutoCloseable) subject::dropTable);
        keep(api);
        return subject;
    }

    private static void seeOneArrive(Subject subject) throws Exception {
        List<RowWriter> writers = subject.rowWriters();
        for (RowWriter writer : writers) {
            seeOneArrive(subject, writer, "row");
            writer.close();
        }
        seeOneArrive(subject, subject.publishers().getFirst(), "published event");
    }

    private static void seeOneArrive(Subject subject, EventSource writer, String what) throws Exception {
        if (!subject.load().isReceived(writer, FIRST_ARRIVAL_SECONDS)) {
            throw new IllegalStateException("the first " + what + " has not come to " + subject.endpoint("/count")
                    + " within " + FIRST_ARRIVAL_SECONDS + " s: the instance must be able to reach that address"
                    + " (--receiver-host), its TARGETS_ALLOW must permit it, and for rows its SOURCE_DATABASE_URL must be"
                    + " --source-url");
        }
    }

    private void warmUp(Subject subject) throws Exception {
        double seconds = Math.max(WARM_UP_SECONDS, options.seconds());
        List<RowWriter> writers = subject.rowWriters();
        for (RowWriter writer : writers) {
            subject.load().underBacklog(writers, () -> pause(seconds));
            writer.close();
        }
        subject.load().underBacklog(subject.publishers(), () -> pause(seconds));
    }

    private Percentiles latency(Subject subject, int perSecond) throws Exception {
        List<RowWriter> writers = subject.rowWriters();
        try (EventSource writer = writers.isEmpty() ? subject.publishers().getFirst() : writers.getFirst()) {
            return subject.load().atRate(writer, perSecond, options.seconds());
        }
    }

    private static String postgresVersion(Subject subject) throws Exception {
        if (subject.source().isEmpty()) {
            return "";
        }
        try (Connection connection = Sql.connect(subject.source().get())) {
            return Sql.text(connection, "SHOW server_version");
        }
    }

    private Path folder() throws IOException {
        return Files.createDirectories(root.resolve("target").resolve("bench").toAbsolutePath());
    }

    private <T extends AutoCloseable> T keep(T resource) {
        synchronized (opened) {
            opened.push(resource);
        }
        return resource;
    }

    /** Also from the hook of a process that is told to end. */
    @Override
    public void close() {
        synchronized (opened) {
            while (!opened.isEmpty()) {
                try {
                    opened.pop().close();
                } catch (Exception e) {
                    System.err.println("nexus bench: not cleaned up: " + e.getMessage());
                }
            }
        }
    }

    private static boolean pause(double seconds) throws InterruptedException {
        Thread.sleep((long) (seconds * 1000));
        return true;
    }

    private static void say(String what) {
        System.err.println("bench: " + what);
    }

    private static void quietLogs() {
        LogManager.getLogManager().getLogger("").setLevel(Level.WARNING);
    }
}
