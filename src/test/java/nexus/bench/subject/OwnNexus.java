package nexus.bench.subject;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import nexus.embedded.EmbeddedDatabase;
import nexus.embedded.EmbeddedDatabaseException;
import nexus.store.PostgresUrl;
import nexus.testkit.FreePort;

/** The packaged application in a process of its own, as the script runs it, with a PostgreSQL 18 that is not embedded for it. */
public final class OwnNexus implements AutoCloseable {
    private static final long START_SECONDS = 90;
    private static final String DATABASE = "bench";

    private final EmbeddedDatabase database;
    private final Process process;
    private final URI base;
    private final String apiKey;
    private final PostgresUrl server;
    private final ProcessHandle postmaster;

    private OwnNexus(
            EmbeddedDatabase database,
            Process process,
            URI base,
            String apiKey,
            PostgresUrl server,
            ProcessHandle postmaster) {
        this.database = database;
        this.process = process;
        this.base = base;
        this.apiKey = apiKey;
        this.server = server;
        this.postmaster = postmaster;
    }

    /**
     * Waits until it is ready.
     *
     * @param folder for everything of this run; is emptied
     * @param program what understands {@code serve}
     */
    public static OwnNexus start(Path folder, Path program)
            throws IOException, SQLException, EmbeddedDatabaseException, InterruptedException {
        Path home = folder.resolve("database");
        if (EmbeddedDatabase.running(home).isPresent()) { // left behind by a run that was killed
            EmbeddedDatabase.start(home).close();
        }
        empty(folder);
        EmbeddedDatabase database = EmbeddedDatabase.start(home);
        try {
            PostgresUrl server = PostgresUrl.parse(database.url());
            ProcessHandle postmaster = prepare(server);
            String url = database.url().replaceFirst("/[^/]*$", "/" + DATABASE);
            String apiKey = HexFormat.of().formatHex(random(32));
            int port = FreePort.next();
            Process process = launch(folder, program, url, apiKey, port);
            OwnNexus nexus =
                    new OwnNexus(database, process, URI.create("http://127.0.0.1:" + port), apiKey, server, postmaster);
            nexus.awaitReady(folder.resolve("nexus.log"));
            return nexus;
        } catch (IOException | SQLException | InterruptedException | RuntimeException e) {
            database.close();
            throw e;
        }
    }

    public URI base() {
        return base;
    }

    public String apiKey() {
        return apiKey;
    }

    /** Nexus's database, and the source. */
    public PostgresUrl source() {
        return new PostgresUrl(
                server.host(), server.port(), DATABASE, server.user(), server.password(), server.parameters());
    }

    /** Another database of the same server. */
    public PostgresUrl server() {
        return server;
    }

    public ProcessMeter meter() {
        return ProcessMeter.of(process.toHandle());
    }

    /** Of PostgreSQL, all processes. */
    public ProcessMeter databaseMeter() {
        return ProcessMeter.ofTree(postmaster);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        database.close();
    }

    /** @return PostgreSQL's first process */
    private static ProcessHandle prepare(PostgresUrl server) throws SQLException {
        try (Connection connection = Sql.connect(server);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + DATABASE);
            long backend = Sql.number(connection, "SELECT pg_backend_pid()");
            return ProcessHandle.of(backend).flatMap(ProcessHandle::parent).orElseThrow();
        }
    }

    private static Process launch(Path folder, Path program, String url, String apiKey, int port) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(program.toString(), "serve")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(Redirect.to(folder.resolve("nexus.log").toFile()));
        builder.environment()
                .keySet()
                .retainAll(List.of("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "USER", "JAVA_HOME", "NEXUS_JAVA_OPTS"));
        builder.environment()
                .putAll(Map.of(
                        "DATABASE_URL",
                        url,
                        "API_KEYS",
                        apiKey,
                        "NEXUS_SECRET_KEY",
                        Base64.getEncoder().encodeToString(random(32)),
                        "TARGETS_ALLOW",
                        "127.0.0.0/8",
                        "HOST",
                        "127.0.0.1",
                        "PORT",
                        Integer.toString(port),
                        "API_RATE", // for the many subscriptions of one part
                        "100000",
                        "MANAGEMENT_PORT",
                        Integer.toString(FreePort.next())));
        return builder.start();
    }

    private void awaitReady(Path log) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (!Files.readString(log).contains(" is ready on ")) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                process.destroyForcibly();
                throw new IOException("Nexus did not start; see " + log);
            }
            Thread.sleep(50);
        }
    }

    private static void empty(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        Files.createDirectories(folder);
    }

    private static byte[] random(int bytes) {
        byte[] made = new byte[bytes];
        new SecureRandom().nextBytes(made);
        return made;
    }
}
