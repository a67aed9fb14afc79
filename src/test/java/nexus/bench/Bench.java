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
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.LogManager;
import nexus.bench.phase.BatchesPhase;
import nexus.bench.phase.Ceiling;
import nexus.bench.phase.FairnessPhase;
import nexus.bench.phase.FanOutPhase;
import nexus.bench.phase.FiltersPhase;
import nexus.bench.phase.HttpsPhase;
import nexus.bench.phase.IdlePhase;
import nexus.bench.phase.LatencyPhase;
import nexus.bench.phase.PeakMemory;
import nexus.bench.phase.ProfilesPhase;
import nexus.bench.phase.RetryPhase;
import nexus.bench.phase.ThroughputPhase;
import nexus.bench.phase.WarmUp;
import nexus.bench.receiver.CountingReceiver;
import nexus.bench.receiver.Ledger;
import nexus.bench.receiver.Receipts;
import nexus.bench.receiver.Spread;
import nexus.bench.report.BenchReport;
import nexus.bench.report.Section;
import nexus.bench.subject.Inside;
import nexus.bench.subject.Machine;
import nexus.bench.subject.NexusApi;
import nexus.bench.subject.OwnNexus;
import nexus.bench.subject.Sql;
import nexus.bench.subject.Subject;
import nexus.process.Version;

/**
 * {@code ./nexus bench}: starts what it needs, measures, verifies that nothing was lost or out of order, prints a table
 * and writes JSON. Ends with 0; with 1 when an event was lost or something failed; with 2 for a wrong option.
 */
public final class Bench implements AutoCloseable {
    /** Nothing has to be compiled; the pools are filled. */
    private static final double NATIVE_WARM_UP_SECONDS = 10;

