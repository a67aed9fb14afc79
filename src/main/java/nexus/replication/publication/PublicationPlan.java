package nexus.replication.publication;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nexus.replication.table.Leaf;
import nexus.replication.table.Leaf.Relation;
import nexus.replication.table.Published;
import nexus.replication.table.Published.GeneratedColumns;
import nexus.replication.table.Published.Member;
import nexus.replication.table.SourceTable;
import nexus.replication.table.WriteRule;

/** Decides which tables to add to a publication or to remove from it. */
public final class PublicationPlan {
    private static final Published NOTHING =
            new Published(Set.of(), false, Set.of(), false, GeneratedColumns.IGNORED, Map.of(), Set.of());

    private PublicationPlan() {}

    /** The two publications. A table is in one of them; a partitioned one may be divided between both. */
    public enum Kind {
        /** Publishes all changes. It must not contain a table whose updates PostgreSQL would then refuse. */
        CHANGES,
        /** Publishes only inserts and truncates. */
        INSERTS
    }

    /**
     * Adds one relation to a publication or removes it.
     *
     * @param as the column list and row filter of an added relation
     * @param isNoted whether it counts as added by Nexus, which may remove it when it is no longer needed
     * @param canWait whether the other steps proceed without this one when it fails
     */
    public record Step(Kind kind, boolean isAdded, Relation relation, Member as, boolean isNoted, boolean canWait) {
        static Step add(Kind kind, Relation relation, Member as, boolean isNoted) {
            return new Step(kind, true, relation, as, isNoted, false);
        }

        static Step drop(Kind kind, Relation relation) {
            return new Step(kind, false, relation, Member.WHOLE, false, false);
        }
    }

    /** All steps for one table; they run in one transaction, so that no change is lost in between. */
    public record Move(SourceTable table, List<Step> steps) {
        public Move {
            steps = List.copyOf(steps);
        }
    }

    /**
     * @param needed whether a subscription wants changes of the table
     * @param droppable whether no subscription has needed the table for long enough
     */
    public static List<Move> moves(
            List<SourceTable> tables,
            Map<Kind, Published> now,
            Predicate<SourceTable> needed,
            Predicate<SourceTable> droppable) {
        Published changes = now.getOrDefault(Kind.CHANGES, NOTHING);
        Published inserts = now.getOrDefault(Kind.INSERTS, NOTHING);
        List<Move> moves = new ArrayList<>();
        if (changes.allTables()) {
            return moves;
        }
        for (SourceTable table : tables) {
            if (table.isCapturable()) {
                boolean isNeeded = needed.test(table);
                List<Step> steps = new TablePlan(table, changes, inserts).steps(isNeeded, droppable.test(table));
                if (!steps.isEmpty()) {
                    moves.add(new Move(table, steps));
                }
            }
        }
        return moves;
    }

    /** The move that publishes the table as far as possible, for an administrator to run by hand. */
    public static Optional<Move> moveOf(SourceTable table, Map<Kind, Published> now) {
        return moves(List.of(table), now, one -> true, one -> false).stream().findAny();
    }

    /** The publication for the table as a whole, without any restrictions. */
    static Kind home(SourceTable table, Published changes) {
        return new TablePlan(table, changes, NOTHING).fitsAsWhole() ? Kind.CHANGES : Kind.INSERTS;
    }

    /** The decision for one table. */
    private static final class TablePlan {
        private final SourceTable table;
        private final Published changes;
        private final Published inserts;
        private final List<Relation> relations;
        private final List<Step> steps = new ArrayList<>();

        TablePlan(SourceTable table, Published changes, Published inserts) {
            this.table = table;
            this.changes = changes;
            this.inserts = inserts;
            this.relations = Stream.concat(
                            Stream.of(table.relation()),
                            table.leaves().stream()
                                    .flatMap(leaf -> Stream.concat(leaf.above().stream(), Stream.of(leaf.relation()))))
                    .distinct()
                    .toList();
        }

        List<Step> steps(boolean isNeeded, boolean isDroppable) {
            if (!isNeeded && isDroppable) {
                dropUnneeded();
            } else if (changes.coversUnnamed(table)) {
                dropDuplicatesFromInserts();
            } else if (fitsAsWhole()) {
                publishAsWhole(isNeeded);
            } else {
                publishInPart(isNeeded);
            }
            return steps;
        }

        /** Removes the table, but not relations that an administrator added or restricted. */
        private void dropUnneeded() {
            for (Relation relation : relations) {
                for (Kind kind : Kind.values()) {
                    Published publication = of(kind);
                    if (publication.isOurs(relation.oid())
                            && !publication.member(relation.oid()).isRestricted()) {
                        steps.add(Step.drop(kind, relation));
                    }
                }
            }
        }

        private void dropDuplicatesFromInserts() {
            relations.stream()
                    .filter(relation -> inserts.isOurs(relation.oid()))
                    .forEach(relation -> steps.add(Step.drop(Kind.INSERTS, relation)));
        }

        /** Whether PostgreSQL would accept every update of the table with the table itself in CHANGES. */
        private boolean fitsAsWhole() {
            return fits(changes, table.relation(), table.leavesInWal());
        }

        /** Checks the publication with this relation as the only member among those of the table. */
        private boolean fits(Published publication, Relation relation, List<Leaf> leaves) {
            Published then = publication.without(oids(relations)).with(relation.oid(), memberOf(relation));
            return leaves.stream()
                    .allMatch(leaf -> WriteRule.obstacle(leaf, then).isEmpty());
        }

