package nexus.replication.table;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import nexus.replication.table.Leaf.Relation;

/**
 * A table of the source database, as far as publishing it matters. Partitions are not tables of their own here: their
 * changes are those of the topmost table.
 *
 * @param relationOids the table and, when it is partitioned, all its partitions
 * @param leaves where its rows are: the table itself or its partitions; foreign ones are left out, and a partition has
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
        /** Below a partitioned table: published by way of that. */
        PARTITION,
        /** View, foreign table, unlogged: there is nothing of it in the WAL. */
        NOT_IN_WAL
    }

    /** What of the old row the WAL holds for an UPDATE or DELETE. */
    public enum Identity {
        /** Nothing: were it published for updates, the user's UPDATE would fail. */
        NONE,
        /** The columns of the primary key or of an index. */
        KEY,
        FULL
    }

    public SourceTable {
        relationOids = Set.copyOf(relationOids);
        leaves = List.copyOf(leaves);
    }

    /** Schema {@code nexus} never is: each position written would be a change to capture. */
    public boolean isCapturable() {
        return kind == Kind.TABLE && !schema.equals("nexus");
    }

    /** Of a partitioned table the weakest of its partitions. */
    public Identity identity() {
        return leaves.stream()
                .map(leaf -> identity(leaf.identity()))
                .min(Comparator.naturalOrder())
                .orElse(Identity.KEY);
    }

    /** The leaves whose changes PostgreSQL could publish. */
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
