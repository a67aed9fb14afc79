package nexus.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import nexus.testkit.Eventually;
import nexus.testkit.FreePort;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedDatabasePostgresTest {
    @TempDir
    Path folder;

    @Test
    void theServerIsDurableAndKeepsItsDataAndItsPortOverARestart() throws Exception {
        Path home = folder.resolve("home");
        String url;
        try (EmbeddedDatabase database = EmbeddedDatabase.start(home)) {
            url = database.url();
            assertThat(TestPostgres.query(url, """
                            SELECT string_agg(current_setting(name), ' ' ORDER BY name), pg_encoding_to_char(encoding)
                            FROM unnest('{fsync,full_page_writes,listen_addresses,synchronous_commit,wal_level}'::text[]) name,
                                 pg_database WHERE datname = 'postgres' GROUP BY 2""")).containsExactly("on on 127.0.0.1 on logical|UTF8");
            TestPostgres.execute(url, "CREATE TABLE kept AS SELECT 1 AS one");
        }
        assertThat(EmbeddedDatabase.running(home)).isEmpty();
        try (EmbeddedDatabase database = EmbeddedDatabase.start(home)) {
            assertThat(database.url()).isEqualTo(url);
            assertThat(database.adopted()).isFalse();
            assertThat(TestPostgres.query(url, "SELECT one FROM kept")).containsExactly("1");

            assertThatThrownBy(() -> EmbeddedDatabase.start(home))
                    .isInstanceOf(EmbeddedDatabaseException.class)
                    .hasMessageStartingWith("another nexus serve runs on " + home + " (process "
                            + ProcessHandle.current().pid() + ")");
            assertThat(EmbeddedDatabase.running(home)).contains(url);
        }
        assertThat(home.resolve("postgres/postmaster.pid")).doesNotExist();
    }

    @Test
    void nobodyComesInWithoutThePasswordNotEvenWhereAVersionBeforeLetEverybodyIn() throws Exception {
        Path home = folder.resolve("secret");
        String data = home.resolve("postgres").toString();
        try (EmbeddedDatabase database = EmbeddedDatabase.start(home)) {
            assertAsks(home, database.url());
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home)))
                    .isEqualTo("rwx------");
            TestPostgres.execute(database.url(), "ALTER ROLE postgres PASSWORD NULL");
        }
        letEverybodyIn(home);
        try (EmbeddedDatabase upgraded = EmbeddedDatabase.start(home)) {
            assertAsks(home, upgraded.url());
            assertThat(TestPostgres.query(upgraded.url(), "SHOW data_directory"))
                    .containsExactly(data);
        }
        Files.delete(home.resolve("password"));
        assertThatThrownBy(() -> EmbeddedDatabase.start(home))
                .isInstanceOf(EmbeddedDatabaseException.class)
                .hasMessageContaining(home.resolve("password").toString());
    }

    private static void letEverybodyIn(Path home) throws IOException {
        Files.delete(home.resolve("password"));
        Files.writeString(
                home.resolve("postgres/pg_hba.conf"),
                "local all all trust\nhost all all 127.0.0.1/32 trust # scram-sha-256\nhost all all ::1/128 trust\n");
    }

    private static void assertAsks(Path home, String url) throws IOException {
        String password = Files.readString(home.resolve("password")).strip();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve("password"))))
                .isEqualTo("rw-------");
        assertThat(url).contains("postgres:" + password + "@");
        assertThat(TestPostgres.query(url, "SELECT 1")).containsExactly("1");
        assertThat(TestPostgres.query(url, "SELECT DISTINCT auth_method FROM pg_hba_file_rules"))
                .containsExactly("scram-sha-256");
        for (String wrong : List.of("", ":wrong")) {
            assertThatThrownBy(() -> TestPostgres.query(url.replace(":" + password, wrong), "SELECT 1"))
                    .hasMessageContaining("password");
        }
    }

    @Test
    void aPortThatIsTakenWhileTheServerIsPreparedIsPassedOver() throws Exception {
        Path home = Files.createDirectories(folder.resolve("taken"));
        try (ServerSocket other = new ServerSocket();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            int port = FreePort.next();
            Files.writeString(home.resolve("port"), port + "\n");
            Future<?> taking = threads.submit(() -> {
                Eventually.eventually(
                        "initdb works",
                        () -> Files.exists(home.resolve("postgres").resolve("PG_VERSION")));
                other.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return null;
            });

            try (EmbeddedDatabase database = EmbeddedDatabase.start(home)) {
                taking.get();
                assertThat(database.url()).doesNotContain(":" + port + "/");
                assertThat(TestPostgres.query(database.url(), "SELECT 1")).containsExactly("1");
                assertThat(EmbeddedDatabase.running(home)).contains(database.url());
            }
        }
    }

    @Test
    void theServerOfAKilledProcessIsAdopted() throws Exception {
        Path home = folder.resolve("killed");
        Path log = folder.resolve("killed.log");
        Process nexus = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        home.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Eventually.eventually("a server runs", () -> !nexus.isAlive() || Files.exists(home.resolve("port")));
        assertThat(nexus.isAlive()).as(() -> read(log)).isTrue();
        assertThatThrownBy(() -> EmbeddedDatabase.start(home)).hasMessageContaining("process " + nexus.pid());
        nexus.destroyForcibly().waitFor(10, TimeUnit.SECONDS);

        String left = EmbeddedDatabase.running(home).orElseThrow();
        try (EmbeddedDatabase adopted = EmbeddedDatabase.start(home)) {
            assertThat(adopted.adopted()).isTrue();
            assertThat(adopted.url()).isEqualTo(left);
            assertThat(TestPostgres.query(left, "SELECT 1")).containsExactly("1");
        }
        assertThat(EmbeddedDatabase.running(home)).isEmpty();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aFolderThatCannotBeWrittenIsToldWhatToSetInstead() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> EmbeddedDatabase.start(file.resolve("home")))
                .isInstanceOf(EmbeddedDatabaseException.class)
                .hasMessageContaining("DATABASE_URL")
                .hasMessageContaining("NEXUS_HOME");
    }

    @Test
    void anInitdbThatWasKilledIsDoneAgain() throws Exception {
        Path home = folder.resolve("half");
        Files.createDirectories(home.resolve("postgres/global"));
        Files.writeString(home.resolve("postgres/postgresql.conf"), "");
        try (EmbeddedDatabase database = EmbeddedDatabase.start(home)) {
            assertThat(TestPostgres.query(database.url(), "SELECT 1")).containsExactly("1");
        }
    }

    @Test
    void aProcessFileOfAnotherProgramIsNoServer() throws Exception {
        Process other = new ProcessBuilder("sleep", "60").start();
        try {
            Files.writeString(folder.resolve("postmaster.pid"), other.pid() + "\n" + folder + "\n0\n25432\n");
            assertThat(Postmaster.of(folder)).isEmpty();
        } finally {
            other.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void aServerThatHasEndedAndThatNobodyCollectsIsNotWaitedFor() throws Exception {
        Process parent = new ProcessBuilder("sh", "-c", "sleep 60 & echo $!; exec sleep 60").start();
        try {
            ProcessHandle server = ProcessHandle.of(
                            Long.parseLong(parent.inputReader().readLine().strip()))
                    .orElseThrow();
            Path pidFile = Files.createFile(folder.resolve("postmaster.pid"));
            Postmaster postmaster = new Postmaster(server, 1, pidFile);
            assertThat(postmaster.ended()).isFalse();
            server.destroyForcibly();
            assertThat(server.isAlive()).as("stays in the table of processes").isTrue();
            Files.delete(pidFile);

            assertThat(postmaster.stop(Duration.ofSeconds(5))).isTrue();
        } finally {
            parent.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
    }

    /** A process that holds a folder until it is killed. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] args) throws Exception {
            EmbeddedDatabase.start(Path.of(args[0]));
            new CountDownLatch(1).await();
        }
    }
}
