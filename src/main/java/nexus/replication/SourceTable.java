package nexus.replication;

import java.util.Set;

/**
 * A table of the source database, as far as publishing it matters. Partitions are not tables of their own here: their
 * changes are those of the topmost table.
 *
 * @param relationOids the table and, when it is partitioned, all its partitions
 * @param identity of a partitioned table: the weakest of its partitions
 */
public record SourceTable(
        long oid,
        String schema,
        String name,
        Kind kind,
        Identity identity,
        boolean hasPrimaryKey,
        Set<Long> relationOids) {

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
    }

    /** Schema {@code nexus} never is: each position written would be a change to capture. */
    public boolean isCapturable() {
        return kind == Kind.TABLE && !schema.equals("nexus");
    }

    public String quotedName() {
        return SqlName.quoted(schema) + '.' + SqlName.quoted(name);
    }

    @Override
    public String toString() {
        return schema + '.' + name;
    }
}
