package nexus.replication.table;

import java.util.Set;

/**
 * The replica identity of a relation, and the generated columns that can prevent its use.
 *
 * @param primaryKey columns of the primary key; empty without one, or if it is deferrable
 * @param index columns of the index that {@code REPLICA IDENTITY USING INDEX} names; empty when that index no longer
 *     exists
 * @param hasDeferrableKey whether there is a deferrable primary key, which PostgreSQL does not accept as an identity
 * @param stored the stored generated columns
 * @param virtual the virtual generated columns (PostgreSQL 18)
 */
public record ReplicaIdentity(
        Setting setting,
        Set<String> primaryKey,
        Set<String> index,
        boolean hasDeferrableKey,
        Set<String> stored,
        Set<String> virtual) {

    /** The value that {@code ALTER TABLE … REPLICA IDENTITY} sets. */
    public enum Setting {
        DEFAULT,
        INDEX,
        FULL,
        NOTHING
    }

    public ReplicaIdentity {
        primaryKey = Set.copyOf(primaryKey);
        index = Set.copyOf(index);
        stored = Set.copyOf(stored);
        virtual = Set.copyOf(virtual);
    }

    public static ReplicaIdentity of(Setting setting, String... primaryKey) {
        return new ReplicaIdentity(setting, Set.of(primaryKey), Set.of(), false, Set.of(), Set.of());
    }

    /** The columns of the identifying index; empty without one and for {@code FULL}. */
    public Set<String> key() {
        return switch (setting) {
            case DEFAULT -> primaryKey;
            case INDEX -> index;
            case FULL, NOTHING -> Set.of();
        };
    }

    public boolean isFull() {
        return setting == Setting.FULL;
    }

    /** The identity after {@code ALTER TABLE … REPLICA IDENTITY}. */
    public ReplicaIdentity with(Setting other) {
        return new ReplicaIdentity(other, primaryKey, index, hasDeferrableKey, stored, virtual);
    }

    public boolean hasGeneratedColumns() {
        return !stored.isEmpty() || !virtual.isEmpty();
    }
}
