package nexus.replication.publication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nexus.event.Operation;
import nexus.replication.TestTables;
import nexus.replication.publication.PublicationPlan.Kind;
import nexus.replication.publication.PublicationPlan.Step;
import nexus.replication.table.Leaf;
import nexus.replication.table.Leaf.Relation;
import nexus.replication.table.Published;
import nexus.replication.table.Published.GeneratedColumns;
import nexus.replication.table.Published.Member;
import nexus.replication.table.ReplicaIdentity;
import nexus.replication.table.ReplicaIdentity.Setting;
import nexus.replication.table.SourceTable;
import nexus.replication.table.WriteRule;
import org.junit.jupiter.api.Test;

class PublicationPlanTest {
    private static final ReplicaIdentity KEY = TestTables.KEY;
    private static final ReplicaIdentity FULL = TestTables.FULL;
    private static final ReplicaIdentity NONE = TestTables.NONE;
    private static final Published EMPTY = TestTables.changes();
    private static final Published OURS = TestTables.changes(1L);
    private static final Published THEIRS = of(GeneratedColumns.STORED, Member.WHOLE);
    private static final Published ALL =
            new Published(Set.of(Operation.values()), true, Set.of(), false, GeneratedColumns.NONE, Map.of(), Set.of());
    private static final Published SCHEMA = new Published(
            Set.of(Operation.values()), false, Set.of("public"), false, GeneratedColumns.NONE, Map.of(), Set.of());
    private static final ReplicaIdentity WHOLE_ROW_WITH_STORED =
            new ReplicaIdentity(Setting.FULL, Set.of(), Set.of(), false, Set.of("twice"), Set.of());
    private static final Relation ROOT = new Relation(10, "public", "parted");

    @Test
    void aNeededTableIsAddedWhereItBelongs() {
        assertThat(moves(KEY, EMPTY, EMPTY, true)).containsExactly("+CHANGES orders ours");
        assertThat(moves(FULL, EMPTY, EMPTY, true)).containsExactly("+CHANGES orders ours");
        assertThat(moves(NONE, EMPTY, EMPTY, true)).containsExactly("+INSERTS orders ours");
        assertThat(moves(KEY, EMPTY, EMPTY, false)).isEmpty();
    }

    @Test
    void aTableWhoseIdentityChangedMoves() {
        assertThat(moves(NONE, OURS, EMPTY, true)).containsExactly("-CHANGES orders", "+INSERTS orders ours");
        assertThat(moves(KEY, EMPTY, OURS, true)).containsExactly("+CHANGES orders ours", "-INSERTS orders");
        assertThat(moves(NONE, OURS, OURS, true)).containsExactly("-CHANGES orders");
        assertThat(moves(KEY, OURS, OURS, true)).containsExactly("-INSERTS orders");
    }

    @Test
    void whatAnAdministratorAddedStaysUnlessItFailsTheUsersWrites() {
        assertThat(moves(KEY, THEIRS, EMPTY, false)).isEmpty();
        assertThat(moves(KEY, EMPTY, THEIRS, true)).containsExactly("+CHANGES orders ours");
        assertThat(moves(NONE, ALL, EMPTY, true)).isEmpty();
        assertThat(moves(NONE, THEIRS, EMPTY, true)).containsExactly("-CHANGES orders", "+INSERTS orders");
        assertThat(moves(NONE, THEIRS, EMPTY, false)).containsExactly("-CHANGES orders", "+INSERTS orders");
    }

    @Test
    void whatAnAdministratorPublishesBySchemaIsNotAddedAgain() {
        assertThat(moves(KEY, SCHEMA, EMPTY, true)).isEmpty();
        assertThat(moves(KEY, SCHEMA, OURS, true)).containsExactly("-INSERTS orders");
        assertThat(moves(NONE, EMPTY, SCHEMA, true)).isEmpty();
    }

    @Test
    void whatNexusAddedAndNobodyNeedsIsTakenOut() {
        assertThat(moves(KEY, OURS, EMPTY, false)).containsExactly("-CHANGES orders");
        assertThat(moves(NONE, EMPTY, OURS, false)).containsExactly("-INSERTS orders");
    }

