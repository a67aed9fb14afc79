package nexus.doctor.publication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import nexus.doctor.check.Check;
import nexus.doctor.server.Servers;
import nexus.event.Operation;
import nexus.event.TypePattern;
import nexus.replication.TestTables;
import nexus.replication.publication.PublicationNote;
import nexus.replication.publication.PublicationPlan.Kind;
import nexus.replication.publication.Publications;
import nexus.replication.table.Leaf;
import nexus.replication.table.Published;
import nexus.replication.table.Published.GeneratedColumns;
import nexus.replication.table.Published.Member;
import nexus.replication.table.ReplicaIdentity;
import nexus.replication.table.SourceTable;
import org.junit.jupiter.api.Test;

class PublicationChecksTest {
    private static final UUID STORE = UUID.fromString("7c0f2f3e-5a0c-4b7e-9d4e-2f6a3c1b8e55");
    private static final TableFacts KEYED = table(1, "Orders", TestTables.KEY);
    private static final TableFacts KEYLESS = table(2, "log", TestTables.NONE);

    @Test
    void publicationsAreMadeByNexusOrByWhoMay() {
        Publications names = new Publications("nexus");
        assertThat(new PublicationChecks(Servers.healthy(), names, Map.of(), List.of())
                        .publications(Optional.empty(), false))
                .returns("ok", Check::status);
        assertThat(new PublicationChecks(Servers.healthy(), names, Map.of(), List.of())
                        .publications(Optional.of(STORE), true))
                .returns("warn", Check::status);
        assertThat(new PublicationChecks(Servers.withoutRights(Optional.empty(), 0), names, Map.of(), List.of())
                        .publications(Optional.empty(), false))
                .returns("fail", Check::status)
                .returns("""
                        CREATE PUBLICATION "nexus" WITH (publish = 'insert, update, delete, truncate', \
                        publish_generated_columns = stored);
                        CREATE PUBLICATION "nexus_inserts" WITH (publish = 'insert, truncate', \
                        publish_generated_columns = stored);""", Check::fix);
    }

    @Test
    void twoStoresOnOnePublicationFail() {
        PublicationChecks checks = checks(Set.of(), Set.of());
        assertThat(checks.publications(Optional.of(STORE), true)).returns("ok", Check::status);
        assertThat(checks.publications(Optional.of(UUID.randomUUID()), true)).returns("fail", Check::status);
        assertThat(checks.publications(Optional.empty(), false).fix())
                .contains("NEXUS_SLOT=nexus_2", "COMMENT ON PUBLICATION \"nexus_inserts\" IS NULL;");
    }

    @Test
    void aTableThatIsWantedAndNotPublishedIsToldWithTheSql() {
        assertThat(find(checks(Set.of(), Set.of()), "publication-coverage", "pg.public.Orders.*"))
                .returns("warn", Check::status)
                .returns("ALTER PUBLICATION \"nexus\" ADD TABLE ONLY \"public\".\"Orders\";", Check::fix);
        assertThat(find(checks(Set.of(), Set.of(1L)), "publication-coverage", "pg.public.Orders.*"))
                .returns("warn", Check::status);
        assertThat(find(checks(Set.of(1L), Set.of(2L)), "publication-coverage", "pg.public.**"))
                .returns("ok", Check::status);
    }

    @Test
    void whoMayNotPublishItNeedsASuperuser() {
        TableFacts others = new TableFacts(KEYED.table(), false, false, false, false, "ann", Optional.empty());
        PublicationChecks checks = new PublicationChecks(
                Servers.healthy(), new Publications("nexus"), publications(Set.of(), Set.of()), List.of(others));
        assertThat(find(checks, "publication-coverage", "pg.public.Orders.*"))
                .returns("fail", Check::status)
                .satisfies(check -> assertThat(check.detail()).contains("public.Orders (ann does)"));
    }

    @Test
    void aTableWithoutIdentityIsAWarningUntilItIsPublishedForUpdates() {
        PublicationChecks inserts = checks(Set.of(), Set.of(2L));
        assertThat(find(inserts, "replica-identity", "pg.public.log.update"))
                .returns("warn", Check::status)
                .returns("ALTER TABLE \"public\".\"log\" REPLICA IDENTITY FULL;", Check::fix);
        assertThat(find(inserts, "replica-identity", "pg.public.log.insert")).returns("ok", Check::status);
        assertThat(find(inserts, "user-writes", "pg.public.log.insert")).returns("ok", Check::status);

        assertThat(find(checks(Set.of(2L), Set.of()), "user-writes", "pg.public.Orders.*"))
                .returns("fail", Check::status)
                .returns("ALTER TABLE \"public\".\"log\" REPLICA IDENTITY FULL;", Check::fix);
    }

