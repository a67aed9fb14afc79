package nexus.replication.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nexus.event.Operation;
import nexus.replication.TestTables;
import nexus.replication.table.Leaf.Relation;
import nexus.replication.table.Published.GeneratedColumns;
import nexus.replication.table.Published.Member;
import nexus.replication.table.ReplicaIdentity.Setting;
import nexus.replication.table.WriteRule.Obstacle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WriteRuleTest {
    private static final Relation ROOT = new Relation(9, "top", "root");

    /** Identity, generated columns, what of them is published, column list, columns of the row filter; and the answer. */
    @ParameterizedTest
    @CsvSource(textBlock = """
            key,     none,    IGNORED, -,    -,    -
            key,     none,    NONE,    -,    -,    -
            none,    none,    STORED,  -,    -,    NO_IDENTITY
            nothing, none,    STORED,  -,    -,    NO_IDENTITY
            full,    none,    NONE,    -,    -,    -
            key,     stored,  NONE,    -,    -,    -
            full,    stored,  IGNORED, -,    -,    -
            full,    stored,  NONE,    -,    -,    GENERATED_COLUMN
            full,    stored,  STORED,  -,    -,    -
            full,    virtual, STORED,  -,    -,    VIRTUAL_COLUMN
            key,     virtual, NONE,    -,    -,    -
            key,     in-key,  IGNORED, -,    -,    -
            key,     in-key,  NONE,    -,    -,    GENERATED_COLUMN
            key,     in-key,  STORED,  -,    -,    -
            key,     in-key,  NONE,    id,   -,    -
            key,     none,    IGNORED, id a, -,    -
            key,     none,    IGNORED, a,    -,    COLUMN_LIST
            full,    none,    IGNORED, id a, -,    COLUMN_LIST
            none,    none,    IGNORED, a,    -,    NO_IDENTITY
            key,     none,    IGNORED, -,    id,   -
            key,     none,    IGNORED, -,    id a, ROW_FILTER
            key,     none,    IGNORED, -,    row,  ROW_FILTER
            full,    none,    IGNORED, -,    id a, -
            """)
    void aTableAndItsPublicationTogetherSayWhetherUpdatesCanBePublished(
            String identity,
            String generated,
            GeneratedColumns published,
            String list,
            String filter,
            String obstacle) {
        Published publication = new Published(
                Set.of(Operation.values()),
                false,
                Set.of(),
                false,
                published,
                Map.of(1L, new Member(names(list), Optional.of("x"), Set.copyOf(names(filter)))),
                Set.of());
        Leaf leaf = TestTables.leaf(1, "orders", identity(identity, generated));
        assertThat(WriteRule.obstacle(leaf, publication).map(Obstacle::name).orElse("-"))
                .isEqualTo(obstacle);
    }

    @Test
    void onlyPublishedUpdatesOrDeletesOfWhatIsInTheWalAreInTheWay() {
        Leaf keyless = TestTables.leaf(1, "log", TestTables.NONE);
        assertThat(WriteRule.obstacle(keyless, TestTables.inserts(1L))).isEmpty();
        assertThat(WriteRule.obstacle(keyless, TestTables.changes())).isEmpty();
        assertThat(WriteRule.obstacle(keyless, TestTables.published(Set.of(Operation.DELETE), 1L)))
                .contains(Obstacle.NO_IDENTITY);
        Leaf unlogged = new Leaf(keyless.relation(), List.of(), false, TestTables.NONE);
        assertThat(WriteRule.obstacle(unlogged, TestTables.changes(1L))).isEmpty();
    }

    @Test
    void aPartitionInheritsTheMembershipAboveIt() {
        Leaf leaf = TestTables.leaf(1, "p1", TestTables.NONE, new Relation(2, "mid", "p"), ROOT);
        assertThat(WriteRule.obstacle(leaf, TestTables.changes(9L))).contains(Obstacle.NO_IDENTITY);
        assertThat(WriteRule.obstacle(leaf, TestTables.changes(2L))).contains(Obstacle.NO_IDENTITY);
        for (String schema : List.of("public", "mid", "top")) {
            assertThat(WriteRule.obstacle(leaf, inSchema(schema))).contains(Obstacle.NO_IDENTITY);
        }
        assertThat(WriteRule.obstacle(leaf, inSchema("other"))).isEmpty();
    }

    @Test
    void theRestrictionsOfTheRootHoldOnlyWhenChangesAreSentAsTheRoots() {
        Leaf leaf = TestTables.leaf(1, "p1", TestTables.KEY, ROOT);
        Member withoutKey = new Member(List.of("a"), Optional.empty(), Set.of());
        assertThat(WriteRule.obstacle(leaf, viaRoot(false, 9, withoutKey))).isEmpty();
        assertThat(WriteRule.obstacle(leaf, viaRoot(true, 9, withoutKey))).contains(Obstacle.COLUMN_LIST);
        assertThat(WriteRule.obstacle(leaf, viaRoot(true, 1, withoutKey))).contains(Obstacle.COLUMN_LIST);
    }

    private static Published inSchema(String schema) {
        return new Published(
                Set.of(Operation.UPDATE), false, Set.of(schema), false, GeneratedColumns.NONE, Map.of(), Set.of());
    }

    private static Published viaRoot(boolean viaRoot, long oid, Member member) {
        return new Published(
                Set.of(Operation.UPDATE),
                false,
                Set.of(),
                viaRoot,
                GeneratedColumns.NONE,
                Map.of(oid, member),
                Set.of());
    }

    private static ReplicaIdentity identity(String identity, String generated) {
        Setting setting =
                switch (identity) {
                    case "full" -> Setting.FULL;
                    case "nothing" -> Setting.NOTHING;
                    default -> Setting.DEFAULT;
                };
        return new ReplicaIdentity(
                setting,
                identity.equals("none") ? Set.of() : Set.of("id"),
                Set.of(),
                false,
                switch (generated) {
                    case "stored" -> Set.of("twice");
                    case "in-key" -> Set.of("id");
                    default -> Set.of();
                },
                generated.equals("virtual") ? Set.of("twice") : Set.of());
    }

    private static List<String> names(String text) {
        return switch (text) {
            case "-" -> List.of();
            case "row" -> List.of("");
            default -> List.of(text.split(" ", -1));
        };
    }
}
