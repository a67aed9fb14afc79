package nexus.capture;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What the catalog says of a table and its messages don't.
 *
 * @param rootSchema of the topmost partitioned table; the table's own where it is no partition
 * @param primaryKey its columns in the order of the key; empty when there is none
 * @param perhapsUnpublished columns that a publication may leave out: generated ones, and all when a column list exists
 */
public record CatalogTable(
        String rootSchema, String rootTable, List<String> primaryKey, Set<String> perhapsUnpublished) {
    public CatalogTable {
        primaryKey = List.copyOf(primaryKey);
        perhapsUnpublished = Collections.unmodifiableSet(new LinkedHashSet<>(perhapsUnpublished));
    }
}