        private void publishAsWhole(boolean isNeeded) {
            boolean isMember = changes.members().containsKey(table.oid());
            if (!isMember && !isNeeded) {
                return;
            }
            if (!isMember) {
                steps.add(Step.add(Kind.CHANGES, table.relation(), memberOf(table.relation()), isNoted()));
            }
            for (Relation relation : relations) {
                boolean isRoot = relation.oid() == table.oid();
                if (!isRoot && changes.isOurs(relation.oid())) {
                    steps.add(Step.drop(Kind.CHANGES, relation));
                }
                if (inserts.isOurs(relation.oid()) || (isRoot && inInserts(relation) && isConflict(relation))) {
                    steps.add(Step.drop(Kind.INSERTS, relation));
                }
            }
        }

        /** Adds the table to INSERTS. For a partitioned table, the partitions that fit are also added to CHANGES. */
        private void publishInPart(boolean isNeeded) {
            Set<Long> unfit = oids(table.leavesInWal().stream()
                    .filter(leaf -> !fits(changes, leaf.relation(), List.of(leaf)))
                    .map(Leaf::relation)
                    .toList());
            List<Relation> dropped = relations.stream()
                    .filter(relation -> changes.members().containsKey(relation.oid()))
                    .filter(relation -> refuses(relation, unfit))
                    .toList();
            dropped.forEach(relation -> steps.add(Step.drop(Kind.CHANGES, relation)));
            if (!isNeeded && dropped.isEmpty()) {
                return;
            }
            Set<Relation> toInserts = new HashSet<>(dropped);
            if (isNeeded && !hasRestrictedParts()) {
                toInserts.clear();
                toInserts.add(table.relation());
            }
            relations.stream().filter(toInserts::contains).forEach(this::addToInserts);
            if (isNeeded && table.isPartitioned()) {
                Published rest = changes.without(oids(dropped));
                table.leavesInWal().stream()
                        .filter(leaf -> !unfit.contains(leaf.oid()) && !rest.covers(leaf) && canBeInBoth(leaf))
                        .forEach(leaf -> steps.add(
                                new Step(Kind.CHANGES, true, leaf.relation(), memberOf(leaf.relation()), true, true)));
            }
        }

        /** Whether PostgreSQL refuses updates of some rows because of this membership. */
        private boolean refuses(Relation relation, Set<Long> unfit) {
            Published alone = changes.without(oids(relations)).with(relation.oid(), changes.member(relation.oid()));
            return table.leavesInWal().stream()
                    .anyMatch(leaf -> alone.covers(leaf)
                            && (unfit.contains(leaf.oid())
                                    || WriteRule.obstacle(leaf, alone).isPresent()
                                    || WriteRule.obstacle(leaf, changes).isPresent()));
        }

        private void addToInserts(Relation relation) {
            boolean isThere = inserts.coversUnnamed(table) || inserts.members().containsKey(relation.oid());
            List<Leaf> leaves = table.leavesInWal().stream()
                    .filter(leaf -> inserts.with(relation.oid(), Member.WHOLE).covers(leaf))
                    .toList();
            if (!isThere && fits(inserts, relation, leaves)) {
                boolean isAdmins = changes.members().containsKey(relation.oid()) && !changes.isOurs(relation.oid());
                steps.add(Step.add(Kind.INSERTS, relation, memberOf(relation), !isAdmins));
            }
        }

        /** The stream ends with an error if the published columns of one relation differ between the publications. */
        private boolean canBeInBoth(Leaf leaf) {
            Member root = memberOf(table.relation());
            return root.columns().isEmpty()
                    && root.filter().isEmpty()
                    && (changes.generated() == inserts.generated()
                            || !leaf.identity().hasGeneratedColumns());
        }

        private boolean optionsConflict() {
            return changes.generated() != inserts.generated()
                    && table.leavesInWal().stream()
                            .anyMatch(leaf -> leaf.identity().hasGeneratedColumns());
        }

        private boolean isConflict(Relation relation) {
            return optionsConflict()
                    || !inserts.member(relation.oid())
                            .columns()
                            .equals(memberOf(relation).columns());
        }

        private boolean hasRestrictedParts() {
            return relations.stream()
                    .filter(relation -> relation.oid() != table.oid())
                    .anyMatch(relation -> memberOf(relation).isRestricted());
        }

        private boolean inInserts(Relation relation) {
            return inserts.members().containsKey(relation.oid());
        }

        /** A relation that moves out of INSERTS keeps its owner, and any other added relation belongs to Nexus. */
        private boolean isNoted() {
            return !(inInserts(table.relation()) && !inserts.isOurs(table.oid()) && optionsConflict());
        }

        /** The restriction that an administrator gave the relation in either publication. */
        private Member memberOf(Relation relation) {
            Member inChanges = changes.members().get(relation.oid());
            return inChanges != null ? inChanges : inserts.members().getOrDefault(relation.oid(), Member.WHOLE);
        }

        private Published of(Kind kind) {
            return kind == Kind.CHANGES ? changes : inserts;
        }

        private static Set<Long> oids(List<Relation> relations) {
            return relations.stream().map(Relation::oid).collect(Collectors.toSet());
        }
    }
}
