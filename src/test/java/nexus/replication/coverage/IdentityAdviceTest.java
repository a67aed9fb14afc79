package nexus.replication.coverage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nexus.event.Operation;
import nexus.replication.CapturingProcess;
import nexus.replication.TestTables;
import nexus.replication.publication.PublicationPlan.Kind;
import nexus.replication.publication.Publications;
import nexus.replication.table.Leaf;
import nexus.replication.table.Published;
import nexus.replication.table.Published.GeneratedColumns;
import nexus.replication.table.Published.Member;
import nexus.replication.table.ReplicaIdentity;
import nexus.replication.table.ReplicaIdentity.Setting;
import nexus.replication.table.SourceTable;
import nexus.replication.table.WriteRule;
import nexus.subscription.Subscription;
import nexus.subscription.warning.Warning;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IdentityAdviceTest {
    private static final Member LIST = new Member(List.of("a"), Optional.of("(a > 1)"), Set.of("a"));

    /** Each warning is true of its table, and its SQL is the one that helps there. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            DEFAULT | -          | -       | no-replica-identity | has no primary key and no other replica identity | Add a primary key, or run: ALTER TABLE "public"."t" REPLICA IDENTITY FULL;
            DEFAULT | deferrable | -       | no-replica-identity | has a deferrable primary key                     | ALTER TABLE "public"."t" REPLICA IDENTITY FULL;
            NOTHING | id         | -       | no-replica-identity | has REPLICA IDENTITY NOTHING                     | ALTER TABLE "public"."t" REPLICA IDENTITY DEFAULT;
            NOTHING | -          | -       | no-replica-identity | has REPLICA IDENTITY NOTHING                     | Add a primary key, or run: ALTER TABLE "public"."t" REPLICA IDENTITY FULL;
            INDEX   | id         | -       | no-replica-identity | has lost the index                               | ALTER TABLE "public"."t" REPLICA IDENTITY DEFAULT;
            NOTHING | -          | virtual | no-replica-identity | has REPLICA IDENTITY NOTHING                     | Add a primary key, then run: ALTER TABLE "public"."t" REPLICA IDENTITY DEFAULT;
            DEFAULT | -          | virtual | no-replica-identity | has no primary key                               | Add a primary key.
            FULL    | id         | virtual | virtual-column-in-identity | has the virtual generated column g        | ALTER TABLE "public"."t" REPLICA IDENTITY DEFAULT;
            FULL    | -          | virtual | virtual-column-in-identity | has the virtual generated column g        | Add a primary key, then run: ALTER TABLE "public"."t" REPLICA IDENTITY DEFAULT;
            FULL    | id         | stored  | generated-column-not-published | has the generated column g            | ALTER PUBLICATION "nexus" SET (publish_generated_columns = stored);
            """)
    void aWarningSaysWhatTheTableIsLike(
            String setting, String key, String generated, String code, String reason, String fix) {
        Warning warning = only(losses(identity(setting, key, generated), TestTables.inserts(1L)));
        assertThat(warning.code()).isEqualTo(code);
        assertThat(warning.detail())
                .startsWith("public.t " + reason)
                .endsWith("are not sent, only inserts and truncates");
        assertThat(warning.fix()).isEqualTo(fix);
    }

    @Test
    void aColumnListGetsTheKeyAndKeepsItsFilter() {
        Leaf leaf = TestTables.leaf(1, "t", identity("DEFAULT", "id", "-"));
        Published publication =
                TestTables.changes().with(1, new Member(List.of("a"), Optional.of("(a > 1)"), Set.of()));
        assertThat(IdentityAdvice.sql(leaf, WriteRule.Obstacle.COLUMN_LIST, publication, "nexus"))
                .contains(
                        "ALTER PUBLICATION \"nexus\" DROP TABLE ONLY \"public\".\"t\"; ALTER PUBLICATION \"nexus\" ADD"
                                + " TABLE ONLY \"public\".\"t\" (\"a\", \"id\") WHERE ((a > 1));");
    }

    @Test
    void aWholeRowDoesNotHelpWhereAColumnListForbidsIt() {
        Leaf leaf = TestTables.leaf(1, "t", identity("DEFAULT", "id", "-"));
        assertThat(IdentityAdvice.sql(
                        leaf,
                        WriteRule.Obstacle.ROW_FILTER,
                        TestTables.changes().with(1, LIST),
                        "nexus"))
                .isEmpty();
        Member filter = new Member(List.of(), LIST.filter(), LIST.filterColumns());
        assertThat(IdentityAdvice.sql(
                        leaf,
                        WriteRule.Obstacle.ROW_FILTER,
                        TestTables.changes().with(1, filter),
                        "nexus"))
                .contains("ALTER TABLE \"public\".\"t\" REPLICA IDENTITY FULL;");
    }

    @Test
    void aTableWhoseWritesFailSaysSo() {
        Map<Kind, Published> published = Map.of(Kind.CHANGES, withoutGenerated(1L), Kind.INSERTS, TestTables.inserts());
        Warning warning = only(losses(identity("FULL", "id", "stored"), published));
        assertThat(warning.detail()).contains("is in publication nexus, so PostgreSQL refuses every UPDATE and DELETE");
    }

    private static List<Warning> losses(ReplicaIdentity identity, Published inserts) {
        return losses(identity, Map.of(Kind.CHANGES, withoutGenerated(), Kind.INSERTS, inserts));
    }

    private static List<Warning> losses(ReplicaIdentity identity, Map<Kind, Published> published) {
        SourceTable table = TestTables.table(1, "t", identity);
        Subscription subscription = CapturingProcess.subscription("pg.public.t.*");
        return new LossWarnings(new Publications("nexus"), List.of(table), published, List.of())
                .of(subscription).stream().map(LossWarnings.Lost::warning).toList();
    }

    private static Published withoutGenerated(Long... members) {
        Published whole = TestTables.changes(members);
        return new Published(
                Set.of(Operation.values()),
                false,
                Set.of(),
                false,
                GeneratedColumns.NONE,
                whole.members(),
                whole.added());
    }

    private static Warning only(List<Warning> warnings) {
        assertThat(warnings).hasSize(1);
        return warnings.getFirst();
    }

    private static ReplicaIdentity identity(String setting, String key, String generated) {
        return new ReplicaIdentity(
                Setting.valueOf(setting),
                key.equals("id") ? Set.of("id") : Set.of(),
                Set.of(),
                key.equals("deferrable"),
                generated.equals("stored") ? Set.of("g") : Set.of(),
                generated.equals("virtual") ? Set.of("g") : Set.of());
    }
}
