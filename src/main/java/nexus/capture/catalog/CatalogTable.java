package nexus.capture.catalog;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The parts of a table's description that its messages do not contain.
 *
 * @param name from the catalog; empty where the RELATION message is newer
 * @param root the topmost partitioned table, if it is a partition
 * @param primaryKey its columns in the order of the key; empty when there is none
 * @param perhapsUnpublished columns that a publication may leave out: generated ones, and all when a column list exists
 * @param partitionedColumns all columns of a topmost partitioned table; else empty
 * @param isPublished whether it is a member of a publication itself, not through a partitioned table
 */
public record CatalogTable(
        Optional<Name> name,
        Optional<Name> root,
        List<String> primaryKey,
        Set<String> perhapsUnpublished,
        Set<String> partitionedColumns,
        boolean isPublished) {

    public CatalogTable {
        primaryKey = List.copyOf(primaryKey);
        perhapsUnpublished = Collections.unmodifiableSet(new LinkedHashSet<>(perhapsUnpublished));
        partitionedColumns = Collections.unmodifiableSet(new LinkedHashSet<>(partitionedColumns));
    }

    public record Name(String schema, String table) {
        @Override
        public String toString() {
            return schema + '.' + table;
        }
    }

    /** The description of a table that is only known from its messages. */
    public static CatalogTable unknown(Optional<Name> root) {
        return new CatalogTable(Optional.empty(), root, List.of(), Set.of(), Set.of(), false);
    }

    public CatalogTable withoutName() {
        return new CatalogTable(
                Optional.empty(), root, primaryKey, perhapsUnpublished, partitionedColumns, isPublished);
    }

    /** Changes of a table arrive only when it, or a partitioned table above it, is published. */
    public boolean explainsChanges() {
        return root.isPresent() || isPublished;
    }
}
