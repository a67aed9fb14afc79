package nexus.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import nexus.doctor.check.Check;
import nexus.doctor.check.Diagnosis;
import nexus.doctor.check.Subject;
import nexus.doctor.connection.ReadOnlyConnections;
import nexus.store.PostgresUrl;
import nexus.testkit.Eventually;
import nexus.testkit.OpenTransaction;
import nexus.testkit.RefusingServer;
import nexus.testkit.TestCipher;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** On a server of its own: its settings are changed, and every fix is run as it is printed. */
class DoctorPostgresTest {
    private static final String KEY = Base64.getEncoder().encodeToString(new byte[32]);
    private static EmbeddedPostgres server;
    private static int databases;

    private String url = "";

    @BeforeAll
    static void startServer() throws IOException {
        server = EmbeddedPostgres.builder()
                .setServerConfig("wal_level", "logical")
                .start();
        TestPostgres.execute(admin("postgres"), "CREATE ROLE plain LOGIN");
    }

    @AfterAll
    static void stopServer() throws IOException {
        server.close();
    }

    @BeforeEach
    void freshDatabase() {
        String name = "shop_" + ++databases;
        url = admin(name);
        TestPostgres.execute(admin("postgres"), "CREATE DATABASE " + name);
        TestPostgres.execute(url, "ALTER SYSTEM SET max_slot_wal_keep_size = '2GB'"); // not on its command line
        TestPostgres.execute(url, "ALTER SYSTEM RESET wal_sender_timeout");
        TestPostgres.execute(url, "ALTER SYSTEM RESET idle_replication_slot_timeout");
        reload();
    }

    @AfterEach
    void dropSlots() {
        TestPostgres.query(url, "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots");
    }

    @Test
    void anEmptyDatabaseIsFit() {
        assertThat(examine().status()).isEqualTo("ok");
        captured();
        Diagnosis diagnosis = examine();
        assertThat(problems(diagnosis)).isEmpty();
        assertThat(diagnosis.checks()).extracting(Check::check).doesNotHaveDuplicates();
        assertThat(diagnosis.checks())
                .extracting(Check::check)
                .contains("source-reachable", "position", "retained-wal", "store-schema", "store-connections")
                .doesNotContain("store-reachable", "store-version", "store-transactions");
    }

    @Test
    void whatCaptureCouldNotStoreAsItWasIsToldForAWeekByWhateverProcess() {
        captured();
        TestPostgres.execute(
                url,
                "INSERT INTO nexus.source_trouble VALUES"
                        + " ('nexus', 'undecoded', 7, now() - interval '9 days', now(), 'public.orders', 'not JSON'),"
                        + " ('nexus', 'reduced', 7, now() - interval '9 days', now() - interval '8 days', 'x', 'y'),"
                        + " ('another', 'refused', 7, now(), now(), 'x', 'y')");
        Diagnosis diagnosis = examine();
        assertThat(problems(diagnosis)).containsExactly("warn undecoded-values");
        assertThat(diagnosis.checks()).anySatisfy(check -> assertThat(check.detail())
                .startsWith("7 row changes since ")
                .endsWith("in public.orders: not JSON"));
    }

    @Test
    void everyFixOfASettingMakesItsCheckOk() {
        TestPostgres.execute(url, "ALTER SYSTEM SET max_slot_wal_keep_size = -1");
        TestPostgres.execute(url, "ALTER SYSTEM SET wal_sender_timeout = 0");
        TestPostgres.execute(url, "ALTER SYSTEM SET idle_replication_slot_timeout = '1h'");
        reload();
        Diagnosis bad = examine();
        assertThat(bad.status()).isEqualTo("fail");
        assertThat(problems(bad))
                .containsExactly(
                        "fail max_slot_wal_keep_size", "warn wal_sender_timeout", "warn idle_replication_slot_timeout");

        fix(bad);
        reload();
        assertThat(problems(examine())).isEmpty();
    }

