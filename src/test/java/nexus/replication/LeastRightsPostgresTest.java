package nexus.replication;

import static nexus.testkit.TestPostgres.await;
import static nexus.testkit.TestPostgres.execute;
import static nexus.testkit.TestPostgres.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import nexus.replication.state.CaptureState.Status;
import nexus.store.PostgresUrl;
import nexus.subscription.Subscription;
import nexus.subscription.warning.Warning;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The SQL of the README for a role that owns nothing, as an administrator runs it. */
class LeastRightsPostgresTest {
    private static final String GENERATED = TestPostgres.version() >= 18 ? ", publish_generated_columns = stored" : "";

    private final String url = TestPostgres.freshStore();
    private final String source = TestPostgres.freshDatabase();

    @BeforeEach
    void anAdministratorPreparesTheSource() {
        execute(
                source,
                "CREATE TABLE orders (id int PRIMARY KEY, note text)",
                "CREATE TABLE log (line text)",
                "CREATE ROLE nexus_capture LOGIN REPLICATION PASSWORD 'choose one'",
                "GRANT SELECT ON ALL TABLES IN SCHEMA public TO nexus_capture",
                "CREATE PUBLICATION nexus FOR TABLE orders WITH (publish = 'insert, update, delete, truncate'"
                        + GENERATED + ")",
                "CREATE PUBLICATION nexus_inserts FOR TABLE log WITH (publish = 'insert, truncate'" + GENERATED + ")");
    }

    @AfterEach
    void dropTheRole() {
        String slot = CapturingProcess.slot(source);
        if (!query(source, "SELECT 1 FROM pg_replication_slots WHERE slot_name = '" + slot + "'")
                .isEmpty()) {
            CapturingProcess.dropSlot(source);
        }
        execute(source, "DROP OWNED BY nexus_capture", "DROP ROLE nexus_capture");
    }

    private CapturingProcess capturing(String... eventTypes) {
        return new CapturingProcess(url, source.replace("postgres@", "nexus_capture:choose%20one@"), 2000, eventTypes);
    }

    @Test
    void aRoleThatOwnsNothingCapturesWhatAnAdministratorPublishes() {
        try (CapturingProcess process = capturing("pg.public.*.*").streaming()) {
            execute(
                    source,
                    "INSERT INTO orders VALUES (1, 'a')",
                    "UPDATE orders SET note = 'b'",
                    "DELETE FROM orders",
                    "INSERT INTO log VALUES ('x')",
                    "UPDATE log SET line = 'y'");
            process.hasStored(4);
            assertThat(process.status.current().status()).isEqualTo(Status.STREAMING);
            assertThat(process.status.current().detail()).isEmpty();
        }
        assertThat(CapturingProcess.stored(url))
                .containsExactly(
                        "pg.public.orders.insert 1",
                        "pg.public.orders.update 1",
                        "pg.public.orders.delete -",
                        "pg.public.log.insert -");
    }

    @Test
    void theRightThatIsMissingIsTheOneThatIsAdvised() {
        String replication = "ALTER ROLE \"nexus_capture\" REPLICATION;";
        String create =
                "GRANT CREATE ON DATABASE \"" + PostgresUrl.parse(source).database() + "\"";
        execute(source, "ALTER ROLE nexus_capture NOREPLICATION");
        try (CapturingProcess process = capturing("pg.public.*.*").started().in(Status.BLOCKED)) {
            assertThat(process.status.current().detail().orElse(""))
                    .contains(replication)
                    .doesNotContain(create);
        }
        execute(source, "ALTER ROLE nexus_capture REPLICATION", "DROP PUBLICATION nexus, nexus_inserts");
        try (CapturingProcess process = capturing("pg.public.*.*").started().in(Status.BLOCKED)) {
            assertThat(process.status.current().detail().orElse(""))
                    .contains(create)
                    .doesNotContain(replication);
        }
    }

    @Test
    void aTableThatASchemaPublicationCoversIsNotWarnedOf() {
        assumeTrue(TestPostgres.version() >= 15, "publications of schemas came with PostgreSQL 15");
        execute(
                source,
                "DROP PUBLICATION nexus",
                "CREATE PUBLICATION nexus FOR TABLES IN SCHEMA public WITH (publish = 'insert, update, delete, truncate'"
                        + GENERATED + ")",
                "DROP PUBLICATION nexus_inserts",
                "CREATE PUBLICATION nexus_inserts WITH (publish = 'insert, truncate'" + GENERATED + ")",
                "CREATE TABLE later (id int PRIMARY KEY)");
        try (CapturingProcess process = capturing("user.created").streaming()) {
            assertThat(await(process.publisher.cover(process.wanted.change(url, "pg.public.later.insert"))))
                    .isEmpty();
            execute(source, "INSERT INTO later VALUES (7)");
            process.hasStored(1);
            Subscription keyless = process.wanted.change(url, "pg.public.log.*");
            Warning failing = await(process.publisher.cover(keyless)).getFirst();
            assertThat(failing.code()).isEqualTo("no-replica-identity");
            assertThat(failing.detail()).contains("PostgreSQL refuses every UPDATE and DELETE");
        }
    }

    @Test
    void aTableThatNobodyPublishedIsWarnedOfWithTheSqlThatDoes() {
        execute(source, "CREATE TABLE later (id int PRIMARY KEY)");
        try (CapturingProcess process = capturing("user.created").streaming()) {
            List<Warning> warnings =
                    await(process.publisher.cover(process.wanted.change(url, "pg.public.later.insert")));
            assertThat(warnings).extracting(Warning::code).containsExactly("table-not-published");
            String sql = warnings.getFirst()
                    .fix()
                    .substring(warnings.getFirst().fix().indexOf("ALTER"));
            assertThat(sql).isEqualTo("ALTER PUBLICATION \"nexus\" ADD TABLE ONLY \"public\".\"later\";");
            execute(source, sql);
            assertThat(await(process.publisher.cover(process.wanted.change(url, "pg.public.later.insert"))))
                    .isEmpty();
            execute(source, "INSERT INTO later VALUES (7)");
            process.hasStored(1);
            assertThat(process.status.current().status()).isEqualTo(Status.STREAMING);
        }
        assertThat(query(source, "SELECT usename FROM pg_user WHERE usename = 'nexus_capture' AND NOT usesuper"))
                .hasSize(1);
    }
}
