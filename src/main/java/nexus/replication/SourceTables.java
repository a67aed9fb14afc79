package nexus.replication;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nexus.replication.SourceTable.Identity;
import nexus.replication.SourceTable.Kind;

/** Reads which tables the source database has. Those of system schemas and temporary ones are left out. */
public final class SourceTables {
    /**
     * A deferrable primary key is no replica identity; nor is, as long as it is published, a whole row with a virtual
     * column (PostgreSQL 18): the user's UPDATE would fail.
     */
    private static final String ALL = """
            SELECT c.oid, n.nspname, c.relname,
                   c.relkind = 'p' AS partitioned,
                   c.relkind IN ('r', 'p') AND c.relpersistence = 'p' AS in_wal,
                   coalesce(pg_catalog.pg_partition_root(c.oid)::oid, c.oid) AS root,
                   EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid AND i.indisprimary) AS has_key,
                   CASE c.relreplident
                       WHEN 'f' THEN CASE WHEN EXISTS (
                           SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attgenerated = 'v')
                           THEN 'NONE' ELSE 'FULL' END
                       WHEN 'n' THEN 'NONE'
                       ELSE CASE WHEN EXISTS (
                           SELECT FROM pg_catalog.pg_index i
                           WHERE i.indrelid = c.oid AND i.indisvalid AND i.indimmediate
                             AND CASE c.relreplident WHEN 'i' THEN i.indisreplident ELSE i.indisprimary END)
                           THEN 'KEY' ELSE 'NONE' END
                   END AS identity
            FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND c.relpersistence <> 't'
              AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
            ORDER BY n.nspname, c.relname""";

    private SourceTables() {}

    public static List<SourceTable> read(Connection connection) throws SQLException {
        List<Row> rows = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(ALL);
                ResultSet result = statement.executeQuery()) {
            while (result.next()) {
                rows.add(new Row(
                        result.getLong("oid"),
                        result.getString("nspname"),
                        result.getString("relname"),
                        result.getBoolean("partitioned"),
                        result.getBoolean("in_wal"),
                        result.getLong("root"),
                        result.getBoolean("has_key"),
                        Identity.valueOf(result.getString("identity"))));
            }
        }
        return withPartitions(rows);
    }

    private static List<SourceTable> withPartitions(List<Row> rows) {
        Map<Long, Set<Long>> relationsOf = new HashMap<>();
        Map<Long, Identity> weakestOf = new HashMap<>();
        for (Row row : rows) {
            relationsOf.computeIfAbsent(row.root, root -> new HashSet<>()).add(row.oid);
            if (!row.partitioned) { // only leaves have rows, and only a leaf's identity counts
                weakestOf.merge(row.root, row.identity, (a, b) -> a.compareTo(b) <= 0 ? a : b);
            }
        }
        return rows.stream()
                .map(row -> new SourceTable(
                        row.oid,
                        row.schema,
                        row.name,
                        row.kind(),
                        weakestOf.getOrDefault(row.oid, row.identity),
                        row.hasPrimaryKey,
                        relationsOf.getOrDefault(row.oid, Set.of(row.oid))))
                .toList();
    }

    private record Row(
            long oid,
            String schema,
            String name,
            boolean partitioned,
            boolean inWal,
            long root,
            boolean hasPrimaryKey,
            Identity identity) {
        Kind kind() {
            if (root != oid) {
                return Kind.PARTITION;
            }
            return inWal ? Kind.TABLE : Kind.NOT_IN_WAL;
        }
    }
}
