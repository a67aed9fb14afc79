package nexus.replication;

import static nexus.replication.CapturingProcess.stored;
import static nexus.testkit.TestPostgres.await;
import static nexus.testkit.TestPostgres.execute;
import static nexus.testkit.TestPostgres.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import nexus.api.caller.AuditedChange;
import nexus.replication.state.CaptureState.Status;
import nexus.subscription.warning.Warning;
import nexus.testkit.Eventually;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What others may do to publications, slot and position while Nexus captures. */
class CaptureHazardsPostgresTest {
    private static final String MEMBERS = "SELECT count(*) FROM pg_publication_rel";

    private final String url = TestPostgres.freshStore();

    @AfterEach
    void freeTheSlot() {
        if (!query(url, "SELECT 1 FROM pg_replication_slots WHERE slot_name = '" + CapturingProcess.slot(url) + "'")
                .isEmpty()) {
            CapturingProcess.dropSlot(url);
        }
    }

    @Test
    void twoProcessesThatPublishAtOnceForgetNoTableOfTheOther() {
        int tables = 8;
        for (int i = 0; i < tables; i++) {
            execute(
                    url,
                    "CREATE TABLE one" + i + " (id int PRIMARY KEY)",
                    "CREATE TABLE two" + i + " (id int PRIMARY KEY)");
        }
        try (CapturingProcess one = new CapturingProcess(url, "user.created").streaming();
                CapturingProcess two = new CapturingProcess(url, "user.created")) {
            List<Future<List<Warning>>> covering = new ArrayList<>();
            for (int i = 0; i < tables; i++) {
                covering.add(one.publisher.cover(CapturingProcess.subscription("pg.public.one" + i + ".insert")));
                covering.add(two.publisher.cover(CapturingProcess.subscription("pg.public.two" + i + ".insert")));
            }
            covering.forEach(covered -> assertThat(await(covered)).isEmpty());
            Eventually.eventually("all that was added is taken out again", () -> query(url, MEMBERS)
                    .equals(List.of("0")));
        }
    }

    @Test
    void aChangeFromBeforeItsPublicationIsToldWithTheWayOutAndIsAGap() {
        assumeTrue(TestPostgres.version() < 18, "PostgreSQL 18 skips it with a warning in its own log");
        execute(url, "CREATE TABLE orders (id int PRIMARY KEY)");
        try (CapturingProcess process = new CapturingProcess(url, "pg.public.orders.*").streaming()) {
            execute(url, "INSERT INTO orders VALUES (1)");
            process.hasStored(1);
        }
        execute(url, "DROP PUBLICATION nexus", "SET synchronous_commit = on", "INSERT INTO orders VALUES (2)");
        try (CapturingProcess process =
                new CapturingProcess(url, "pg.public.orders.*").started().in(Status.LOST)) {
            assertThat(process.status.current().detail().orElse("")).contains("POST /v1/source/reset");
            await(process.reset.fromNow(AuditedChange.NONE));
            process.in(Status.STREAMING);
            execute(url, "INSERT INTO orders VALUES (3)");
            process.hasStored(2);
            assertThat(process.status.current().gap()).isPresent();
        }
        assertThat(stored(url)).containsExactly("pg.public.orders.insert 1", "pg.public.orders.insert 3");
    }

    @Test
    void aPublicationDroppedUnderItIsAGapAlsoWhereTheServerReadsPastIt() {
        execute(url, "CREATE TABLE orders (id int PRIMARY KEY)");
        try (CapturingProcess process = new CapturingProcess(url, "pg.public.orders.*").streaming()) {
            execute(url, "INSERT INTO orders VALUES (1)");
            process.hasStored(1);
        }
        execute(url, "DROP PUBLICATION nexus", "SET synchronous_commit = on", "INSERT INTO orders VALUES (2)");
        try (CapturingProcess process = new CapturingProcess(url, "pg.public.orders.*").started()) {
            Eventually.eventually(
                    "the gap is told", () -> process.status.current().gap().isPresent());
            assertThat(process.status.current().gap().orElseThrow().reason()).contains("publication nexus was missing");
            Eventually.eventually("it is recorded", () -> query(url, "SELECT DISTINCT reason FROM nexus.source_gap")
                    .equals(List.of("the publication nexus was missing and is created again")));
        }
    }

    @Test
    void aProcessThatWasTakenOverStoresNothingMore() {
        execute(url, "CREATE TABLE orders (id int PRIMARY KEY)");
        try (CapturingProcess process = new CapturingProcess(url, "pg.public.orders.*").streaming()) {
            execute(url, "INSERT INTO orders VALUES (1)");
            process.hasStored(1);
            execute(url, "UPDATE nexus.source_position SET generation = 40"); // as whoever takes over does first
            execute(url, "INSERT INTO orders VALUES (2)");
            process.in(Status.STANDBY);
            assertThat(stored(url)).containsExactly("pg.public.orders.insert 1");
            process.hasStored(2); // after taking over itself
        }
        assertThat(stored(url)).containsExactly("pg.public.orders.insert 1", "pg.public.orders.insert 2");
        assertThat(query(url, "SELECT generation FROM nexus.source_position")).containsExactly("41");
    }

    @Test
    void aPublicationForAllTablesDoesNotFeedOnNexusOwnWrites() {
        execute(url, "CREATE PUBLICATION nexus FOR ALL TABLES", "CREATE TABLE orders (id int PRIMARY KEY)");
        try (CapturingProcess process = new CapturingProcess(url, "**", "nexus.**").streaming()) {
            execute(url, "INSERT INTO orders VALUES (1)");
            process.hasStored(1);
            int batches = process.intake.batches.get();
            long until = System.nanoTime() + Duration.ofSeconds(2).toNanos();
            Eventually.eventually("four chances to move the position are over", () -> System.nanoTime() > until);
            assertThat(process.intake.batches.get() - batches).isLessThanOrEqualTo(4);
        }
        assertThat(query(url, "SELECT DISTINCT type FROM nexus.event")).containsExactly("pg.public.orders.insert");
    }
}
