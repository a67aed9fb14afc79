package nexus.capture;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A catalog of what a test puts in. */
final class MapCatalog implements TableCatalog {
    private final Map<Integer, CatalogTable> tables = new HashMap<>();
    private final Map<Integer, CatalogType> types = new HashMap<>();

    MapCatalog table(int oid, String schema, String name, String... primaryKey) {
        tables.put(
                oid, new CatalogTable(Optional.of(new CatalogTable.Name(schema, name)), List.of(primaryKey), Set.of()));
        return this;
    }

    void drop(int oid) {
        tables.remove(oid);
    }

    /** A partition of that one. */
    MapCatalog partition(int oid, String rootSchema, String rootName) {
        tables.put(
                oid,
                new CatalogTable(Optional.of(new CatalogTable.Name(rootSchema, rootName)), List.of("id"), Set.of()));
        return this;
    }

    /** No partition any more. */
    MapCatalog detached(int oid) {
        tables.put(oid, new CatalogTable(Optional.empty(), List.of("id"), Set.of()));
        return this;
    }

    MapCatalog without(int typeOid) {
        types.remove(typeOid);
        return this;
    }

    MapCatalog type(int oid, CatalogType type) {
        types.put(oid, type);
        return this;
    }

    @Override
    public Optional<CatalogTable> table(int oid) {
        return Optional.ofNullable(tables.get(oid));
    }

    @Override
    public Optional<CatalogType> type(int oid) {
        return Optional.ofNullable(types.get(oid));
    }
}