    @Test
    void whatKeepsUpdatesBackIsNamedWithTheSqlThatFits() {
        ReplicaIdentity stored = new ReplicaIdentity(
                ReplicaIdentity.Setting.FULL, Set.of("id"), Set.of(), false, Set.of("total"), Set.of());
        Published unpublished = new Published(
                Set.of(Operation.values()),
                false,
                Set.of(),
                false,
                GeneratedColumns.NONE,
                Map.of(1L, Member.WHOLE),
                Set.of(1L));
        PublicationChecks failing = new PublicationChecks(
                Servers.healthy(),
                new Publications("nexus"),
                Map.of(Kind.CHANGES, facts(unpublished), Kind.INSERTS, facts(TestTables.inserts())),
                List.of(table(1, "orders", stored)));
        assertThat(find(failing, "user-writes", "pg.public.orders.insert"))
                .returns("fail", Check::status)
                .returns("ALTER PUBLICATION \"nexus\" SET (publish_generated_columns = stored);", Check::fix)
                .satisfies(check -> assertThat(check.detail()).contains("generated column total"));

        ReplicaIdentity nothing = ReplicaIdentity.of(ReplicaIdentity.Setting.NOTHING, "id");
        PublicationChecks inserts = new PublicationChecks(
                Servers.healthy(),
                new Publications("nexus"),
                publications(Set.of(), Set.of(1L)),
                List.of(table(1, "orders", nothing)));
        assertThat(find(inserts, "replica-identity", "pg.public.orders.delete"))
                .returns("warn", Check::status)
                .returns("ALTER TABLE \"public\".\"orders\" REPLICA IDENTITY DEFAULT;", Check::fix)
                .satisfies(check -> assertThat(check.detail()).contains("REPLICA IDENTITY NOTHING"));
    }

    @Test
    void rowFiltersAndColumnListsAreNamed() {
        Member member = new Member(List.of("id", "a"), Optional.of("(id > 5)"), Set.of("id"));
        Published restricted = TestTables.changes().with(1, member);
        PublicationChecks checks = new PublicationChecks(
                Servers.healthy(),
                new Publications("nexus"),
                Map.of(Kind.CHANGES, facts(restricted), Kind.INSERTS, facts(TestTables.inserts())),
                List.of(KEYED));
        assertThat(find(checks, "publication-restrictions", "pg.public.Orders.*"))
                .returns("warn", Check::status)
                .satisfies(check -> assertThat(check.detail())
                        .contains("public.Orders has the column list id, a and has the row filter (id > 5) in nexus"));
        PublicationChecks twice = new PublicationChecks(
                Servers.healthy(),
                new Publications("nexus"),
                Map.of(Kind.CHANGES, facts(restricted), Kind.INSERTS, facts(TestTables.inserts(1L))),
                List.of(KEYED));
        assertThat(find(twice, "publication-conflict", "pg.public.Orders.*"))
                .returns("fail", Check::status)
                .returns("ALTER PUBLICATION \"nexus_inserts\" DROP TABLE ONLY \"public\".\"Orders\";", Check::fix);
    }

    @Test
    void aUniqueIndexIsTheCheaperIdentity() {
        TableFacts indexed =
                new TableFacts(KEYLESS.table(), false, false, false, true, "app", Optional.of("log_Number"));
        PublicationChecks checks = new PublicationChecks(
                Servers.healthy(), new Publications("nexus"), publications(Set.of(), Set.of(2L)), List.of(indexed));
        assertThat(find(checks, "replica-identity", "pg.public.log.*").fix())
                .isEqualTo("ALTER TABLE \"public\".\"log\" REPLICA IDENTITY USING INDEX \"log_Number\";");
    }