    @Test
    void theOptionsOfThePublicationCount() {
        Published without = of(GeneratedColumns.NONE, null);
        assertThat(moves(WHOLE_ROW_WITH_STORED, without, EMPTY, true)).containsExactly("+INSERTS orders ours");
        assertThat(moves(WHOLE_ROW_WITH_STORED, of(GeneratedColumns.NONE, Member.WHOLE), EMPTY, true))
                .containsExactly("-CHANGES orders", "+INSERTS orders");
        assertThat(moves(WHOLE_ROW_WITH_STORED, of(GeneratedColumns.IGNORED, Member.WHOLE), EMPTY, true))
                .isEmpty();
        assertThat(moves(WHOLE_ROW_WITH_STORED, EMPTY, EMPTY, true)).containsExactly("+CHANGES orders ours");
    }

    @Test
    void aTableIsNotInBothPublicationsWhenTheyDifferInItsColumns() {
        ReplicaIdentity keyed =
                new ReplicaIdentity(Setting.DEFAULT, Set.of("id"), Set.of(), false, Set.of("twice"), Set.of());
        Published inserts = of(GeneratedColumns.NONE, Member.WHOLE);
        assertThat(moves(keyed, EMPTY, inserts, true)).containsExactly("+CHANGES orders", "-INSERTS orders");
        assertThat(moves(KEY, EMPTY, inserts, true)).containsExactly("+CHANGES orders ours");
    }

    @Test
    void anAdministratorsRestrictionGoesWithTheTable() {
        Member filtered = new Member(List.of("id", "a"), Optional.of("a > 1"), Set.of("a"));
        assertThat(moves(KEY, of(GeneratedColumns.STORED, filtered), EMPTY, true))
                .containsExactly("-CHANGES orders", "+INSERTS orders (\"id\", \"a\") WHERE (a > 1)");
        Member listed = new Member(List.of("id"), Optional.empty(), Set.of());
        assertThat(moves(KEY, EMPTY, of(GeneratedColumns.STORED, listed), true))
                .containsExactly("+CHANGES orders (\"id\") ours");
        assertThat(moves(KEY, of(GeneratedColumns.STORED, listed), THEIRS, true))
                .containsExactly("-INSERTS orders");
        Published ours = new Published(
                Set.of(Operation.values()),
                false,
                Set.of(),
                false,
                GeneratedColumns.STORED,
                Map.of(1L, listed),
                Set.of(1L));
        assertThat(moves(KEY, ours, EMPTY, false)).isEmpty();
    }

    @Test
    void partitionsThatFitGoOnWithoutTheOthers() {
        SourceTable mixed = parted(KEY, NONE);
        assertThat(moves(mixed, TestTables.changes(10L), EMPTY, true))
                .containsExactly("-CHANGES parted", "+INSERTS parted ours", "+CHANGES p1 ours later");
        assertThat(moves(mixed, TestTables.changes(11L), TestTables.inserts(10L), true))
                .isEmpty();
        assertThat(moves(mixed, EMPTY, TestTables.inserts(10L), true)).containsExactly("+CHANGES p1 ours later");
        assertThat(moves(mixed, TestTables.changes(11L, 12L), TestTables.inserts(10L), true))
                .containsExactly("-CHANGES p2");
        assertThat(moves(parted(NONE, NONE), TestTables.changes(10L), EMPTY, true))
                .containsExactly("-CHANGES parted", "+INSERTS parted ours");
    }

    @Test
    void partitionsThatAllFitAreTheirRootsAgain() {
        assertThat(moves(parted(KEY, FULL), TestTables.changes(11L), TestTables.inserts(10L), true))
                .containsExactly("+CHANGES parted ours", "-INSERTS parted", "-CHANGES p1");
        assertThat(moves(parted(KEY, FULL), EMPTY, EMPTY, true)).containsExactly("+CHANGES parted ours");
        assertThat(moves(TestTables.partitioned(ROOT), EMPTY, EMPTY, true)).containsExactly("+CHANGES parted ours");
        assertThat(moves(parted(KEY, NONE), TestTables.changes(11L), TestTables.inserts(10L), false))
                .containsExactly("-INSERTS parted", "-CHANGES p1");
    }

    @Test
    void anUnloggedPartitionHoldsNobodyUp() {
        Leaf unlogged = new Leaf(new Relation(12, "public", "p2"), List.of(ROOT), false, NONE);
        SourceTable table = TestTables.partitioned(ROOT, TestTables.leaf(11, "p1", KEY, ROOT), unlogged);
        assertThat(moves(table, EMPTY, EMPTY, true)).containsExactly("+CHANGES parted ours");
    }

