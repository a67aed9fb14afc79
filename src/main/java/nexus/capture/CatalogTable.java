package nexus.capture;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the catalog says of a table and its messages don't. The catalog is that of now: a table's own name is not here,
 * because it may have been renamed since the change that is read.
 *
 * @param root the topmost partitioned table, where it is a partition
 * @param primaryKey its columns in the order of the key; empty when there is none
 * @param perhapsUnpublished columns that a publication may leave out: generated ones, and all when a column list exists
 */
public record CatalogTable(Optional<Name> root, List<String> primaryKey, Set<String> perhapsUnpublished) {
    /** Of a table that is gone. */
    static final CatalogTable UNKNOWN = new CatalogTable(Optional.empty(), List.of(), Set.of());

    public CatalogTable {
        primaryKey = List.copyOf(primaryKey);
        perhapsUnpublished = Collections.unmodifiableSet(new LinkedHashSet<>(perhapsUnpublished));
    }

    public record Name(String schema, String table) {}
}