    @Test
    void everyFixOfARoleWithoutRightsMakesItsCheckOk() {
        PostgresUrl plain = PostgresUrl.parse(url.replace("postgres@", "plain@"));
        TestPostgres.execute(url, "ALTER ROLE plain NOREPLICATION");
        Diagnosis bad = Doctor.examine(subject(plain, plain));
        assertThat(problems(bad)).containsExactly("fail replication-right", "fail publication", "fail store-rights");

        fix(bad);
        assertThat(problems(Doctor.examine(subject(plain, plain)))).isEmpty();
    }

    @Test
    void aTableOfSomebodyElseNeedsTheOwner() {
        captured();
        TestPostgres.execute(url, "CREATE TABLE \"Orders\" (id int PRIMARY KEY)", "ALTER ROLE plain REPLICATION");
        wanted("pg.public.Orders.*");
        PostgresUrl plain = PostgresUrl.parse(url.replace("postgres@", "plain@"));

        Diagnosis bad = Doctor.examine(subject(plain, PostgresUrl.parse(url)));
        assertThat(problems(bad)).containsExactly("fail publication-coverage");
        assertThat(bad.checks())
                .extracting(Check::check)
                .doesNotHaveDuplicates()
                .contains("store-reachable")
                .doesNotContain("store-version", "store-transactions");

        fix(bad);
        assertThat(problems(Doctor.examine(subject(plain, PostgresUrl.parse(url)))))
                .isEmpty();
    }

    @Test
    void everyFixOfATableMakesItsCheckOk() {
        captured();
        TestPostgres.execute(
                url,
                "CREATE TABLE keyless (id int)",
                "CREATE TABLE numbered (n int NOT NULL, CONSTRAINT \"Number\" UNIQUE (n))",
                "CREATE TABLE parts (id int) PARTITION BY LIST (id)",
                "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1)",
                "CREATE UNLOGGED TABLE fleeting (id int PRIMARY KEY)",
                "ALTER PUBLICATION nexus ADD TABLE keyless");
        wanted("pg.public.keyless.*", "pg.public.numbered.*", "pg.public.parts.*", "pg.public.fleeting.*");
        assertThatThrownBy(() -> TestPostgres.execute(url, "UPDATE keyless SET id = 2"))
                .hasMessageContaining("replica identity");
        Diagnosis bad = examine();
        assertThat(problems(bad))
                .containsExactly(
                        "warn wanted-tables", "warn publication-coverage", "warn replica-identity", "fail user-writes");

        fix(bad);
        TestPostgres.execute(url, "UPDATE keyless SET id = 2");
        fix(examine()); // with an identity they belong into the other publication
        assertThat(problems(examine())).isEmpty();
        assertThat(TestPostgres.query(
                        url, "SELECT DISTINCT tablename FROM pg_publication_tables WHERE pubname = 'nexus' ORDER BY 1"))
                .containsExactly("fleeting", "keyless", "numbered", "parts_1");
    }

    @Test
    void aSchemaThatIsPublishedWholeCoversItsTables() {
        captured();
        TestPostgres.execute(
                url,
                "CREATE SCHEMA sales",
                "CREATE TABLE sales.orders (id int PRIMARY KEY)",
                "CREATE TABLE secured (id int PRIMARY KEY); ALTER TABLE secured ENABLE ROW LEVEL SECURITY",
                "ALTER PUBLICATION nexus ADD TABLES IN SCHEMA sales",
                "ALTER PUBLICATION nexus ADD TABLE secured");
        wanted("pg.sales.*.*", "pg.public.secured.insert");
        assertThat(problems(examine())).containsExactly("warn row-level-security");
    }

    @Test
    void aDroppedSlotIsLostAndMadeAgain() {
        captured();
        TestPostgres.query(url, "SELECT pg_drop_replication_slot('nexus')");
        Diagnosis bad = examine();
        assertThat(problems(bad)).containsExactly("fail slot");

        fix(bad);
        // what lies between is a gap, which is recorded when capture starts
        assertThat(problems(examine())).containsExactly("warn position");
    }

