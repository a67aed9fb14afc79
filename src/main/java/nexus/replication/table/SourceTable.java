package nexus.replication.table;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import nexus.replication.table.Leaf.Relation;

/**
 * A table of the source database, with the properties that matter for publishing it. Partitions are not tables of their
 * own here: their changes are sent as those of the topmost table.
 *
 * @param relationOids the table and all its partitions
 * @param leaves the relations with its rows: the table itself or its partitions without foreign ones; a partition has
 *     itself
 */
public record SourceTable(
        long oid,
        String schema,
        String name,
        Kind kind,
        boolean hasPrimaryKey,
        Set<Long> relationOids,
        List<Leaf> leaves) {

    public enum Kind {
        TABLE,
        /** A partition, which is published as a part of its partitioned table. */
        PARTITION,
        /** A view, a foreign table or an unlogged table, whose changes are not in the WAL. */
        NOT_IN_WAL
    }

    /** The part of the old row that the WAL holds for an UPDATE or DELETE. */
    public enum Identity {
        /** Nothing. If the table were published for updates, the user's UPDATE would fail. */
        NONE,
        /** The columns of the primary key or of an index. */
        KEY,
        FULL
    }

    public SourceTable {
        relationOids = Set.copyOf(relationOids);
        leaves = List.copyOf(leaves);
    }

    /**
     * Whether changes of the table can be captured. Schema {@code nexus} is excluded, because each write of the
     * position would be another change to capture.
     */
    public boolean isCapturable() {
        return kind == Kind.TABLE && !schema.equals("nexus");
    }

    /** The identity of the table; for a partitioned table, the weakest identity of its partitions. */
    public Identity identity() {
        return leaves.stream()
                .map(leaf -> identity(leaf.identity()))
                .min(Comparator.naturalOrder())
                .orElse(Identity.KEY);
    }

    /** The leaves whose changes PostgreSQL can publish. */
    public List<Leaf> leavesInWal() {
        return leaves.stream().filter(Leaf::isInWal).toList();
    }

    public boolean isPartitioned() {
        return kind == Kind.TABLE && leaves.stream().noneMatch(leaf -> leaf.oid() == oid);
    }

    public Relation relation() {
        return new Relation(oid, schema, name);
    }

    public String quotedName() {
        return relation().quotedName();
    }

    @Override
    public String toString() {
        return relation().toString();
    }

    private static Identity identity(ReplicaIdentity identity) {
        if (identity.isFull()) {
            return Identity.FULL;
        }
        return identity.key().isEmpty() ? Identity.NONE : Identity.KEY;
    }
}
