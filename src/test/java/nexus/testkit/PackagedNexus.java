package nexus.testkit;

import static nexus.testkit.Eventually.eventually;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The packaged application, {@code serve}d in a process of its own and driven from outside.
 *
 * <pre>{@code
 * try (PackagedNexus nexus = PackagedNexus.start(Map.of("DELIVERY_MAX_ATTEMPTS", "2"))) {
 *     nexus.sql("INSERT INTO users (email, name) VALUES ('a@example.com', 'A')");
 *     nexus.api().get("/v1/events").expect(200);
 *     nexus.kill9();
 *     nexus.restart();
 * }
 * }</pre>
 */
public final class PackagedNexus implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration STOP = Duration.ofSeconds(40);

    /** As users have them. */
    public static final Map<String, String> USUAL_LEASES = Map.of(NexusProgram.JVM_OPTIONS, "");

    /** A process that stands still is taken over when its lease is over. */
    private static final Map<String, String> SHORT_LEASES =
            Map.of(NexusProgram.JVM_OPTIONS, "-Dnexus.lease.ttl=4s -Dnexus.lease.valid=3s -Dnexus.lease.beat=500ms");

    private final Path folder;
    private final Map<String, String> environment;
    private final Path output;
    private final int port;
    private final int managementPort;

    private @Nullable Process process;
    private int linesBefore;
    private Duration readyAfter = Duration.ZERO;

    private PackagedNexus(Map<String, String> given) {
        this.folder = NexusProgram.freshFolder();
        this.output = folder.resolve("output.log");
        this.port = FreePort.next();
        this.managementPort = FreePort.next();
        this.environment = new HashMap<>(Map.of(
                "NEXUS_HOME",
                folder.resolve("home").toString(),
                "PORT",
                Integer.toString(port),
                "MANAGEMENT_PORT",
                Integer.toString(managementPort)));
        environment.putAll(given);
        prepare(Path.of(environment.get("NEXUS_HOME")));
    }

    /**
     * As if the embedded database had run there before: on a port of its own, as two that start at once would find the
     * same first one free; and with its programs, which take longer to unpack than all the rest of a start.
     */
    private static void prepare(Path home) {
        try {
            Files.createDirectories(
                    home, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Files.writeString(home.resolve("port"), FreePort.next() + "\n");
            Files.createSymbolicLink(home.resolve("programs"), Files.createDirectories(NexusProgram.POSTGRES));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts one in a new, empty folder, and waits until it is ready. */
    public static PackagedNexus start(Map<String, String> environment) {
        PackagedNexus nexus = new PackagedNexus(environment);
        try {
            nexus.restart();
        } catch (AssertionError e) {
            nexus.close();
            throw e;
        }
        return nexus;
    }

    /** Starts it again in the same folder, after it has ended, and waits until it is ready. */
    public void restart() {
        linesBefore = NexusProgram.lines(output).size();
        Map<String, String> served = new HashMap<>(SHORT_LEASES);
        served.putAll(environment);
        long start = System.nanoTime();
        Process started = NexusProgram.start(folder, output, served, "serve");
        process = started;
        try {
            eventually("Nexus is ready", START, () -> isReady() || !started.isAlive());
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "\n" + log(), e);
        }
        readyAfter = Duration.ofNanos(System.nanoTime() - start);
        if (!started.isAlive()) {
            throw new AssertionError("ended with " + started.exitValue() + "\n" + log());
        }
    }

    /**
     * Waits until the slot is there and read. A subscription that names tables waits for that by itself; what is
     * published from SQL before it is lost by design, and a native executable is ready sooner.
     */
    public void awaitStreaming() {
        eventually("the slot is read", () -> api().get("/v1/health")
                .json()
                .at("/capture/status")
                .asText()
                .equals("streaming"));
    }

    /** Ends it as a crash would. The embedded database goes on without it. */
    public void kill9() {
        Process running = running();
        running.destroyForcibly();
        exitCode(running);
    }

    /** Stops it in the middle of what it does, until {@link #resume}. */
    public void pause() {
        signal(running().toHandle(), "-STOP");
    }

    public void resume() {
        signal(running().toHandle(), "-CONT");
    }

    /** Ends the embedded database as a crash would, with all of its processes. */
    public void killDatabase() {
        ProcessHandle postmaster = postmaster().orElseThrow();
        List<ProcessHandle> processes =
                Stream.concat(Stream.of(postmaster), postmaster.descendants()).toList();
        processes.forEach(process -> signal(process, "-KILL"));
        eventually("the database is gone", STOP, () -> processes.stream().noneMatch(ProcessHandle::isAlive));
    }

    /** Asks it to end, waits, and answers with its exit code. */
    public int terminate() {
        Process running = running();
        running.destroy();
        return exitCode(running);
    }

    /** Memory of its process that is in RAM, in bytes. Linux alone tells. */
    public long residentBytes() {
        try (Stream<String> lines =
                Files.lines(Path.of("/proc", Long.toString(running().pid()), "status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From the start of its process to the line that says it is ready, as seen by a look every 5 ms. */
    public Duration readyAfter() {
        return readyAfter;
    }

    public int port() {
        return port;
    }

    public int managementPort() {
        return managementPort;
    }

    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    /** Without a key when {@code API_KEYS} was given: see {@link ApiClient#with}. */
    public ApiClient api() {
        return new ApiClient(uri("").toString(), List.of());
    }

    /** Probes and metrics. */
    public ApiClient management() {
        return new ApiClient("http://127.0.0.1:" + managementPort, List.of());
    }

    /** The embedded database's, as it was told with the ready line. */
    public String databaseUrl() {
        return toldDatabase().orElseThrow();
    }

    public Connection connect() {
        return TestPostgres.connect(databaseUrl());
    }

    public void sql(String... statements) {
        TestPostgres.execute(databaseUrl(), statements);
    }

    /** Rows as their columns' texts joined with {@code |}. */
    public List<String> query(String sql) {
        return TestPostgres.query(databaseUrl(), sql);
    }

    /** The variables it was started with. */
    public Map<String, String> environment() {
        return Map.copyOf(environment);
    }

    /** Everything it has printed so far, before restarts too. */
    public String log() {
        return String.join("\n", NexusProgram.lines(output));
    }

    @Override
    public void close() {
        Process running = process;
        if (running != null && running.isAlive()) {
            running.destroy();
            exitCode(running);
        }
        stopDatabaseLeftBehind();
    }

    private Process running() {
        Process running = process;
        if (running == null || !running.isAlive()) {
            throw new AssertionError("Nexus does not run\n" + log());
        }
        return running;
    }

    private int exitCode(Process ending) {
        try {
            if (!ending.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
                ending.destroyForcibly();
                throw new AssertionError("Nexus did not end within " + STOP + "\n" + log());
            }
            return ending.exitValue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private boolean isReady() {
        List<String> lines = linesOfThisStart();
        boolean isUp = lines.stream().anyMatch(line -> line.matches("Nexus \\S+ is ready on http://localhost:" + port));
        return isUp
                && (environment.containsKey("DATABASE_URL") || toldDatabase().isPresent());
    }

    private Optional<String> toldDatabase() {
        return linesOfThisStart().stream()
                .filter(line -> line.startsWith("psql \"postgresql://"))
                .map(line -> line.substring("psql \"".length(), line.length() - 1))
                .findFirst();
    }

    private List<String> linesOfThisStart() {
        List<String> lines = NexusProgram.lines(output);
        return lines.subList(Math.min(linesBefore, lines.size()), lines.size());
    }

    /** What a test that ends with {@code kill -9} leaves running. */
    private void stopDatabaseLeftBehind() {
        postmaster().ifPresent(running -> {
            signal(running, "-INT");
            eventually("the database left behind ends", STOP, () -> !running.isAlive());
        });
    }

    /** The embedded server's first process. Its file names it; after a crash that may be another program by now. */
    private Optional<ProcessHandle> postmaster() {
        Path pidFile = folder.resolve("home").resolve("postgres").resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return Optional.empty();
        }
        try {
            long pid = Long.parseLong(Files.readAllLines(pidFile).getFirst().strip());
            return ProcessHandle.of(pid)
                    .filter(found -> found.info().command().orElse("").endsWith("/postgres"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void signal(ProcessHandle process, String signal) {
        try {
            new ProcessBuilder("kill", signal, Long.toString(process.pid()))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
