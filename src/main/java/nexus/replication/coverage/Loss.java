package nexus.replication.coverage;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nexus.event.Operation;
import nexus.replication.publication.PublicationPlan.Kind;
import nexus.replication.table.Leaf;
import nexus.replication.table.Published;
import nexus.replication.table.Published.GeneratedColumns;
import nexus.replication.table.Published.Member;
import nexus.replication.table.SourceTable;
import nexus.replication.table.WriteRule;
import nexus.replication.table.WriteRule.Obstacle;

/**
 * Changes of a table that are wanted and not sent.
 *
 * @param leaves the affected partitions; the table itself when it is not partitioned
 * @param operations the lost operations among the wanted ones
 */
public record Loss(SourceTable table, List<Leaf> leaves, Set<Operation> operations, Why why) {

    /** The cause of the loss. */
    public sealed interface Why {
        /** No publication includes the changes, though one could. */
        record NotPublished() implements Why {}

        /** The partition is unlogged. */
        record NotInWal() implements Why {}

        /**
         * PostgreSQL does not allow this publication to publish the changes.
         *
         * @param isNow whether the table is in that publication nevertheless, so that the user's own writes fail
         */
        record Refused(Obstacle obstacle, Kind kind, boolean isNow) implements Why {}
    }

    /** A publication as Nexus creates it. */
    private static final Published FRESH = new Published(
            Set.of(Operation.values()), false, Set.of(), false, GeneratedColumns.STORED, Map.of(), Set.of());

    private static final Set<Operation> OLD_ROWS = Set.of(Operation.UPDATE, Operation.DELETE);

    public Loss {
        leaves = List.copyOf(leaves);
        operations = Set.copyOf(operations);
    }

    /** Whether the user's own updates or deletes fail because of the publication. */
    public boolean failsWrites() {
        return why instanceof Why.Refused refused && refused.isNow();
    }

    private record Cause(Why why, Set<Operation> operations) {}

    /** Computes which wanted changes of a table are not sent with the present publications. */
    public static List<Loss> of(SourceTable table, Set<Operation> wanted, Map<Kind, Published> published) {
        Map<Cause, List<Leaf>> lost = new LinkedHashMap<>();
        for (Leaf leaf : table.leaves()) {
            cause(table, leaf, wanted, published)
                    .ifPresent(cause -> lost.computeIfAbsent(cause, one -> new ArrayList<>())
                            .add(leaf));
        }
        boolean isUnknown = published.values().stream().noneMatch(one -> one.coversAll(table));
        if (table.leaves().isEmpty() && isUnknown) {
            lost.put(new Cause(new Why.NotPublished(), wanted), List.of());
        }
        return lost.entrySet().stream()
                .map(one -> new Loss(
                        table,
                        one.getValue(),
                        one.getKey().operations(),
                        one.getKey().why()))
                .toList();
    }

    private static Optional<Cause> cause(
            SourceTable table, Leaf leaf, Set<Operation> wanted, Map<Kind, Published> published) {
        if (!leaf.isInWal()) {
            return Optional.of(new Cause(new Why.NotInWal(), wanted));
        }
        Set<Operation> lost = EnumSet.noneOf(Operation.class);
        lost.addAll(wanted);
        boolean isCovered = false;
        for (Published publication : published.values()) {
            if (publication.covers(leaf)) {
                isCovered = true;
                lost.removeAll(publication.operations());
            }
        }
        Optional<Why.Refused> now = refusedNow(leaf, published);
        if (now.isPresent()) {
            OLD_ROWS.stream().filter(wanted::contains).forEach(lost::add);
        }
        if (lost.isEmpty()) {
            return Optional.empty();
        }
        if (now.isPresent()) {
            return Optional.of(new Cause(now.get(), lost));
        }
        Why why = isCovered
                ? refusedIfPublished(table, leaf, published)
                        .<Why>map(refused -> refused)
                        .orElseGet(Why.NotPublished::new)
                : new Why.NotPublished();
        return Optional.of(new Cause(why, lost));
    }

    /** The reason why the updates of a leaf cannot be published; empty if it is published for updates now. */
    public static Optional<Why.Refused> refusedIfPublished(
            SourceTable table, Leaf leaf, Map<Kind, Published> published) {
        return WriteRule.obstacle(leaf, asMember(table, leaf, published, published.getOrDefault(Kind.CHANGES, FRESH)))
                .filter(obstacle -> refusedNow(leaf, published).isEmpty())
                .map(obstacle -> new Why.Refused(obstacle, Kind.CHANGES, false));
    }

    /** The reason why the user's updates fail now, whether or not a subscription wants them. */
    public static Optional<Why.Refused> refusedNow(Leaf leaf, Map<Kind, Published> published) {
        for (Map.Entry<Kind, Published> publication : published.entrySet()) {
            Optional<Obstacle> obstacle = WriteRule.obstacle(leaf, publication.getValue());
            if (obstacle.isPresent()) {
                return Optional.of(new Why.Refused(obstacle.get(), publication.getKey(), true));
            }
        }
        return Optional.empty();
    }

    /** The publication with the table added, under the restrictions that an administrator has set for the table. */
    static Published asMember(SourceTable table, Leaf leaf, Map<Kind, Published> published, Published changes) {
        if (changes.covers(leaf)) {
            return changes;
        }
        Published inserts = published.getOrDefault(Kind.INSERTS, changes);
        Member root = inserts.members().getOrDefault(table.oid(), Member.WHOLE);
        Member own = inserts.members().getOrDefault(leaf.oid(), Member.WHOLE);
        Published with = changes.with(table.oid(), root);
        return own.isRestricted() ? with.with(leaf.oid(), own) : with;
    }
}
