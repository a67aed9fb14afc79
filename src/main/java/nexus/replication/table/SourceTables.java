package nexus.replication.table;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import nexus.replication.table.Leaf.Relation;
import nexus.replication.table.ReplicaIdentity.Setting;
import nexus.replication.table.SourceTable.Kind;

/** Reads the tables of the source database, except temporary ones and those of system schemas. */
public final class SourceTables {
    /** Lists the ancestors of a partition, the nearest first. An invalid or deferrable index is no replica identity. */
    private static final String ALL = """
            SELECT c.oid::bigint AS oid, n.nspname, c.relname, c.relkind::text AS kind, c.relreplident::text AS identity,
                   c.relpersistence = 'p' AS logged,
                   ARRAY(SELECT a.relid::oid::bigint
                         FROM pg_catalog.pg_partition_ancestors(c.oid) WITH ORDINALITY AS a (relid, place)
                         WHERE a.relid <> c.oid ORDER BY a.place) AS ancestors,
                   EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid AND i.indisprimary) AS has_key,
                   ARRAY(SELECT a.attname::text FROM pg_catalog.pg_index i
                         JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
                             AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1])
                         WHERE i.indrelid = c.oid AND i.indisprimary AND i.indisvalid AND i.indimmediate) AS key,
                   ARRAY(SELECT a.attname::text FROM pg_catalog.pg_index i
                         JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
                             AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1])
                         WHERE i.indrelid = c.oid AND i.indisreplident AND i.indisvalid AND i.indimmediate) AS index,
                   ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a
                         WHERE a.attrelid = c.oid AND a.attgenerated = 's' AND NOT a.attisdropped) AS stored,
                   ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a
                         WHERE a.attrelid = c.oid AND a.attgenerated = 'v' AND NOT a.attisdropped) AS virtual
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
                rows.add(row(result));
            }
        }
        return withPartitions(rows);
    }

    private static Row row(ResultSet result) throws SQLException {
        Relation relation =
                new Relation(result.getLong("oid"), result.getString("nspname"), result.getString("relname"));
        Set<String> key = names(result, "key");
        boolean hasKey = result.getBoolean("has_key");
        return new Row(
                relation,
                result.getString("kind"),
                result.getBoolean("logged"),
                List.of((Long[]) result.getArray("ancestors").getArray()),
                hasKey,
                new ReplicaIdentity(
                        setting(result.getString("identity")),
                        key,
                        names(result, "index"),
                        hasKey && key.isEmpty(),
                        names(result, "stored"),
                        names(result, "virtual")));
    }

    private static Set<String> names(ResultSet result, String column) throws SQLException {
        return new HashSet<>(Arrays.asList((String[]) result.getArray(column).getArray()));
    }

    private static Setting setting(String code) {
        return switch (code) {
            case "i" -> Setting.INDEX;
            case "f" -> Setting.FULL;
            case "n" -> Setting.NOTHING;
            default -> Setting.DEFAULT;
        };
    }

    private static List<SourceTable> withPartitions(List<Row> rows) {
        Map<Long, Relation> relations = new HashMap<>();
        Map<Long, Set<Long>> relationsOf = new HashMap<>();
        Map<Long, List<Leaf>> leavesOf = new HashMap<>();
        rows.forEach(row -> relations.put(row.oid(), row.relation));
        for (Row row : rows) {
            relationsOf.computeIfAbsent(row.root(), root -> new HashSet<>()).add(row.oid());
            if (row.hasRows()) {
                Leaf leaf = row.leaf(relations);
                leavesOf.computeIfAbsent(row.oid(), itself -> new ArrayList<>()).add(leaf);
                if (row.root() != row.oid()) {
                    leavesOf.computeIfAbsent(row.root(), root -> new ArrayList<>())
                            .add(leaf);
                }
            }
        }
        return rows.stream()
                .map(row -> new SourceTable(
                        row.oid(),
                        row.relation.schema(),
                        row.relation.name(),
                        row.tableKind(),
                        row.hasPrimaryKey,
                        relationsOf.getOrDefault(row.oid(), Set.of(row.oid())),
                        leavesOf.getOrDefault(row.oid(), List.of())))
                .toList();
    }

    private record Row(
            Relation relation,
            String kind,
            boolean isLogged,
            List<Long> ancestors,
            boolean hasPrimaryKey,
            ReplicaIdentity identity) {
        long oid() {
            return relation.oid();
        }

        long root() {
            return ancestors.isEmpty() ? oid() : ancestors.getLast();
        }

        boolean hasRows() {
            return kind.equals("r");
        }

        Leaf leaf(Map<Long, Relation> relations) {
            List<Relation> above = ancestors.stream()
                    .map(relations::get)
                    .filter(Objects::nonNull)
                    .toList();
            return new Leaf(relation, above, isLogged, identity);
        }

        Kind tableKind() {
            if (!ancestors.isEmpty()) {
                return Kind.PARTITION;
            }
            boolean isInWal = (hasRows() || kind.equals("p")) && isLogged;
            return isInWal ? Kind.TABLE : Kind.NOT_IN_WAL;
        }
    }
}
