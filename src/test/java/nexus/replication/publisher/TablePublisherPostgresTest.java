package nexus.replication.publisher;

import static nexus.testkit.TestPostgres.await;
import static nexus.testkit.TestPostgres.execute;
import static nexus.testkit.TestPostgres.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import nexus.replication.CapturingProcess;
import nexus.replication.publication.PublicationPlan;
import nexus.replication.publication.Publications;
import nexus.replication.source.SourceConnections;
import nexus.replication.state.CaptureState.Status;
import nexus.replication.table.SourceTable;
import nexus.replication.table.SourceTables;
import nexus.subscription.Subscription;
import nexus.subscription.warning.Warning;
import nexus.testkit.Eventually;
import nexus.testkit.OpenTransaction;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

public class TablePublisherPostgresTest {
    public static final String MEMBERS = """
            SELECT p.pubname, c.relname FROM pg_publication_rel r
            JOIN pg_publication p ON p.oid = r.prpubid JOIN pg_class c ON c.oid = r.prrelid ORDER BY 1, 2""";

    private final String url = TestPostgres.freshStore();

    @AfterEach
    void freeTheSlot() {
        if (!query(url, "SELECT 1 FROM pg_replication_slots WHERE slot_name = '" + CapturingProcess.slot(url) + "'")
                .isEmpty()) {
            CapturingProcess.dropSlot(url);
        }
    }

    @Test
    void aTableGoesWhereItsReplicaIdentityAllows() {
        execute(
                url,
                "CREATE TABLE keyed (id int PRIMARY KEY)",
                "CREATE TABLE keyless (id int)",
                "CREATE TABLE whole (id int); ALTER TABLE whole REPLICA IDENTITY FULL",
                "CREATE TABLE deferred (id int PRIMARY KEY DEFERRABLE)",
                "CREATE UNLOGGED TABLE fleeting (id int PRIMARY KEY)",
                "CREATE TABLE untouched (id int PRIMARY KEY)");
        try (CapturingProcess process = new CapturingProcess(
                        url,
                        "pg.public.keyed.insert",
                        "pg.public.keyless.*",
                        "pg.public.whole.*",
                        "pg.public.deferred.*",
                        "pg.public.fleeting.*",
                        "pg.nexus.**")
                .streaming()) {
            assertThat(query(url, MEMBERS))
                    .containsExactly("nexus|keyed", "nexus|whole", "nexus_inserts|deferred", "nexus_inserts|keyless");
            assertThat(process.status.current().status()).isEqualTo(Status.STREAMING);
        }
    }

    @Test
    void theUsersUpdateGoesOnWorkingWithoutAPrimaryKey() {
        execute(url, "CREATE TABLE keyless (id int)");
        try (CapturingProcess process = new CapturingProcess(url, "pg.public.keyless.*").streaming()) {
            execute(
                    url,
                    "INSERT INTO keyless VALUES (1)",
                    "UPDATE keyless SET id = 2",
                    "INSERT INTO keyless VALUES (3)");
            process.hasStored(2);
        }
        assertThat(CapturingProcess.stored(url))
                .containsExactly("pg.public.keyless.insert 1", "pg.public.keyless.insert 3");
    }

    @Test
    void theUsersUpdateOfAWholeRowWithAVirtualColumnGoesOnWorking() {
        assumeTrue(TestPostgres.version() >= 18, "virtual columns came with PostgreSQL 18");
        execute(
                url,
                "CREATE TABLE whole (id int PRIMARY KEY, twice int GENERATED ALWAYS AS (id * 2) VIRTUAL)",
                "ALTER TABLE whole REPLICA IDENTITY FULL");
        try (CapturingProcess process = new CapturingProcess(url, "pg.public.whole.*").streaming()) {
            membersBecome("nexus_inserts|whole");
            execute(url, "INSERT INTO whole VALUES (1)", "UPDATE whole SET id = 2", "DELETE FROM whole");
            process.hasStored(1);
            execute(url, "ALTER TABLE whole DROP COLUMN twice");
            membersBecome("nexus|whole");
        }
    }

    @Test
    void aTableMovesWhenItsIdentityChanges() {
        execute(url, "CREATE TABLE items (id int CONSTRAINT items_key PRIMARY KEY)");
        try (CapturingProcess process = new CapturingProcess(url, "pg.public.items.*").streaming()) {
            execute(url, "ALTER TABLE items DROP CONSTRAINT items_key");
            membersBecome("nexus_inserts|items");
            execute(url, "ALTER TABLE items ADD PRIMARY KEY (id)");
            membersBecome("nexus|items");
            assertThat(process.status.current().status()).isEqualTo(Status.STREAMING);
        }
    }

