package nexus.backfill.table;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import nexus.capture.catalog.CatalogTable;
import nexus.pgoutput.PgOutputMessage.Column;
import nexus.pgoutput.PgOutputMessage.Relation;
import nexus.pgoutput.PgOutputMessage.ReplicaIdentity;

/**
 * A table or partition with rows of its own, as the catalog describes it.
 *
 * @param root the name of the topmost partitioned table, or its own
 * @param identity the columns of the replica identity
 * @param rowFilter of the publication, in SQL with qualified names; empty for all rows
 */
public record Leaf(
        long oid,
        CatalogTable.Name name,
        CatalogTable.Name root,
        List<KeyColumn> key,
        List<ReadColumn> columns,
        ReplicaIdentity replicaIdentity,
        Set<String> identity,
        Optional<String> rowFilter) {
    public Leaf {
        key = List.copyOf(key);
        columns = List.copyOf(columns);
        identity = Set.copyOf(identity);
    }

    public List<String> keyNames() {
        return key.stream().map(KeyColumn::name).toList();
    }

    List<ReadColumn> published() {
        return columns.stream().filter(ReadColumn::isPublished).toList();
    }

    /** As the stream would describe it. */
    public Relation relation() {
        boolean isFull = replicaIdentity == ReplicaIdentity.FULL;
        return new Relation(
                (int) oid,
                name.schema(),
                name.table(),
                replicaIdentity,
                published().stream()
                        .map(column -> new Column(
                                column.name(),
                                column.typeOid(),
                                column.modifier(),
                                isFull || identity.contains(column.name())))
                        .toList());
    }

    public CatalogTable catalogTable() {
        return new CatalogTable(
                Optional.of(name),
                root.equals(name) ? Optional.empty() : Optional.of(root),
                keyNames(),
                columns.stream()
                        .filter(column -> !column.isPublished())
                        .map(ReadColumn::name)
                        .collect(Collectors.toCollection(java.util.LinkedHashSet::new)),
                Set.of(),
                true);
    }

    /** {@code schema.table} of the root, as ordering keys have it. */
    public String scope() {
        return root.schema() + '.' + root.table();
    }
}