    @Test
    void aSlotThatTheServerGaveUpIsLostAndMadeAgain() {
        captured();
        TestPostgres.execute(url, "ALTER SYSTEM SET max_slot_wal_keep_size = '1MB'");
        reload();
        for (int segments = 0; segments < 4; segments++) {
            TestPostgres.query(url, "SELECT pg_logical_emit_message(true, 'test', 'x')");
            TestPostgres.query(url, "SELECT pg_switch_wal()");
        }
        TestPostgres.execute(url, "CHECKPOINT");
        Diagnosis bad = examine();
        assertThat(problems(bad)).containsExactly("warn max_slot_wal_keep_size", "fail slot");
        assertThat(find(bad, "slot").detail()).contains("wal_removed");

        fix(bad);
        reload();
        assertThat(problems(examine())).containsExactly("warn position");
    }

    @Test
    void whatTheStoreRemembersIsTold() {
        captured();
        wanted("user.created");
        TestPostgres.execute(
                url,
                "INSERT INTO nexus.source_gap (slot, from_lsn, to_lsn, reason) VALUES ('nexus', '0/1', '0/2', 'why')",
                "UPDATE nexus.subscription SET target = '\\x" + "00".repeat(40) + "'",
                "UPDATE nexus.store SET id = gen_random_uuid()",
                "DELETE FROM nexus.flyway_schema_history WHERE script LIKE '%V001__store.sql'");
        Diagnosis bad = examine();
        assertThat(problems(bad))
                .containsExactly("fail publication", "warn store-schema", "fail store-secret-key", "warn store-gap");
        assertThat(find(bad, "publication").detail()).contains("another Nexus store");
    }

    @Test
    void anOpenTransactionDoesNotStopTheDoctor() throws Exception {
        captured();
        TestPostgres.execute(url, "CREATE TABLE locked (id int PRIMARY KEY)");
        try (OpenTransaction holder =
                OpenTransaction.at(url, "LOCK TABLE locked, nexus.subscription IN ACCESS EXCLUSIVE MODE")) {
            assertThat(problems(examine())).containsExactly("warn publication-coverage", "warn store-schema");
            holder.rollback();
        }
    }