    @Test
    void theUsersUpdateIsSavedAlsoWhenTheSlotIsLost() {
        execute(url, "CREATE TABLE items (id int CONSTRAINT items_key PRIMARY KEY)");
        try (CapturingProcess process = new CapturingProcess(url, "pg.public.items.*").streaming()) {
            membersBecome("nexus|items");
            assertThat(process.status.current().gap()).isEmpty();
        }
        CapturingProcess.dropSlot(url);
        try (CapturingProcess process =
                new CapturingProcess(url, "pg.public.items.*").started().in(Status.LOST)) {
            execute(url, "ALTER TABLE items DROP CONSTRAINT items_key");
            membersBecome("nexus_inserts|items");
            assertThat(process.status.current().status()).isEqualTo(Status.LOST);
        }
    }

    @Test
    void theUsersUpdateIsSavedAlsoWhileTheSlotIsMade() {
        execute(url, "CREATE TABLE items (id int CONSTRAINT items_key PRIMARY KEY)", "CREATE TABLE other (id int)");
        try (OpenTransaction writer = OpenTransaction.at(url, "INSERT INTO other VALUES (1)");
                CapturingProcess process = new CapturingProcess(url, "pg.public.items.*")) {
            process.started().in(Status.CREATING);
            membersBecome("nexus|items");
            execute(url, "ALTER TABLE items DROP CONSTRAINT items_key");
            membersBecome("nexus_inserts|items");
            assertThat(process.status.current().status()).isEqualTo(Status.CREATING);
            writer.rollback();
            process.in(Status.STREAMING);
        }
    }

