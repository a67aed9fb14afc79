package nexus.capture;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nexus.capture.catalog.CatalogSource;
import nexus.capture.catalog.CatalogTable;
import nexus.capture.catalog.CatalogType;
import nexus.capture.catalog.Seen;
import nexus.capture.catalog.Xid;

/** A catalog of what a test puts in, each from a transaction on. */
final class MapCatalog implements CatalogSource {
    private final Map<Integer, Seen<CatalogTable>> tables = new HashMap<>();
    private final Map<Integer, Seen<CatalogType>> types = new HashMap<>();
    private int since = Xid.FROZEN;
    private boolean publishesWholeSchemas;

    /** What follows was written by this transaction. */
    MapCatalog since(int xid) {
        since = xid;
        return this;
    }

    MapCatalog publishingWholeSchemas() {
        publishesWholeSchemas = true;
        return this;
    }

    MapCatalog table(int oid, String schema, String name, String... primaryKey) {
        return put(oid, schema, name, Optional.empty(), List.of(primaryKey), Set.of(), true);
    }

    MapCatalog partitioned(int oid, String schema, String name, String... columns) {
        return put(oid, schema, name, Optional.empty(), List.of(), Set.of(columns), true);
    }

    /** A partition of that one. */
    MapCatalog partition(int oid, String rootSchema, String rootName) {
        CatalogTable.Name root = new CatalogTable.Name(rootSchema, rootName);
        return put(oid, "parts", "part" + oid, Optional.of(root), List.of("id"), Set.of(), false);
    }

    /** No partition any more. */
    MapCatalog detached(int oid, boolean isPublished) {
        return put(oid, "parts", "part" + oid, Optional.empty(), List.of("id"), Set.of(), isPublished);
    }

    private MapCatalog put(
            int oid,
            String schema,
            String name,
            Optional<CatalogTable.Name> root,
            List<String> primaryKey,
            Set<String> partitionedColumns,
            boolean isPublished) {
        CatalogTable table = new CatalogTable(
                Optional.of(new CatalogTable.Name(schema, name)),
                root,
                primaryKey,
                Set.of(),
                partitionedColumns,
                isPublished);
        tables.put(oid, new Seen<>(oid, since, table));
        return this;
    }

    void drop(int oid) {
        tables.remove(oid);
    }

    MapCatalog without(int typeOid) {
        types.remove(typeOid);
        return this;
    }

    MapCatalog type(int oid, CatalogType type) {
        types.put(oid, new Seen<>(oid, since, type));
        return this;
    }

    @Override
    public Tables tables(Collection<Integer> oids) {
        return new Tables(publishesWholeSchemas, found(tables, oids), Set.of());
    }

    @Override
    public Tables published(Collection<Integer> andAlso) {
        Set<Integer> wanted = new HashSet<>(andAlso);
        tables.values().stream()
                .filter(seen -> seen.description().explainsChanges())
                .forEach(seen -> wanted.add(seen.oid()));
        return tables(wanted);
    }

    @Override
    public List<Seen<CatalogType>> types(Collection<Integer> oids) {
        return found(types, oids);
    }

    private static <T> List<Seen<T>> found(Map<Integer, Seen<T>> objects, Collection<Integer> oids) {
        List<Seen<T>> found = new ArrayList<>();
        oids.forEach(oid -> Optional.ofNullable(objects.get(oid)).ifPresent(found::add));
        return found;
    }
}
