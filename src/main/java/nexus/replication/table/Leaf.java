package nexus.replication.table;

import java.util.List;
import java.util.Optional;
import nexus.replication.source.SqlName;

/**
 * A relation that has rows of its own: an ordinary table, or a partition that is not partitioned itself. PostgreSQL
 * checks on this level whether an UPDATE or DELETE may be published.
 *
 * @param above the partitioned tables above it, the nearest first
 * @param isInWal false for an unlogged relation
 */
public record Leaf(Relation relation, List<Relation> above, boolean isInWal, ReplicaIdentity identity) {

    /** A table or a partition, by object id and name. */
    public record Relation(long oid, String schema, String name) {
        public String quotedName() {
            return SqlName.quoted(schema) + '.' + SqlName.quoted(name);
        }

        @Override
        public String toString() {
            return schema + '.' + name;
        }
    }

    public Leaf {
        above = List.copyOf(above);
    }

    public long oid() {
        return relation.oid();
    }

    public Leaf with(ReplicaIdentity other) {
        return new Leaf(relation, above, isInWal, other);
    }

    Optional<Relation> root() {
        return above.isEmpty() ? Optional.empty() : Optional.of(above.getLast());
    }

    @Override
    public String toString() {
        return relation.toString();
    }
}