    private static final int FAN_OUT_ENDPOINTS = 1000;

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
            options = BenchOptions.parse(args, root.resolve("target"));
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
            return report.isClean() ? 0 : 1;
        } catch (Exception e) {
            System.err.println("nexus bench: " + (e.getMessage() == null ? e.toString() : e.getMessage()));
            return 1;
        }
    }

    private BenchReport measure() throws Exception {
        String startedAt = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        say("starting");
        Subject subject = subject("nexus", options.program().orElse(root.resolve("nexus")));
        List<Subject> subjects = new ArrayList<>(List.of(subject));
        if (options.compared().isPresent()) {
            subjects.add(subject("native", options.compared().get()));
        }
        JsonNode health = subject.api().get("/v1/health");
        for (Subject one : subjects) {
            one.followRows(WarmUp.MAIN, one.endpoint("/count"), "");
            one.followPublished(WarmUp.MAIN, one.endpoint("/count"), "");
        }

        say("warming up");
        new WarmUp(subject).run(WarmUp.MAIN, options.warmUpSeconds());
        List<Section> sections =
                subjects.size() > 1 ? profiles(subjects.getFirst(), subjects.getLast()) : parts(subject);
        return new BenchReport(
                new BenchReport.Setting(
                        startedAt,
                        health.path("version").asText(),
                        Version.current().commit(),
                        postgresVersion(subject),
                        Machine.current()),
                sections,
                subjects.stream()
                        .map(one -> one.ledger().verdict())
                        .reduce(Ledger.Verdict::plus)
                        .orElseThrow());
    }

    private List<Section> profiles(Subject jvm, Subject executable) throws Exception {
        new WarmUp(executable).run(WarmUp.MAIN, Math.min(options.warmUpSeconds(), NATIVE_WARM_UP_SECONDS));
        Ceiling ceiling = ceiling(jvm);
        say("alternating rounds");
        return List.of(new ProfilesPhase(jvm, executable, ceiling, options.seconds()).run());
    }

    private List<Section> parts(Subject subject) throws Exception {
        List<Section> sections = new ArrayList<>();
        for (Part part : options.parts()) {
            if (!sections.isEmpty()
                    && (part == Part.HTTPS || part == Part.FAN_OUT || part == Part.FILTERS || part == Part.BATCHES)) {
                addPeakMemory(subject, sections); // that of the parts before: these take more
            }
            say(part.toString());
            switch (part) {
                case THROUGHPUT ->
                    sections.addAll(new ThroughputPhase(subject, ceiling(subject), options.seconds()).run());
                case LATENCY -> sections.add(new LatencyPhase(subject, options.seconds()).run());
                case FAIRNESS -> sections.add(new FairnessPhase(subject, options.seconds()).run());
                case RETRIES -> sections.add(new RetryPhase(subject).run());
                case IDLE -> sections.add(IdlePhase.run(subject.inside().orElseThrow()));
                case HTTPS ->
                    sections.add(
                            new HttpsPhase(subject, options.seconds(), options.warmUpSeconds()).run(folder("https")));
                case FAN_OUT -> sections.add(new FanOutPhase(subject, options.seconds() / 2.0).run());
                case BATCHES ->
                    sections.add(new BatchesPhase(subject, options.seconds(), options.warmUpSeconds()).run());
                case FILTERS -> {
                    if (subject.source().isPresent()) {
                        sections.add(new FiltersPhase(subject, ceiling(subject), options.seconds() / 2.0).run());
                    }
                }
            }
        }
        addPeakMemory(subject, sections);
        return sections;
    }

    /** Once. */
    private static void addPeakMemory(Subject subject, List<Section> sections) {
        if (subject.inside().isPresent() && sections.stream().noneMatch(PeakMemory.class::isInstance)) {
            sections.add(new PeakMemory(subject.inside().get().nexus().peakMemoryBytes()));
        }
    }

    private Ceiling ceiling(Subject subject) throws Exception {
        Ceiling ceiling = keep(Ceiling.start(
                folder("ceiling"),
                subject.receiverBase().getPort(),
                subject.receiver().receipts().sample()));
        ceiling.measure(options.seconds());
        return ceiling;
    }

    /**
     * @param name of the folder for its files
     * @param program what is started, unless there is a Nexus that runs
     */
    private Subject subject(String name, Path program) throws Exception {
        CountingReceiver receiver =
                keep(CountingReceiver.start(new Receipts(new Ledger(), new Spread(FAN_OUT_ENDPOINTS))));
        URI receiverBase = URI.create("http://" + options.receiverHost() + ":"
                + receiver.listen(Subject.bindAddress(options.receiverHost())));
        byte[] random = new byte[4];
        new SecureRandom().nextBytes(random);
        String token = HexFormat.of().formatHex(random);
        if (options.against().isPresent()) {
            NexusApi api = new NexusApi(options.against().get(), options.apiKey());
            Subject subject = new Subject(api, receiver, receiverBase, token, options.source(), Optional.empty());
            keep((AutoCloseable) () -> subject.dropTable(WarmUp.MAIN));
            keep(api);
            return subject;
        }
        // What is made in a store of its own is gone with it.
        OwnNexus own = keep(OwnNexus.start(folder(name), program));
        Connection beside = keep(Sql.connect(own.server()));
        return new Subject(
                new NexusApi(own.base(), Optional.of(own.apiKey())),
                receiver,
                receiverBase,
                token,
                Optional.of(own.source()),
                Optional.of(new Inside(
                        own.meter(), own.databaseMeter(), beside, own.source().database())));
    }

    private static String postgresVersion(Subject subject) throws Exception {
        if (subject.source().isEmpty()) {
            return "";
        }
        try (Connection connection = Sql.connect(subject.source().get())) {
            return Sql.text(connection, "SHOW server_version");
        }
    }

    private Path folder(String name) throws IOException {
        return Files.createDirectories(
                root.resolve("target").resolve("bench").resolve(name).toAbsolutePath());
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

    private static void say(String what) {
        System.err.println("bench: " + what);
    }

    private static void quietLogs() {
        LogManager.getLogManager().getLogger("").setLevel(Level.WARNING);
    }
}
