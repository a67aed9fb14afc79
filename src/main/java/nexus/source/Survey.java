package nexus.source;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import nexus.doctor.publication.PublicationFacts;
import nexus.doctor.publication.TableFacts;
import nexus.replication.publication.PublicationPlan.Kind;
import nexus.replication.publication.Publications;
import nexus.replication.table.Published;
import nexus.replication.table.SourceColumn;
import nexus.replication.table.SourceColumns;
import nexus.replication.table.SourceTable;

/**
 * The source's catalog at one moment.
 *
 * @param tables those that can be captured, in the order of their names
 * @param columns of these tables by their oids
 */
record Survey(
        Map<Kind, PublicationFacts> publications, List<TableFacts> tables, Map<Long, List<SourceColumn>> columns) {

    static Survey read(Connection connection, Publications names) throws SQLException {
        Map<Kind, PublicationFacts> publications = new EnumMap<>(Kind.class);
        publications.putAll(PublicationFacts.read(connection, names));
        List<TableFacts> tables = TableFacts.read(connection).stream()
                .filter(facts -> facts.table().isCapturable())
                .toList();
        Map<Long, List<SourceColumn>> columns = SourceColumns.read(
                connection, tables.stream().map(TableFacts::table).toList());
        return new Survey(publications, tables, columns);
    }

    List<SourceColumn> columnsOf(SourceTable table) {
        return columns.getOrDefault(table.oid(), List.of());
    }

    /** Whether a publication has the table, and all of it. */
    boolean covers(Kind kind, SourceTable table) {
        PublicationFacts facts = publications.get(kind);
        if (facts == null) {
            return false;
        }
        Published published = facts.published();
        return published.coversAll(table);
    }
}
