package nexus.embedded;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nexus.notation.SqlState;
import nexus.store.JdbcSessions;
import nexus.store.PostgresUrl;
import nexus.store.SessionSettings;
import nexus.store.SingleValue;
import org.jboss.logging.Logger;
import org.postgresql.PGProperty;

/**
 * The embedded PostgreSQL 18: durable, with logical WAL, on loopback only. Every user who may read {@code password} in the
 * folder is its superuser, so it is meant for trials and development.
 *
 * <p>The server survives a kill of Nexus; the next start adopts it. In the folder: {@code postgres}
 * (data), {@code programs}, {@code port}, {@code password}, {@code lock}.
 */
public final class EmbeddedDatabase implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(EmbeddedDatabase.class);

    /** Crash recovery takes time in proportion to the WAL. */
    private static final Duration STARTUP = Duration.ofSeconds(60);

    /** The library waits this long even for a server that has terminated. */
    private static final Duration FIRST_ANSWER = Duration.ofSeconds(5);

    private static final Duration SHUTDOWN = Duration.ofSeconds(20);

    /**
     * Not 5432, which another PostgreSQL may need at any time, and no port above 32767, which systems use for outgoing
     * connections.
     */
    private static final int FIRST_PORT = 25432;

    private static final int USUAL_PORTS = 50;
    private static final int PORTS_TRIED = 3;
    private static final String START_LOG = "postgres-start.log";

    /** The first three revert settings of the library for throw-away tests; fsync=on overrides its option -F. */
    private static final Map<String, String> SERVER = Map.ofEntries(
            Map.entry("fsync", "on"),
            Map.entry("synchronous_commit", "on"),
            Map.entry("full_page_writes", "on"),
            Map.entry("wal_level", "logical"),
            Map.entry("max_wal_senders", "10"),
            Map.entry("max_replication_slots", "10"),
            // WAL kept for a blocked capture must not fill the disk
            Map.entry("max_slot_wal_keep_size", "4GB"),
            Map.entry("max_connections", "100"),
            Map.entry("shared_buffers", "128MB"),
            Map.entry("listen_addresses", "127.0.0.1"),
            Map.entry("unix_socket_directories", ""),
            // keeps log files for a week
            Map.entry("logging_collector", "on"),
            Map.entry("log_filename", "postgresql-%a.log"),
            Map.entry("log_truncate_on_rotation", "on"),
            Map.entry("log_rotation_age", "1d"),
            Map.entry("log_rotation_size", "0"));

    private final HomeLock lock;
    private final Postmaster postmaster;
    private final DatabasePassword password;
    private final boolean adopted;

    private boolean closed;

    private EmbeddedDatabase(HomeLock lock, Postmaster postmaster, DatabasePassword password, boolean adopted) {
        this.lock = lock;
        this.postmaster = postmaster;
        this.password = password;
        this.adopted = adopted;
    }

    /** Starts the server of this folder, or adopts the one that runs there. Blocks until it responds. */
    public static EmbeddedDatabase start(Path home) throws EmbeddedDatabaseException {
        HomeLock lock = HomeLock.take(home);
        try {
            return start(home, lock);
        } catch (EmbeddedDatabaseException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static EmbeddedDatabase start(Path home, HomeLock lock) throws EmbeddedDatabaseException {
        Path data = data(home);
        try {
            DatabasePassword password = DatabasePassword.of(home, data);
            Optional<Postmaster> orphan = Postmaster.of(data);
            if (orphan.isPresent() && answers(data, orphan.get(), password)) {
                secure(orphan.get(), password);
                LOG.infof(
                        "embedded database adopted pid=%d port=%d",
                        orphan.get().process().pid(), orphan.get().port());
                return new EmbeddedDatabase(lock, orphan.get(), password, true);
            }
            Files.deleteIfExists(data.resolve("postmaster.pid"));
            removeUnfinished(data);
            Postmaster started = launch(home, data, password);
            secure(started, password);
            Files.writeString(home.resolve("port"), started.port() + "\n");
            return new EmbeddedDatabase(lock, started, password, false);
        } catch (IOException | UncheckedIOException e) {
            throw new EmbeddedDatabaseException(
                    "the embedded database in " + home + " can't be prepared: " + e.getMessage());
        }
    }

    /** The URL of the server that runs in this folder; empty when none runs or its password is not readable. */
    public static Optional<String> running(Path home) {
        return Postmaster.of(data(home))
                .flatMap(postmaster -> DatabasePassword.read(home).map(password -> url(postmaster.port(), password)));
    }

    /** The URL with the password. */
    public String url() {
        return url(postmaster.port(), password.text());
    }

    /** Whether the server was already running when this process started. */
    public boolean adopted() {
        return adopted;
    }

    /** Stops the server and releases the folder. Must be called after everything that uses the database. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (!postmaster.stop(SHUTDOWN)) {
                LOG.warnf(
                        "embedded database still stopping pid=%d after=%s",
                        postmaster.process().pid(), SHUTDOWN);
            }
        } catch (IOException e) {
            LOG.warnf(
                    "embedded database not stopped pid=%d reason=%s",
                    postmaster.process().pid(), e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.close();
        }
    }

    private static Path data(Path home) {
        return home.resolve("postgres");
    }

    private static String url(int port, String password) {
        return "postgresql://" + DatabasePassword.ROLE + ":" + password + "@127.0.0.1:" + port + "/postgres";
    }

    private static Connection connect(int port, DatabasePassword password) throws SQLException {
        PostgresUrl url = new PostgresUrl(
                "127.0.0.1", port, "postgres", DatabasePassword.ROLE, password.text(), Map.of("connect_timeout", "2"));
        Properties driver = new Properties();
        PGProperty.SOCKET_TIMEOUT.set(driver, 5);
        return JdbcSessions.open(url, SessionSettings.source(), driver);
    }

    private static void secure(Postmaster postmaster, DatabasePassword password)
            throws IOException, EmbeddedDatabaseException {
        try (Connection connection = connect(postmaster.port(), password)) {
            password.secure(connection);
        } catch (SQLException e) {
            throw new EmbeddedDatabaseException("the embedded database can't be given a password: " + e.getMessage());
        }
    }

    /** Tries the next port if another process took one after the check; {@code initdb} runs in between. */
    private static Postmaster launch(Path home, Path data, DatabasePassword password)
            throws EmbeddedDatabaseException, IOException {
        for (int port : (Iterable<Integer>) ports(home)::iterator) {
            startOn(port, home, data, password);
            Optional<Postmaster> postmaster = Postmaster.of(data);
            if (postmaster.isPresent() && answers(data, postmaster.get(), password)) {
                return postmaster.get();
            }
        }
        throw new EmbeddedDatabaseException(
                "the embedded database did not start; see " + home.resolve(START_LOG) + " and " + data.resolve("log"));
    }

    /** Returns when the server responds, or after {@link #FIRST_ANSWER}. */
    private static void startOn(int port, Path home, Path data, DatabasePassword password)
            throws EmbeddedDatabaseException, IOException {
        // the library keeps its lock on this file until the process ends, so a second start needs another file
        Files.deleteIfExists(data.resolve("epg-lock"));
        Redirect log = Redirect.to(home.resolve(START_LOG).toFile());
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                // never the parent of the data, because the library empties folders with old locks below it
                .setOverrideWorkingDirectory(home.resolve("programs").toFile())
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setRegisterShutdownHook(false)
                .setPort(port)
                .setPgBinaryResolver(EmbeddedDatabase::programs)
                .setPGStartupWait(FIRST_ANSWER)
                .setOutputRedirector(log)
                .setErrorRedirector(log)
                // the same collation on every machine
                .setLocaleConfig("locale-provider", "builtin")
                .setLocaleConfig("builtin-locale", "C.UTF-8")
                .setLocaleConfig("locale", "C")
                // follows the library's own "-A trust", so that no session gets in without a password
                .setLocaleConfig("auth", "scram-sha-256")
                .setLocaleConfig("pwfile", password.file().toAbsolutePath().toString())
                .setConnectConfig("password", password.text());
        SERVER.forEach(builder::setServerConfig);
        try {
            builder.start();
        } catch (NoProgramsException e) {
            throw new EmbeddedDatabaseException(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            LOG.infof("embedded database not there yet port=%d reason=%s", port, e.getMessage());
        } catch (RuntimeException e) {
            throw new EmbeddedDatabaseException("the embedded database did not start; see " + home.resolve(START_LOG)
                    + " (" + e.getClass().getSimpleName() + ")");
        }
    }

    /** A native executable contains the programs of its build platform, and none outside Linux on x86-64. */
    private static InputStream programs(String system, String machine) throws IOException {
        try {
            return DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(system, machine);
        } catch (IllegalStateException e) {
            throw new NoProgramsException(system, machine);
        }
    }

    /** This build contains no PostgreSQL for this platform. */
    private static final class NoProgramsException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NoProgramsException(String system, String machine) {
            super(
                    "this build of Nexus has no embedded PostgreSQL for " + system + " on " + machine
                            + ": set DATABASE_URL to a PostgreSQL of your own",
                    null,
                    false,
                    false);
        }
    }

    /**
     * A killed initdb leaves a folder that looks complete. Every server writes {@code postmaster.opts} when it starts; without
     * that file none ever ran here, so the folder holds no data.
     */
    private static void removeUnfinished(Path data) throws IOException {
        if (Files.exists(data.resolve("postmaster.opts")) || !Files.exists(data)) {
            return;
        }
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** Free ports, first the one of the last start, so that a saved psql command stays valid. */
    private static IntStream ports(Path home) throws IOException {
        Path file = home.resolve("port");
        String remembered = Files.exists(file) ? Files.readString(file).strip() : "";
        IntStream last =
                remembered.matches("[1-9][0-9]{0,4}") ? IntStream.of(Integer.parseInt(remembered)) : IntStream.empty();
        IntStream usual = IntStream.range(FIRST_PORT, FIRST_PORT + USUAL_PORTS);
        return IntStream.concat(last, IntStream.concat(usual, IntStream.generate(EmbeddedDatabase::anyPort)))
                .filter(EmbeddedDatabase::free)
                .limit(PORTS_TRIED);
    }

    private static boolean free(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException | IllegalArgumentException e) {
            return false;
        }
    }

    private static int anyPort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for a server that is starting.
     *
     * @return false when it terminated */
    private static boolean answers(Path data, Postmaster postmaster, DatabasePassword password)
            throws EmbeddedDatabaseException {
        long deadline = System.nanoTime() + STARTUP.toNanos();
        while (!servesFrom(data, postmaster.port(), password)) {
            if (postmaster.ended()) {
                return false;
            }
            if (System.nanoTime() > deadline) {
                throw new EmbeddedDatabaseException("the server in " + data + " (process "
                        + postmaster.process().pid() + ") does not answer: see " + data.resolve("log")
                        + ", stop it with kill -INT");
            }
            try {
                Thread.sleep(100);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new EmbeddedDatabaseException("interrupted while waiting for the embedded database");
            }
        }
        return true;
    }

    private static boolean servesFrom(Path data, int port, DatabasePassword password) throws EmbeddedDatabaseException {
        try (Connection connection = connect(port, password)) {
            String served = SingleValue.text(connection, "SELECT current_setting('data_directory')");
            return Files.isSameFile(Path.of(served), data);
        } catch (SQLException | IOException e) {
            if (SqlState.is(e, SqlState.INVALID_PASSWORD)) {
                throw new EmbeddedDatabaseException("the embedded database in " + data + " has another password than "
                        + password.file() + ": put the right one there");
            }
            return false;
        }
    }
}
