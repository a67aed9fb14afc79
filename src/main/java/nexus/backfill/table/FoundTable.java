package nexus.backfill.table;

import java.util.Optional;
import nexus.replication.source.SqlName;
import org.jspecify.annotations.Nullable;

/**
 * A table as the catalog has it, before it is known whether its rows can be read.
 *
 * @param kind {@code pg_class.relkind}
 * @param root of a partition, {@code schema.table}
 * @param isReadable whether the role may read it
 * @param isFiltered whether row-level security would hide rows from the role
 */
record FoundTable(
        long oid,
        String schema,
        String name,
        char kind,
        boolean isLogged,
        @Nullable String root,
        boolean hasKey,
        boolean hasOrderedKey,
        boolean isReadable,
        boolean isFiltered,
        String role) {

    /** The reason why its rows cannot be read in chunks. */
    Optional<String> obstacle() {
        if (root != null) {
            return Optional.of("is a partition of " + root + ": backfill that table");
        } else if (kind == 'v' || kind == 'm' || kind == 'f') {
            return Optional.of(
                    "is a " + (kind == 'f' ? "foreign table" : "view") + ", whose changes are not in the WAL");
        } else if (kind != 'r' && kind != 'p') {
            return Optional.of("is not a table");
        }
        return obstacleOfRows();
    }

    /** As {@link #obstacle}, for one of its partitions as well. */
    Optional<String> obstacleOfRows() {
        if (!isLogged) {
            return Optional.of(
                    "is unlogged, so its changes are not in the WAL: ALTER TABLE " + quoted() + " SET LOGGED");
        } else if (!hasKey) {
            return Optional.of("has no primary key, so it cannot be read in parts while it changes: ALTER TABLE "
                    + quoted() + " ADD PRIMARY KEY (…)");
        } else if (!hasOrderedKey) {
            return Optional.of("has a primary key without an order (WITHOUT OVERLAPS), so it cannot be read in parts");
        } else if (!isReadable) {
            return Optional.of("may not be read by the role " + role + ": GRANT SELECT ON " + quoted() + " TO "
                    + SqlName.quoted(role));
        } else if (isFiltered) {
            return Optional.of("has row-level security that hides rows from the role " + role + ": ALTER ROLE "
                    + SqlName.quoted(role) + " BYPASSRLS");
        }
        return Optional.empty();
    }

    private String quoted() {
        return SqlName.quoted(schema) + '.' + SqlName.quoted(name);
    }

    @Override
    public String toString() {
        return schema + '.' + name;
    }
}
