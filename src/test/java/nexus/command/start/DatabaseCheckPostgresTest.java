package nexus.command.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import nexus.command.environment.StartRefused;
import nexus.store.PostgresUrl;
import nexus.testkit.Eventually;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DatabaseCheckPostgresTest {
    private final List<String> said = new ArrayList<>();
    private final DatabaseCheck check = new DatabaseCheck(said::add);
    private PostgresUrl url = PostgresUrl.parse("postgresql://nobody@localhost/none");

    @BeforeEach
    void database() {
        url = PostgresUrl.parse(TestPostgres.freshDatabase());
    }

    @Test
    void aFitDatabasePassesSilently() throws Exception {
        check.awaitStore(url, true);
        assertThat(check.source(url)).isPresent();
        assertThat(said).isEmpty();
    }

    @Test
    void aRoleWithoutRightsIsToldWhatToRun() {
        PostgresUrl plain = as("command_plain", "");
        assertThatThrownBy(() -> check.awaitStore(plain, false))
                .isInstanceOf(StartRefused.class)
                .hasMessageEndingWith("GRANT CREATE ON DATABASE " + url.database() + " TO command_plain");
        assertThatThrownBy(() -> check.source(plain))
                .hasMessageStartingWith("SOURCE_DATABASE_URL (localhost:")
                .hasMessageContaining("ALTER ROLE command_plain REPLICATION");
    }

    @Test
    void whatTheLineSaysHelps() {
        PostgresUrl replicating = as("command_replicating", "REPLICATION");
        TestPostgres.execute(text(url), "GRANT CREATE ON DATABASE " + url.database() + " TO command_replicating");
        assertThatCode(() -> check.awaitStore(replicating, true)).doesNotThrowAnyException();
        assertThatCode(() -> check.source(replicating)).doesNotThrowAnyException();
    }

    @Test
    void aStoreThatIsCapturedTooMustBeFitForThat() {
        PostgresUrl plain = as("command_plain", "");
        TestPostgres.execute(text(url), "GRANT CREATE ON DATABASE " + url.database() + " TO command_plain");
        assertThatCode(() -> check.awaitStore(plain, false)).doesNotThrowAnyException();
        assertThatThrownBy(() -> check.awaitStore(plain, true))
                .isInstanceOf(StartRefused.class)
                .hasMessageStartingWith("DATABASE_URL (localhost:")
                .hasMessageContaining("ALTER ROLE command_plain REPLICATION");
    }

    @Test
    void aSchemaOfSomebodyElseIsNamed() {
        PostgresUrl plain = as("command_plain", "");
        TestPostgres.execute(text(url), "CREATE SCHEMA nexus");
        assertThatThrownBy(() -> check.awaitStore(plain, false))
                .hasMessageEndingWith("ALTER SCHEMA nexus OWNER TO command_plain");
    }

    @Test
    void aSchemaOfAnUnreleasedOrTooNewNexusOrOfSomethingElseIsRefusedInOneLine() throws Exception {
        url = PostgresUrl.parse(TestPostgres.freshStore());
        check.awaitStore(url, true);
        TestPostgres.execute(text(url), applied("V998__newer.sql"));
        check.awaitStore(url, true);
        TestPostgres.execute(text(url), applied("V999__drops_needs_V998.sql"));
        assertRefused("was migrated by a newer Nexus", "V999__drops_needs_V998.sql", "start that version");

        TestPostgres.execute(text(url), "UPDATE nexus.flyway_schema_history SET checksum = 1 WHERE version = '001'");
        assertRefused("never released", "V001__store.sql", "DROP SCHEMA nexus CASCADE");
        assertThatThrownBy(() -> DatabaseCheck.embedded(url, Path.of("/home/ann/.nexus")))
                .isInstanceOf(StartRefused.class)
                .hasMessageStartingWith("the embedded database in /home/ann/.nexus has a schema")
                .hasMessageContaining("NEXUS_HOME")
                .hasMessageNotContaining("\n");

        TestPostgres.execute(text(url), "DROP SCHEMA nexus CASCADE", "CREATE SCHEMA nexus", "CREATE TABLE nexus.t ()");
        assertRefused("tables that are not Nexus's", "another database");

        TestPostgres.execute(text(url), "DROP SCHEMA nexus CASCADE");
        check.awaitStore(url, true);
        DatabaseCheck.embedded(url, Path.of("/home/ann/.nexus"));
    }

    private void assertRefused(String... words) {
        assertThatThrownBy(() -> check.awaitStore(url, true))
                .isInstanceOf(StartRefused.class)
                .hasMessageStartingWith("DATABASE_URL (localhost:")
                .hasMessageContainingAll(words)
                .hasMessageNotContaining("\n");
    }

    private static String applied(String script) {
        return """
                INSERT INTO nexus.flyway_schema_history (installed_rank, version, description, type, script, checksum,
                    installed_by, execution_time, success)
                SELECT max(installed_rank) + 1, substring('%1$s' FROM 2 FOR 3), '', 'SQL', 'db/migration/%1$s', 1, 'postgres', 1,
                       true
                FROM nexus.flyway_schema_history""".formatted(script);
    }

    @Test
    void anUnknownDatabaseRefusesTheStart() {
        PostgresUrl unknown = PostgresUrl.parse("postgresql://postgres:hush@localhost:" + url.port() + "/nowhere");
        assertThatThrownBy(() -> check.awaitStore(unknown, false))
                .isInstanceOf(StartRefused.class)
                .hasMessageEndingWith("create the database, or name another one")
                .hasMessageNotContaining("hush");
    }

    @Test
    void aSourceThatIsNotThereIsStartedWithout() throws Exception {
        PostgresUrl absent = PostgresUrl.parse("postgresql://postgres:hush@localhost:1/none");
        assertThat(check.source(absent)).isEmpty();
        assertThat(said).hasSize(1);
        assertThat(said.getFirst()).contains("starting without it").doesNotContain("hush");
    }

    @Test
    void aStoreThatIsNotThereIsWaitedFor() throws Exception {
        PostgresUrl absent = PostgresUrl.parse("postgresql://postgres:hush@localhost:1/none");
        List<String> lines = java.util.Collections.synchronizedList(new ArrayList<>());
        Thread waiting = Thread.ofVirtual().start(() -> {
            try {
                new DatabaseCheck(lines::add).awaitStore(absent, true);
            } catch (StartRefused e) {
                lines.add("refused");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Eventually.eventually("it said that it tries again", () -> !lines.isEmpty());
        waiting.interrupt();
        waiting.join();
        assertThat(lines.getFirst()).contains("trying again in 1 s").doesNotContain("hush");
    }

    @Test
    void anotherTableOfTheDemosNameStaysAsItIs() throws Exception {
        DemoTable.create(url);
        DemoTable.create(url);
        assertThat(TestPostgres.query(
                        text(url),
                        "INSERT INTO users (email) VALUES ('a@b.c') RETURNING id IS NOT NULL, created_at IS NOT NULL"))
                .containsExactly("t|t");
    }

    @Test
    void theDemoIsRefusedInOneLineBesideAnotherTableOfItsName() {
        for (String another : List.of(
                "TABLE users (id int PRIMARY KEY, mail text)",
                "VIEW users AS SELECT 1 AS id",
                "TYPE users AS (id int)")) {
            TestPostgres.execute(text(url), "CREATE " + another);
            assertThatThrownBy(() -> DemoTable.create(url))
                    .as(another)
                    .isInstanceOf(StartRefused.class)
                    .hasMessageStartingWith("NEXUS_DEMO")
                    .hasMessageNotContaining("\n");
            TestPostgres.execute(text(url), "DROP " + another.split(" ", 2)[0] + " users");
        }
    }

    private PostgresUrl as(String role, String attributes) {
        TestPostgres.execute(
                text(url),
                "DO $$ BEGIN CREATE ROLE " + role + " LOGIN " + attributes
                        + "; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
        return PostgresUrl.parse("postgresql://" + role + "@localhost:" + url.port() + "/" + url.database());
    }

    private static String text(PostgresUrl url) {
        return "postgresql://postgres@localhost:" + url.port() + "/" + url.database();
    }
}