    @Test
    void ofAPartitionedTableThePartitionsWithoutIdentityAreNamed() {
        Leaf.Relation parent = new Leaf.Relation(10, "public", "events");
        Leaf goodLeaf = TestTables.leaf(11, "events_1", TestTables.KEY, parent);
        Leaf badLeaf = TestTables.leaf(12, "events_2", TestTables.NONE, parent);
        SourceTable root = TestTables.partitioned(parent, goodLeaf, badLeaf);
        SourceTable good = partition(goodLeaf);
        SourceTable bad = partition(badLeaf);
        List<TableFacts> tables = List.of(
                new TableFacts(root, true, false, true, true, "app", Optional.empty()),
                new TableFacts(good, false, false, false, true, "app", Optional.empty()),
                new TableFacts(bad, false, false, false, true, "app", Optional.empty()));
        PublicationChecks checks = new PublicationChecks(
                Servers.healthy(), new Publications("nexus"), publications(Set.of(12L), Set.of(10L)), tables);
        assertThat(find(checks, "user-writes", "pg.public.events.*").fix())
                .isEqualTo("ALTER TABLE \"public\".\"events_2\" REPLICA IDENTITY FULL;");
        assertThat(find(checks, "partition-roots", "pg.public.events.*")).returns("ok", Check::status);
        assertThat(find(checks, "row-level-security", "pg.public.events.*")).returns("warn", Check::status);
    }

    @Test
    void whatIsWantedInVainIsNamed() {
        TableFacts unlogged = new TableFacts(
                TestTables.table(3, "cache", SourceTable.Kind.NOT_IN_WAL, TestTables.KEY),
                false,
                true,
                false,
                true,
                "app",
                Optional.empty());
        PublicationChecks checks = new PublicationChecks(
                Servers.healthy(),
                new Publications("nexus"),
                publications(Set.of(1L), Set.of()),
                List.of(KEYED, unlogged));
        assertThat(find(checks, "wanted-tables", "pg.public.orders.*"))
                .returns("warn", Check::status)
                .satisfies(check -> assertThat(check.detail()).contains("pg.public.orders.*"));
        assertThat(find(checks, "wanted-tables", "pg.public.cache.*"))
                .returns("ALTER TABLE \"public\".\"cache\" SET LOGGED;", Check::fix);
        assertThat(find(checks, "wanted-tables", "pg.public.Orders.*")).returns("ok", Check::status);
    }

    @Test
    void aPublicationThatPublishesSomethingElseIsSetRight() {
        PublicationFacts inserts =
                publication(Set.of(Operation.INSERT, Operation.UPDATE, Operation.TRUNCATE), Set.of());
        PublicationFacts changes = publication(Set.of(Operation.values()), Set.of());
        Check check = new PublicationChecks(
                        Servers.healthy(),
                        new Publications("nexus"),
                        Map.of(Kind.CHANGES, changes, Kind.INSERTS, inserts),
                        List.of())
                .publications(Optional.of(STORE), true);
        assertThat(check.fix()).isEqualTo("ALTER PUBLICATION \"nexus_inserts\" SET (publish = 'insert, truncate');");
    }

    private static Check find(PublicationChecks checks, String name, String pattern) {
        return checks.tables(List.of(new TypePattern(pattern))).stream()
                .filter(check -> check.check().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static PublicationChecks checks(Set<Long> changes, Set<Long> inserts) {
        return new PublicationChecks(
                Servers.healthy(), new Publications("nexus"), publications(changes, inserts), List.of(KEYED, KEYLESS));
    }

    private static Map<Kind, PublicationFacts> publications(Set<Long> changes, Set<Long> inserts) {
        return Map.of(
                Kind.CHANGES, publication(Set.of(Operation.values()), changes),
                Kind.INSERTS, publication(Set.of(Operation.INSERT, Operation.TRUNCATE), inserts));
    }

    private static PublicationFacts publication(Set<Operation> operations, Set<Long> tables) {
        return facts(TestTables.published(operations, tables.toArray(Long[]::new)));
    }

    private static PublicationFacts facts(Published published) {
        return new PublicationFacts(published, true, "app", Optional.of(new PublicationNote(STORE, published.added())));
    }

    private static SourceTable partition(Leaf leaf) {
        return new SourceTable(
                leaf.oid(),
                leaf.relation().schema(),
                leaf.relation().name(),
                SourceTable.Kind.PARTITION,
                true,
                Set.of(leaf.oid()),
                List.of(leaf));
    }

    private static TableFacts table(long oid, String name, ReplicaIdentity identity) {
        return new TableFacts(
                TestTables.table(oid, name, identity), false, false, false, true, "app", Optional.empty());
    }
}
