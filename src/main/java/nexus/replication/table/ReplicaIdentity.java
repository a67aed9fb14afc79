package nexus.replication.table;

import java.util.Set;

/**
 * The replica identity of a relation, and the generated columns that can stand in its way.
 *
 * @param primaryKey columns of a primary key that can be an identity; empty without one, or while it is deferrable
 * @param index columns of the index that {@code REPLICA IDENTITY USING INDEX} names; empty when that index is gone
 * @param hasDeferrableKey whether there is a primary key, but a deferrable one: PostgreSQL takes it for no identity
 * @param stored generated columns that are stored
 * @param virtual generated columns that are not (PostgreSQL 18)
 */
public record ReplicaIdentity(
        Setting setting,
        Set<String> primaryKey,
        Set<String> index,
        boolean hasDeferrableKey,
        Set<String> stored,
        Set<String> virtual) {

    /** As {@code ALTER TABLE … REPLICA IDENTITY} sets it. */
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

    /** The columns of the index that identifies a row; empty without one and for {@code FULL}. */
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

    /** As it is after {@code ALTER TABLE … REPLICA IDENTITY}. */
    public ReplicaIdentity with(Setting other) {
        return new ReplicaIdentity(other, primaryKey, index, hasDeferrableKey, stored, virtual);
    }

    public boolean hasGeneratedColumns() {
        return !stored.isEmpty() || !virtual.isEmpty();
    }
}
