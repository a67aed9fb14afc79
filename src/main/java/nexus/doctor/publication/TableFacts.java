package nexus.doctor.publication;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nexus.replication.table.SourceTable;
import nexus.replication.table.SourceTables;

/**
 * A table of the source, or a partition of one.
 *
 * @param isPartitioned whether it has no rows of its own
 * @param isOurs whether the role owns it, and so may add it to a publication
 * @param uniqueIndex an index that could be its replica identity
 */
public record TableFacts(
        SourceTable table,
        boolean isPartitioned,
        boolean isUnlogged,
        boolean hasRowSecurity,
        boolean isOurs,
        String owner,
        Optional<String> uniqueIndex) {

    private static final String READ = """
            SELECT c.oid::bigint AS oid, c.relkind = 'p' AS partitioned, c.relpersistence = 'u' AS unlogged,
                   c.relrowsecurity AS row_security, pg_has_role(c.relowner, 'usage') AS ours,
                   pg_catalog.pg_get_userbyid(c.relowner)::text AS owner,
                   (SELECT min(name.relname) FROM pg_catalog.pg_index i
                    JOIN pg_catalog.pg_class name ON name.oid = i.indexrelid
                    WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indimmediate
                      AND i.indpred IS NULL AND i.indexprs IS NULL
                      AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a
                                      WHERE a.attrelid = c.oid AND NOT a.attnotnull
                                        AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1]))) AS unique_index
            FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND c.relpersistence <> 't'
              AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'""";

    public static List<TableFacts> read(Connection connection) throws SQLException {
        Map<Long, SourceTable> tables = new HashMap<>();
        for (SourceTable table : SourceTables.read(connection)) {
            tables.put(table.oid(), table);
        }
        Map<Long, TableFacts> facts = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(READ);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                SourceTable table = tables.get(row.getLong("oid"));
                if (table != null) { // else it was created in the meantime
                    facts.put(
                            table.oid(),
                            new TableFacts(
                                    table,
                                    row.getBoolean("partitioned"),
                                    row.getBoolean("unlogged"),
                                    row.getBoolean("row_security"),
                                    row.getBoolean("ours"),
                                    row.getString("owner"),
                                    Optional.ofNullable(row.getString("unique_index"))));
                }
            }
        }
        return facts.values().stream()
                .sorted((a, b) -> a.table.toString().compareTo(b.table.toString()))
                .toList();
    }
}
