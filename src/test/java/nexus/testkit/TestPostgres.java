package nexus.testkit;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import nexus.store.StoreConfig;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/**
 * One PostgreSQL for the whole run of the tests, with a fresh database for each test that asks. Its major version is
 * the system property {@code nexus.test.postgres}, 18 without.
 */
public final class TestPostgres {
    private static final int VERSION = Integer.getInteger("nexus.test.postgres", 18);
    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static final Vertx VERTX = Vertx.vertx();

    private TestPostgres() {}

    private static final class Server {
        static final EmbeddedPostgres INSTANCE = start();

        private static EmbeddedPostgres start() {
            try {
                Path data = Files.createTempDirectory("nexus-test-postgres");
                EmbeddedPostgres server = PostgresPrograms.server(VERSION)
                        .setDataDirectory(data)
                        .setCleanDataDirectory(false)
                        .setRegisterShutdownHook(false)
                        .setServerConfig("wal_level", "logical")
                        .setServerConfig("max_connections", "200")
                        .setServerConfig("max_prepared_transactions", "5")
                        .setServerConfig("max_replication_slots", "50")
                        .setServerConfig("max_wal_senders", "50")
                        .start();
                Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(server, data)));
                return server;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Not waited for: it is some 100 000 files, and a test JVM that takes 30 s to end is killed. */
    private static void remove(EmbeddedPostgres server, Path data) {
        try {
            server.close();
            new ProcessBuilder("rm", "-rf", data.toString()).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A store that nobody connects to: PostgreSQL copies it in a fraction of the time that migrations take. One for each
     * day, as it has the tables of a week from its own on.
     */
    private static final class MigratedStore {
        private static final Map<LocalDate, String> NAMES = new ConcurrentHashMap<>();

        static String name() {
            return NAMES.computeIfAbsent(LocalDate.now(ZoneOffset.UTC), today -> make());
        }

        private static String make() {
            String url = freshDatabase();
            migrate(url);
            return url.substring(url.lastIndexOf('/') + 1);
        }
    }

    /** The server's major version. */
    public static int version() {
        return VERSION;
    }

    public static Vertx vertx() {
        return VERTX;
    }

    /** A new, empty database; the answer is its {@code postgresql://} URL. */
    public static String freshDatabase() {
        return copyOf("template1");
    }

    private static String copyOf(String template) {
        String name = "test_" + DATABASES.incrementAndGet();
        try (Connection connection = Server.INSTANCE.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name + " TEMPLATE " + template);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return "postgresql://postgres@localhost:" + Server.INSTANCE.getPort() + "/" + name;
    }

    /** A new database with Nexus's tables. */
    public static String freshStore() {
        String url = copyOf(MigratedStore.name());
        execute(url, "UPDATE nexus.store SET id = gen_random_uuid()");
        return url;
    }

    /** Makes Nexus's tables there. */
    public static void migrate(String url) {
        flyway(url).load().migrate();
    }

    /**
     * As {@code quarkus.flyway} in application.properties.
     *
     * @param later folders with migrations of versions after this one
     */
    public static FluentConfiguration flyway(String url, Path... later) {
        List<String> locations = new ArrayList<>(List.of("classpath:db/migration"));
        for (Path folder : later) {
            locations.add("filesystem:" + folder);
        }
        return Flyway.configure()
                .dataSource(jdbc(url), user(url)[0], "")
                .schemas("nexus")
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .locations(locations.toArray(String[]::new));
    }

    /** As where store and source are one cluster. */
    public static StoreConfig storeConfig(String url) {
        return storeConfig(url, false, "local");
    }

    public static StoreConfig storeConfig(String url, boolean pooled, String synchronousCommit) {
        return new StoreConfig() {
            @Override
            public String url() {
                return url;
            }

            @Override
            public int apiConnections() {
                return 4;
            }

            @Override
            public int queueConnections() {
                return 4;
            }

            @Override
            public boolean pooled() {
                return pooled;
            }

            @Override
            public String synchronousCommit() {
                return synchronousCommit;
            }

            @Override
            public Duration statementTimeout() {
                return Duration.ofSeconds(30);
            }
        };
    }

    public static Connection connect(String url) {
        try {
            String[] user = user(url);
            return DriverManager.getConnection(jdbc(url), user[0], user.length > 1 ? user[1] : "");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    public static void execute(String url, String... statements) {
        try (Connection connection = connect(url);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Rows as their columns' texts joined with {@code |}. */
    public static List<String> query(String url, String sql) {
        List<String> rows = new ArrayList<>();
        try (Connection connection = connect(url);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            int columns = result.getMetaData().getColumnCount();
            while (result.next()) {
                StringBuilder row = new StringBuilder();
                for (int i = 1; i <= columns; i++) {
                    row.append(i > 1 ? "|" : "").append(result.getString(i));
                }
                rows.add(row.toString());
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return rows;
    }

    /** The value, or the failure as an exception. For tests only. */
    public static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The name, and the password if there is one. */
    private static String[] user(String url) {
        return Objects.requireNonNullElse(URI.create(url).getUserInfo(), "postgres")
                .split(":", 2);
    }

    private static String jdbc(String url) {
        String user = URI.create(url).getUserInfo();
        return "jdbc:" + (user == null ? url : url.replace(user + "@", ""));
    }
}