    @Test
    void whatIsDoneOnceIsDone() {
        for (ReplicaIdentity identity : List.of(KEY, FULL, NONE, WHOLE_ROW_WITH_STORED)) {
            for (GeneratedColumns generated : GeneratedColumns.values()) {
                for (Published changes : List.of(of(generated, null), of(generated, Member.WHOLE), SCHEMA)) {
                    for (Published inserts : List.of(TestTables.inserts(), TestTables.inserts(1L), SCHEMA_INSERTS)) {
                        SourceTable table = TestTables.table(1, "orders", identity);
                        isStable(table, changes, inserts);
                        isStable(parted(identity, KEY), changes, inserts);
                        isStable(parted(identity, NONE), changes, inserts);
                    }
                }
            }
        }
    }

    private static final Published SCHEMA_INSERTS = new Published(
            Set.of(Operation.INSERT), false, Set.of("public"), false, GeneratedColumns.STORED, Map.of(), Set.of());

    /** The moves done, there is nothing left to move, and no write fails that could be helped. */
    private static void isStable(SourceTable table, Published changes, Published inserts) {
        Published changesThen = changes;
        Published insertsThen = inserts;
        for (PublicationPlan.Move move : plan(table, changes, inserts, true, false)) {
            for (Step step : move.steps()) {
                Published before = step.kind() == Kind.CHANGES ? changesThen : insertsThen;
                Published after = step.isAdded()
                        ? before.with(step.relation().oid(), step.as())
                        : before.without(Set.of(step.relation().oid()));
                changesThen = step.kind() == Kind.CHANGES ? after : changesThen;
                insertsThen = step.kind() == Kind.INSERTS ? after : insertsThen;
            }
        }
        assertThat(plan(table, changesThen, insertsThen, true, false)).isEmpty();
        if (!changes.coversUnnamed(table)) {
            for (Leaf leaf : table.leaves()) {
                assertThat(WriteRule.obstacle(leaf, changesThen)).isEmpty();
            }
        }
        boolean isPublished = changesThen.coversAll(table) || insertsThen.coversAll(table);
        assertThat(isPublished).isTrue();
    }

    private static SourceTable parted(ReplicaIdentity one, ReplicaIdentity two) {
        return TestTables.partitioned(ROOT, TestTables.leaf(11, "p1", one, ROOT), TestTables.leaf(12, "p2", two, ROOT));
    }

    /** An administrator's membership of table 1, or none. */
    private static Published of(GeneratedColumns generated, @org.jspecify.annotations.Nullable Member member) {
        return new Published(
                Set.of(Operation.values()),
                false,
                Set.of(),
                false,
                generated,
                member == null ? Map.of() : Map.of(1L, member),
                Set.of());
    }

    private static List<String> moves(ReplicaIdentity identity, Published changes, Published inserts, boolean needed) {
        return moves(TestTables.table(1, "orders", identity), changes, inserts, needed);
    }

    private static List<String> moves(SourceTable table, Published changes, Published inserts, boolean needed) {
        return plan(table, changes, inserts, needed, !table.leaves().isEmpty() && droppable(changes, inserts, needed))
                .stream()
                .flatMap(move -> move.steps().stream())
                .map(PublicationPlanTest::shown)
                .toList();
    }

    /** What nobody needs is droppable in these tests unless it is only an administrator's. */
    private static boolean droppable(Published changes, Published inserts, boolean needed) {
        return !needed && !(changes.added().isEmpty() && inserts.added().isEmpty());
    }

    private static List<PublicationPlan.Move> plan(
            SourceTable table, Published changes, Published inserts, boolean needed, boolean droppable) {
        Published onlyInserts = new Published(
                Set.of(Operation.INSERT, Operation.TRUNCATE),
                inserts.allTables(),
                inserts.schemas(),
                inserts.viaRoot(),
                inserts.generated(),
                inserts.members(),
                inserts.added());
        return PublicationPlan.moves(
                List.of(table),
                Map.of(Kind.CHANGES, changes, Kind.INSERTS, onlyInserts),
                one -> needed,
                one -> droppable);
    }

    private static String shown(Step step) {
        return (step.isAdded() ? "+" : "-") + step.kind() + " "
                + step.relation().name()
                + (step.isAdded() ? step.as().sql() : "") + (step.isNoted() ? " ours" : "")
                + (step.canWait() ? " later" : "");
    }
}