    @Test
    void itsConnectionsCanNotWrite() throws Exception {
        try (Connection connection = ReadOnlyConnections.ordinary(PostgresUrl.parse(url));
                Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.execute("CREATE TABLE written (id int)"))
                    .hasMessageContaining("read-only");
        }
    }

    @Test
    void whoIsNotThereIsToldInPlainWords() {
        PostgresUrl nobody = PostgresUrl.parse("postgresql://postgres:hush@localhost:1/shop");
        PostgresUrl nowhere = PostgresUrl.parse("postgresql://postgres@localhost:" + server.getPort() + "/nowhere");
        Diagnosis diagnosis = Doctor.examine(subject(nobody, nowhere));
        assertThat(problems(diagnosis))
                .containsExactly(
                        "fail source-reachable", "warn source-details", "fail store-reachable", "warn store-details");
        assertThat(find(diagnosis, "source-reachable").detail()).contains("connection refused");
        assertThat(find(diagnosis, "store-reachable").fix()).startsWith("CREATE DATABASE \"nowhere\";");
        assertThat(diagnosis.toString()).doesNotContain("hush");
    }

    @Test
    void aSourceThatIsGoneDoesNotHideTheStore() {
        captured();
        PostgresUrl nobody = PostgresUrl.parse("postgresql://postgres@localhost:1/shop");
        Diagnosis diagnosis = Doctor.examine(subject(nobody, PostgresUrl.parse(url)));
        assertThat(problems(diagnosis)).containsExactly("fail source-reachable", "warn source-details");
        assertThat(diagnosis.checks()).extracting(Check::check).contains("store-version", "store-transactions");
    }

    @Test
    void aPoolerIsFoundOut() {
        try (RefusingServer pooler =
                RefusingServer.refusing("08P01", "unsupported startup parameter in options: lock_timeout")) {
            PostgresUrl pooled = PostgresUrl.parse("postgresql://app@localhost:" + pooler.port() + "/shop");
            assertThat(problems(Doctor.examine(subject(pooled, pooled))))
                    .containsExactly("fail source-not-pooled", "warn source-details");
        }
    }

    @Test
    @Timeout(10)
    void aServerThatSaysNothingDoesNotHoldTheDoctorUp() {
        try (RefusingServer silent = RefusingServer.silent()) {
            PostgresUrl mute = PostgresUrl.parse("postgresql://app@localhost:" + silent.port() + "/shop");
            Diagnosis diagnosis = Doctor.examine(subject(mute, mute));
            assertThat(problems(diagnosis)).containsExactly("fail source-reachable", "warn source-details");
            assertThat(find(diagnosis, "source-reachable").detail()).contains("does not answer");
        }
    }

    @Test
    void withoutAnyDatabaseThereIsOneThingToDo() {
        assertThat(Doctor.examine(new Subject(
                                Optional.empty(), Optional.empty(), "nexus", "nexus", Optional.empty(), true))
                        .checks())
                .singleElement()
                .returns("./nexus serve", Check::fix);
    }

    /** As after a first start: the tables, the publications, the slot, and a position in it. */
    private void captured() {
        TestPostgres.migrate(url);
        String store = TestPostgres.query(url, "SELECT id FROM nexus.store").getFirst();
        TestPostgres.execute(
                url,
                "CREATE PUBLICATION nexus WITH (publish_generated_columns = stored)",
                "COMMENT ON PUBLICATION nexus IS 'Made by Nexus. store=" + store + " added=[]'",
                "CREATE PUBLICATION nexus_inserts WITH (publish = 'insert, truncate')");
        TestPostgres.query(url, "SELECT pg_create_logical_replication_slot('nexus', 'pgoutput')");
        TestPostgres.execute(url, """
                INSERT INTO nexus.source_position (source, system_id, timeline, generation, checkpoint, options_hash)
                SELECT slot_name, (SELECT system_identifier FROM pg_control_system()), 1, 1, confirmed_flush_lsn, ''
                FROM pg_replication_slots WHERE slot_name = 'nexus'""");
    }

    private void wanted(String... patterns) {
        UUID id = UUID.randomUUID();
        TestPostgres.execute(
                url,
                "INSERT INTO nexus.subscription (id, kind, settings, target_digest, fingerprint, target) VALUES ('"
                        + id + "', 'subscription', '{\"eventTypes\":[\"" + String.join("\",\"", patterns)
                        + "\"]}', '\\x00', '\\x00', '\\x"
                        + HexFormat.of().formatHex(TestCipher.INSTANCE.encrypt("whsec_x", id)) + "')");
    }

    private Diagnosis examine() {
        PostgresUrl both = PostgresUrl.parse(url);
        return Doctor.examine(subject(both, both));
    }

    private static Subject subject(PostgresUrl source, PostgresUrl store) {
        return new Subject(Optional.of(source), Optional.of(store), "nexus", "nexus", Optional.of(KEY), false);
    }

    /** Runs the SQL of every fix, line by line, as psql would. */
    private void fix(Diagnosis diagnosis) {
        for (Check check : diagnosis.checks()) {
            if (check.fix() != null) {
                check.fix()
                        .lines()
                        .filter(line -> line.endsWith(";") && !line.startsWith("--"))
                        .forEach(line -> {
                            if (line.startsWith("SELECT")) {
                                TestPostgres.query(url, line);
                            } else {
                                TestPostgres.execute(url, line);
                            }
                        });
            }
        }
    }

    /** Till a new session has what the files say now. */
    private void reload() {
        String now = TestPostgres.query(url, "SELECT clock_timestamp()").getFirst();
        TestPostgres.query(url, "SELECT pg_reload_conf()");
        Eventually.eventually(
                "the settings are read", () -> TestPostgres.query(url, "SELECT pg_conf_load_time() > '" + now + "'")
                        .equals(List.of("t")));
    }

    private static List<String> problems(Diagnosis diagnosis) {
        return diagnosis.checks().stream()
                .filter(check -> !check.status().equals("ok"))
                .peek(check -> assertThat(check.fix()).isNotBlank())
                .map(check -> check.status() + " " + check.check())
                .collect(Collectors.toList());
    }

    private static Check find(Diagnosis diagnosis, String name) {
        return diagnosis.checks().stream()
                .filter(check -> check.check().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static String admin(String database) {
        return "postgresql://postgres@localhost:" + server.getPort() + "/" + database;
    }
}
