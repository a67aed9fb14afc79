package nexus.replication;

import static nexus.testkit.TestPostgres.execute;
import static nexus.testkit.TestPostgres.query;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import nexus.doctor.Doctor;
import nexus.doctor.check.Diagnosis;
import nexus.doctor.check.Subject;
import nexus.store.PostgresUrl;
import nexus.testkit.HostileDatabase;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.Test;

/** What a role of the source database puts in the way is never run. */
class HostileRolePostgresTest {
    private final String store = TestPostgres.freshStore();
    private final String source = HostileDatabase.make();

    @Test
    void theTrapCatchesASessionThatIsNotPinned() {
        query(source, "SELECT lower('A')");
        assertThat(HostileDatabase.ran(source)).isNotEmpty();
    }

    /** A view in the schema of the store runs with the rights of who reads it. */
    @Test
    void doctorReadsNothingInASchemaThatAnotherRoleHolds() {
        execute(
                source,
                "CREATE SCHEMA nexus AUTHORIZATION mallory",
                "SET ROLE mallory",
                "CREATE FUNCTION public.trap() RETURNS bool LANGUAGE plpgsql AS $f$BEGIN"
                        + " PERFORM public.note('view'); RETURN true; END$f$",
                "CREATE VIEW nexus.flyway_schema_history AS SELECT ''::text AS script, public.trap() AS success,"
                        + " 'SQL'::text AS type, 1 AS installed_rank",
                "CREATE VIEW nexus.source_gap AS SELECT public.trap()",
                "CREATE VIEW nexus.store AS SELECT public.trap() AS id");
        Diagnosis diagnosis = Doctor.examine(new Subject(
                Optional.of(PostgresUrl.parse(source)),
                Optional.of(PostgresUrl.parse(source)),
                "none",
                "nexus",
                Optional.empty(),
                false));
        assertThat(diagnosis.toString())
                .contains("store-schema-trust", "mallory")
                .doesNotContain(HostileDatabase.TRACE);
        assertThat(HostileDatabase.ran(source)).isEmpty();
    }

    @Test
    void captureAndDoctorRunNothingOfARolesOwn() {
        try (CapturingProcess process = new CapturingProcess(store, source, 2000, "pg.public.orders.*").streaming()) {
            execute(
                    source,
                    "INSERT INTO public.orders VALUES (1, 'a', 'x', ROW('b', 'y'))",
                    "UPDATE public.orders SET d = 'z'",
                    "DELETE FROM public.orders");
            process.hasStored(3);
            Diagnosis diagnosis = Doctor.examine(new Subject(
                    Optional.of(PostgresUrl.parse(source)),
                    Optional.of(PostgresUrl.parse(store)),
                    CapturingProcess.slot(source),
                    "nexus",
                    Optional.empty(),
                    false));
            assertThat(diagnosis.toString()).doesNotContain(HostileDatabase.TRACE);
            execute(source, "CREATE TABLE public.later (id int PRIMARY KEY)");
            process.wanted.change(store, "pg.public.*.*");
            execute(source, "ALTER TABLE public.orders DROP COLUMN d");
        }
        query(
                store,
                "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active AND slot_name = '"
                        + CapturingProcess.slot(source) + "'");
        assertThat(HostileDatabase.ran(source)).isEmpty();
        assertThat(query(store, "SELECT count(*) FROM nexus.event WHERE type LIKE 'pg.public.orders.%'"))
                .containsExactly("3");
    }
}
