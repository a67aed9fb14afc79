package nexus.replication.table;

import java.util.Collections;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import nexus.replication.table.Published.GeneratedColumns;
import nexus.replication.table.Published.Member;

/**
 * Decides whether PostgreSQL refuses the updates and deletes of a table because of a publication. PostgreSQL checks
 * this for each relation with rows and each publication that it is in ({@code CheckCmdReplicaIdentity}, {@code
 * pub_contains_invalid_column} and {@code pub_rf_contains_invalid_column} of PostgreSQL 14 to 18). A partition inherits
 * the memberships above it, but never their replica identity.
 */
public final class WriteRule {
    private WriteRule() {}

    /** The reason why updates and deletes cannot be published. */
    public enum Obstacle {
        /** Nothing identifies the old row. */
        NO_IDENTITY,
        /** The row filter uses columns of the old row that the WAL does not hold. */
        ROW_FILTER,
        /** The column list omits a part of the identity. With FULL, no list is allowed. */
        COLUMN_LIST,
        /** A stored generated column is a part of the identity, and the publication omits it. */
        GENERATED_COLUMN,
        /** A virtual generated column is a part of the identity, and cannot be published. */
        VIRTUAL_COLUMN
    }

    /**
     * Returns empty when the writes succeed, either because they can be published or because the publication omits
     * them.
     */
    public static Optional<Obstacle> obstacle(Leaf leaf, Published publication) {
        if (!leaf.isInWal() || !publication.publishesOldRows() || !publication.covers(leaf)) {
            return Optional.empty();
        }
        Member member = publication.memberOf(leaf);
        return leaf.identity().isFull()
                ? ofWholeRow(leaf.identity(), member, publication.generated())
                : ofKey(leaf.identity(), member, publication.generated());
    }

    private static Optional<Obstacle> ofWholeRow(ReplicaIdentity identity, Member member, GeneratedColumns published) {
        if (!identity.virtual().isEmpty()) {
            return Optional.of(Obstacle.VIRTUAL_COLUMN);
        }
        if (!member.columns().isEmpty()) {
            return Optional.of(Obstacle.COLUMN_LIST);
        }
        return !identity.stored().isEmpty() && published == GeneratedColumns.NONE
                ? Optional.of(Obstacle.GENERATED_COLUMN)
                : Optional.empty();
    }

    private static Optional<Obstacle> ofKey(ReplicaIdentity identity, Member member, GeneratedColumns published) {
        Set<String> key = identity.key();
        if (key.isEmpty()) {
            return Optional.of(Obstacle.NO_IDENTITY);
        }
        if (!key.containsAll(member.filterColumns())) {
            return Optional.of(Obstacle.ROW_FILTER);
        }
        if (!member.columns().isEmpty()) {
            return new HashSet<>(member.columns()).containsAll(key)
                    ? Optional.empty()
                    : Optional.of(Obstacle.COLUMN_LIST);
        }
        if (!Collections.disjoint(key, identity.virtual())) {
            return Optional.of(Obstacle.VIRTUAL_COLUMN);
        }
        return published == GeneratedColumns.NONE && !Collections.disjoint(key, identity.stored())
                ? Optional.of(Obstacle.GENERATED_COLUMN)
                : Optional.empty();
    }
}
