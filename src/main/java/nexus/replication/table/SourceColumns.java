package nexus.replication.table;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nexus.replication.table.SourceColumn.Form;
import nexus.replication.table.SourceColumn.Generated;

/** Reads the columns of tables of the source database. */
public final class SourceColumns {
    /** The form of a domain is that of its base type. A type outside pg_catalog may have a cast to JSON. */
    private static final String OF_TABLES = """
            SELECT a.attrelid::bigint AS oid, a.attname, a.attgenerated::text AS generated,
                   pg_catalog.format_type(a.atttypid, a.atttypmod) AS type,
                   (WITH RECURSIVE base AS (
                        SELECT t.oid, t.typname, t.typtype, t.typbasetype, t.typcategory, t.typnamespace
                        FROM pg_catalog.pg_type t WHERE t.oid = a.atttypid
                        UNION ALL
                        SELECT t.oid, t.typname, t.typtype, t.typbasetype, t.typcategory, t.typnamespace
                        FROM base b JOIN pg_catalog.pg_type t ON t.oid = b.typbasetype WHERE b.typtype = 'd')
                    SELECT CASE
                        WHEN b.typtype IN ('e', 'r', 'm') THEN 'TEXT'
                        WHEN b.typtype = 'c' OR b.typcategory = 'A' THEN 'ANY'
                        WHEN b.typnamespace <> 'pg_catalog'::pg_catalog.regnamespace THEN 'ANY'
                        WHEN b.typname IN ('json', 'jsonb', 'record') THEN 'ANY'
                        WHEN b.typname IN ('int2', 'int4', 'int8', 'float4', 'float8', 'numeric') THEN 'NUMBER'
                        WHEN b.typname = 'bool' THEN 'BOOLEAN'
                        ELSE 'TEXT' END
                    FROM base b WHERE b.typtype <> 'd') AS form
            FROM pg_catalog.pg_attribute a
            WHERE a.attrelid = ANY (?::pg_catalog.oid[]) AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY a.attrelid, a.attnum""";

    private SourceColumns() {}

    /** By the oids of these tables; a table that was dropped meanwhile has no columns. */
    public static Map<Long, List<SourceColumn>> read(Connection connection, Collection<SourceTable> tables)
            throws SQLException {
        Map<Long, List<SourceColumn>> columns = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(OF_TABLES)) {
            statement.setArray(
                    1,
                    connection.createArrayOf(
                            "bigint", tables.stream().map(SourceTable::oid).toArray()));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    String form = row.getString("form");
                    columns.computeIfAbsent(row.getLong("oid"), table -> new ArrayList<>())
                            .add(new SourceColumn(
                                    row.getString("attname"),
                                    String.valueOf(row.getString("type")),
                                    form == null ? Form.ANY : Form.valueOf(form),
                                    generated(row.getString("generated"))));
                }
            }
        }
        return columns;
    }

    private static Generated generated(String code) {
        return switch (code) {
            case "s" -> Generated.STORED;
            case "v" -> Generated.VIRTUAL;
            default -> Generated.NO;
        };
    }
}