    @Test
    void manyLockedTablesDoNotHoldUpTheAnswer() {
        for (int i = 0; i < 12; i++) {
            execute(url, "CREATE TABLE locked" + i + " (id int PRIMARY KEY)");
        }
        execute(url, "CREATE TABLE spare (id int PRIMARY KEY)");
        try (CapturingProcess process = new CapturingProcess(url, "user.created").streaming();
                OpenTransaction ddl = OpenTransaction.at(url)) {
            for (int i = 0; i < 12; i++) {
                ddl.execute("LOCK TABLE locked" + i + " IN SHARE MODE");
            }
            long asked = System.nanoTime();
            assertThat(await(process.publisher.cover(process.wanted.change(url, "pg.public.*.insert"))))
                    .extracting(Warning::code)
                    .contains("table-not-published");
            assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(20));
            membersBecome("nexus|spare");
            ddl.rollback();
        }
    }

    @Test
    void aLockedTableWithARowFilterHoldsUpNothing() {
        assumeTrue(TestPostgres.version() >= 15, "row filters came with PostgreSQL 15");
        execute(
                url,
                "CREATE TABLE filtered (id int CONSTRAINT filtered_key PRIMARY KEY)",
                "CREATE TABLE items (id int CONSTRAINT items_key PRIMARY KEY)");
        try (CapturingProcess process = new CapturingProcess(url, "pg.public.*.*").streaming()) {
            execute(
                    url,
                    "ALTER PUBLICATION nexus DROP TABLE filtered",
                    "ALTER PUBLICATION nexus ADD TABLE filtered WHERE (id > 5)",
                    "ALTER TABLE items DROP CONSTRAINT items_key");
            try (OpenTransaction other = OpenTransaction.at(url, "LOCK TABLE filtered IN ACCESS EXCLUSIVE MODE")) {
                membersBecome("nexus|filtered", "nexus_inserts|items");
                execute(url, "CREATE TABLE later (id int PRIMARY KEY)");
                membersBecome("nexus|filtered", "nexus|later", "nexus_inserts|items");
                process.loseConnection();
                execute(url, "INSERT INTO later VALUES (1)");
                process.hasStored(1);
                other.execute("ALTER TABLE filtered DROP CONSTRAINT filtered_key");
                other.commit();
            }
            membersBecome("nexus|later", "nexus_inserts|filtered", "nexus_inserts|items");
            assertThat(
                            query(
                                    url,
                                    "SELECT pg_get_expr(prqual, prrelid) FROM pg_publication_rel WHERE prrelid = 'filtered'::regclass"))
                    .containsExactly("(id > 5)");
        }
    }

    @Test
    void aTableThatAnotherProcessTookOutIsWaitedForAgain() {
        execute(url, "CREATE TABLE orders (id int PRIMARY KEY)");
        Subscription subscription = CapturingProcess.subscription("pg.public.orders.insert");
        try (CapturingProcess capturing = new CapturingProcess(url, "user.created").streaming();
                CapturingProcess api = new CapturingProcess(url, "user.created");
                OpenTransaction writer = OpenTransaction.at(url)) {
            await(api.publisher.cover(subscription));
            membersBecome();
            assertThat(capturing.status.current().status()).isEqualTo(Status.STREAMING);
            writer.execute("INSERT INTO orders VALUES (1)");
            assertThat(await(api.publisher.cover(subscription)))
                    .extracting(Warning::code)
                    .contains("earlier-writer");
            writer.rollback();
        }
    }

    @Test
    void aWildcardTakesInNewTables() {
        try (CapturingProcess process = new CapturingProcess(url, "pg.public.*.insert").streaming()) {
            execute(url, "CREATE TABLE later (id int PRIMARY KEY)");
            membersBecome("nexus|later");
            execute(url, "INSERT INTO later VALUES (1)");
            process.hasStored(1);
        }
    }

    @Test
    void onlyWhatNexusAddedIsTakenOutAgain() {
        execute(url, "CREATE TABLE ours (id int PRIMARY KEY)", "CREATE TABLE theirs (id int PRIMARY KEY)");
        try (CapturingProcess process = new CapturingProcess(url, "pg.public.ours.*").streaming()) {
            execute(url, "ALTER PUBLICATION nexus ADD TABLE theirs");
            process.wanted.change(url, "user.created");
            membersBecome("nexus|theirs");
        }
    }

    @Test
    void aPublicationForAllTablesIsLeftAlone() {
        execute(url, "CREATE PUBLICATION nexus FOR ALL TABLES", "CREATE TABLE keyed (id int PRIMARY KEY)");
        try (CapturingProcess process = new CapturingProcess(url, "pg.public.keyed.*").streaming()) {
            execute(url, "INSERT INTO keyed VALUES (1)");
            process.hasStored(1);
            assertThat(query(url, MEMBERS)).isEmpty();
        }
    }

    @Test
    void coverWaitsForATransactionThatWroteBefore() {
        execute(url, "CREATE TABLE orders (id int PRIMARY KEY)");
        try (CapturingProcess process = new CapturingProcess(url, "user.created").streaming();
                OpenTransaction writer = OpenTransaction.at(url, "INSERT INTO orders VALUES (1)")) {
            Subscription subscription = process.wanted.change(url, "pg.public.orders.insert");
            var covered = process.publisher.cover(subscription);
            membersBecome("nexus|orders");
            writer.execute("INSERT INTO orders VALUES (2)");
            assertThat(covered.isComplete()).isFalse();
            writer.commit();
            assertThat(await(covered)).isEmpty();
            writer.execute("INSERT INTO orders VALUES (3)");
            writer.commit();
            Eventually.eventually("the change after the answer has come", () -> CapturingProcess.stored(url)
                    .contains("pg.public.orders.insert 3"));
        }
    }

    @Test
    void coverNamesTheTransactionThatItDidNotWaitFor() {
        execute(url, "CREATE TABLE orders (id int PRIMARY KEY)");
        try (CapturingProcess process = new CapturingProcess(url, "user.created").streaming();
                OpenTransaction writer = OpenTransaction.at(url, "INSERT INTO orders VALUES (1)")) {
            Subscription subscription = process.wanted.change(url, "pg.public.orders.insert");
            List<Warning> warnings = await(process.publisher.cover(subscription));
            assertThat(warnings).extracting(Warning::code).containsExactly("earlier-writer");
            assertThat(warnings.getFirst().detail()).contains("pid " + writer.pid());
            writer.rollback();
        }
    }

    @Test
    void coverNamesThePreparedTransactionThatItDidNotWaitFor() {
        execute(url, "CREATE TABLE orders (id int PRIMARY KEY)");
        try (CapturingProcess process = new CapturingProcess(url, "user.created").streaming();
                OpenTransaction writer = OpenTransaction.at(url, "INSERT INTO orders VALUES (1)")) {
            var covered = process.publisher.cover(process.wanted.change(url, "pg.public.orders.insert"));
            membersBecome("nexus|orders");
            writer.execute("PREPARE TRANSACTION 'it''s " + url.substring(url.lastIndexOf('/') + 1) + "'");
            String gid = "'it''s " + url.substring(url.lastIndexOf('/') + 1) + "'";
            List<Warning> prepared = await(covered);
            try {
                assertThat(prepared).extracting(Warning::code).containsExactly("earlier-writer");
                assertThat(prepared.getFirst().detail()).contains("the prepared transaction " + gid);
                assertThat(prepared.getFirst().fix())
                        .contains("COMMIT PREPARED " + gid + ";", "ROLLBACK PREPARED " + gid + ";");
            } finally {
                execute(url, "ROLLBACK PREPARED " + gid);
            }
        }
    }

    @Test
    void theSlotThatWaitsForAPreparedTransactionNamesIt() {
        String gid = "slot waits " + url.substring(url.lastIndexOf('/') + 1);
        execute(
                url,
                "CREATE TABLE other (id int)",
                "BEGIN; INSERT INTO other VALUES (1); PREPARE TRANSACTION '" + gid + "'");
        try (CapturingProcess process = new CapturingProcess(url, "user.created").started()) {
            Eventually.eventually("the prepared transaction is named", () -> process.status
                    .current()
                    .detail()
                    .filter(detail -> detail.contains("ROLLBACK PREPARED '" + gid + "'"))
                    .isPresent());
            execute(url, "COMMIT PREPARED '" + gid + "'");
            process.in(Status.STREAMING);
        }
    }

    @Test
    void coverSaysWhatWillSurprise() {
        execute(
                url,
                "CREATE TABLE keyed (id int PRIMARY KEY)",
                "CREATE TABLE keyless (id int)",
                "CREATE VIEW seen AS SELECT 1 AS id",
                "CREATE TABLE parted (id int PRIMARY KEY) PARTITION BY RANGE (id)",
                "CREATE TABLE part PARTITION OF parted FOR VALUES FROM (0) TO (9)");
        try (CapturingProcess process = new CapturingProcess(url, "user.created").streaming()) {
            assertThat(codes(process, "pg.public.keyed.insert")).isEmpty();
            assertThat(codes(process, "pg.public.keyed.update")).containsExactly("old-values-missing");
            assertThat(codes(process, "pg.public.keyless.delete")).containsExactly("no-replica-identity");
            assertThat(codes(process, "pg.public.missing.insert")).containsExactly("no-such-table");
            assertThat(codes(process, "pg.public.seen.insert")).containsExactly("table-not-in-wal");
            assertThat(codes(process, "pg.public.part.insert")).containsExactly("table-is-a-partition");
            assertThat(codes(process, "pg.nexus.store.update")).containsExactly("table-is-nexus-own");
            assertThat(codes(process, "pg.public.*.insert")).containsExactly("new-tables-take-seconds");
            assertThat(codes(process, "user.created")).isEmpty();
            assertThat(query(url, MEMBERS)).doesNotContain("nexus|part");
        }
    }

    @Test
    void partitionsArePublishedByWayOfTheirRoot() {
        execute(
                url,
                "CREATE TABLE parted (id int PRIMARY KEY) PARTITION BY RANGE (id)",
                "CREATE TABLE part PARTITION OF parted FOR VALUES FROM (0) TO (9)");
        try (CapturingProcess process = new CapturingProcess(url, "pg.public.parted.*").streaming()) {
            assertThat(query(url, MEMBERS)).containsExactly("nexus|parted");
            execute(url, "INSERT INTO parted VALUES (1)");
            process.hasStored(1);
        }
        assertThat(CapturingProcess.stored(url)).containsExactly("pg.public.parted.insert 1");
    }

    @Test
    void withoutTheRightTheWarningHasTheSqlForAnAdministrator() {
        execute(
                url,
                "CREATE TABLE orders (id int PRIMARY KEY)",
                "DROP ROLE IF EXISTS weak",
                "CREATE ROLE weak LOGIN",
                "GRANT CREATE ON DATABASE " + url.substring(url.lastIndexOf('/') + 1) + " TO weak");
        try (Connection connection = new SourceConnections(
                        nexus.store.PostgresUrl.parse(url.replace("postgres@", "weak@")))
                .openOrdinary()) {
            Publications publications = new Publications("other");
            publications.ensure(connection, java.util.UUID.randomUUID(), made -> {});
            SourceTable table = SourceTables.read(connection).stream()
                    .filter(one -> one.name().equals("orders"))
                    .findAny()
                    .orElseThrow();
            List<Publications.Refused> refused = publications.apply(
                    connection,
                    List.of(PublicationPlan.moveOf(table, publications.published(connection))
                            .orElseThrow()));
            assertThat(refused).hasSize(1);
            assertThat(publications.sql(refused.getFirst().move()))
                    .isEqualTo("ALTER PUBLICATION \"other\" ADD TABLE ONLY \"public\".\"orders\";");
        } catch (java.sql.SQLException e) {
            throw new IllegalStateException(e);
        } finally {
            execute(url, "DROP OWNED BY weak", "DROP ROLE weak");
        }
    }

    private List<String> codes(CapturingProcess process, String... eventTypes) {
        return await(process.publisher.cover(CapturingProcess.subscription(eventTypes))).stream()
                .map(Warning::code)
                .toList();
    }

    private void membersBecome(String... members) {
        Eventually.eventually("the publications' members are " + List.of(members), () -> query(url, MEMBERS)
                .equals(List.of(members)));
    }
}
