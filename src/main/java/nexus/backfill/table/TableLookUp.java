package nexus.backfill.table;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import nexus.backfill.condition.Condition;
import nexus.capture.catalog.CatalogTable;
import nexus.pgoutput.PgOutputMessage.ReplicaIdentity;
import nexus.store.NamedSql;
import org.jspecify.annotations.Nullable;

/** Queries the catalog of the source database. */
final class TableLookUp {
    private static final int COLUMN_LISTS_SINCE = 15;
    private static final int GENERATED_PUBLISHED_SINCE = 18;

    private static final String FOUND = """
            SELECT c.oid::bigint AS oid, n.nspname AS schema, c.relname AS name, c.relkind::text AS kind,
                   c.relpersistence = 'p' AS is_logged,
                   (SELECT rn.nspname || '.' || r.relname FROM pg_catalog.pg_class r
                    JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace
                    WHERE c.relispartition AND r.oid = pg_catalog.pg_partition_root(c.oid)) AS root,
                   EXISTS (SELECT FROM pg_catalog.pg_index i
                           WHERE i.indrelid = c.oid AND i.indisprimary AND (i.indisvalid OR c.relkind = 'p')) AS has_key,
                   NOT EXISTS (SELECT FROM pg_catalog.pg_index i
                               JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
                               JOIN pg_catalog.pg_am m ON m.oid = x.relam
                               WHERE i.indrelid = c.oid AND i.indisprimary AND m.amname <> 'btree') AS has_ordered_key,
                   pg_catalog.has_schema_privilege(n.oid, 'USAGE')
                       AND pg_catalog.has_table_privilege(c.oid, 'SELECT') AS is_readable,
                   pg_catalog.row_security_active(c.oid) AS is_filtered, current_user::text AS role
            FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE""";

    private static final NamedSql BY_NAME =
            NamedSql.of(FOUND + " n.nspname = :schema::text AND c.relname = :name::text", "schema", "name");
    private static final NamedSql BY_OID = NamedSql.of(FOUND + " c.oid = :oid::bigint::oid", "oid");

    /** The relations with rows: foreign partitions have theirs elsewhere. */
    private static final NamedSql LEAVES = NamedSql.of("""
            SELECT c.oid::bigint AS oid FROM pg_catalog.pg_class c
            WHERE c.relkind = 'r'
              AND (c.oid = :oid::bigint::oid
                   OR c.oid IN (SELECT t.relid FROM pg_catalog.pg_partition_tree(:oid::bigint::oid) t WHERE t.isleaf))
            ORDER BY c.oid""", "oid");

    private static final NamedSql COLUMNS = NamedSql.of("""
            SELECT a.attname AS name, a.attnum AS number, a.atttypid::bigint AS type, a.atttypmod AS modifier,
                   a.attgenerated::text AS generated, a.attlen > 0 AS is_fixed,
                   (WITH RECURSIVE base (oid, below) AS (
                        SELECT t.oid, t.typbasetype FROM pg_catalog.pg_type t WHERE t.oid = a.atttypid
                        UNION ALL
                        SELECT t.oid, t.typbasetype FROM base b JOIN pg_catalog.pg_type t ON t.oid = b.below)
                    SELECT b.oid::bigint FROM base b WHERE b.below = 0) AS base_type
            FROM pg_catalog.pg_attribute a
            WHERE a.attrelid = :oid::bigint::oid AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY a.attnum""", "oid");

    /** A type that stands for many has no name that a parameter could be cast to; then the column's own is used. */
    private static final NamedSql KEY = NamedSql.of("""
            SELECT a.attname AS name,
                   pg_catalog.format_type(
                       CASE WHEN ot.typtype = 'p'
                            THEN (WITH RECURSIVE base (oid, below) AS (
                                      SELECT t.oid, t.typbasetype FROM pg_catalog.pg_type t WHERE t.oid = a.atttypid
                                      UNION ALL
                                      SELECT t.oid, t.typbasetype FROM base b
                                      JOIN pg_catalog.pg_type t ON t.oid = b.below)
                                  SELECT b.oid FROM base b WHERE b.below = 0)
                            ELSE o.opcintype END, -1) AS type,
                   gn.nspname AS schema, g.oprname AS greater, ge.oprname AS greater_or_equal, e.oprname AS equal
            FROM pg_catalog.pg_index i
            CROSS JOIN LATERAL ROWS FROM (
                pg_catalog.unnest(i.indkey::int2[]), pg_catalog.unnest(i.indclass::oid[]))
                WITH ORDINALITY AS k (attnum, opclass, place)
            JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
            JOIN pg_catalog.pg_opclass o ON o.oid = k.opclass
            JOIN pg_catalog.pg_type ot ON ot.oid = o.opcintype
            JOIN pg_catalog.pg_amop ga ON ga.amopfamily = o.opcfamily AND ga.amoplefttype = o.opcintype
                AND ga.amoprighttype = o.opcintype AND ga.amopstrategy = 5
            JOIN pg_catalog.pg_operator g ON g.oid = ga.amopopr
            JOIN pg_catalog.pg_namespace gn ON gn.oid = g.oprnamespace
            JOIN pg_catalog.pg_amop gea ON gea.amopfamily = o.opcfamily AND gea.amoplefttype = o.opcintype
                AND gea.amoprighttype = o.opcintype AND gea.amopstrategy = 4
            JOIN pg_catalog.pg_operator ge ON ge.oid = gea.amopopr
            JOIN pg_catalog.pg_amop ea ON ea.amopfamily = o.opcfamily AND ea.amoplefttype = o.opcintype
                AND ea.amoprighttype = o.opcintype AND ea.amopstrategy = 3
            JOIN pg_catalog.pg_operator e ON e.oid = ea.amopopr
            WHERE i.indrelid = :oid::bigint::oid AND i.indisprimary AND i.indisvalid AND k.place <= i.indnkeyatts
            ORDER BY k.place""", "oid");

    private static final NamedSql DESCRIPTION = NamedSql.of("""
            SELECT n.nspname AS schema, c.relname AS name, rn.nspname AS root_schema, r.relname AS root_name,
                   c.relreplident::text AS identity,
                   ARRAY(SELECT a.attname::text FROM pg_catalog.pg_index i
                         JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
                             AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1])
                         WHERE i.indrelid = c.oid AND i.indisvalid AND i.indimmediate
                           AND CASE c.relreplident WHEN 'd' THEN i.indisprimary
                                                   WHEN 'i' THEN i.indisreplident ELSE false END) AS identity_columns
            FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_catalog.pg_class r ON r.oid = coalesce(
                CASE WHEN c.relispartition THEN pg_catalog.pg_partition_root(c.oid) END, c.oid)
            JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace
            WHERE c.oid = :oid::bigint::oid""", "oid");

    private static final NamedSql PUBLISHED = NamedSql.of("""
            SELECT g.attrs::int2[] AS columns, pg_catalog.pg_get_expr(g.qual, g.relid) AS filter
            FROM pg_catalog.pg_publication p
            CROSS JOIN LATERAL pg_catalog.pg_get_publication_tables(p.pubname::text) g
            WHERE p.pubname IN (:changes, :inserts) AND g.relid = :oid::bigint::oid""", "changes", "inserts", "oid");

    private static final NamedSql VOLATILE = NamedSql.of("""
            SELECT p.proname AS name FROM pg_catalog.pg_proc p
            JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
            WHERE p.provolatile = 'v'
              AND (p.proname = ANY (:qualified::text[])
                   OR (p.proname = ANY (:names::text[]) AND n.nspname = 'pg_catalog'))
            ORDER BY p.proname LIMIT 1""", "qualified", "names");

    private final Connection connection;
    private final String changes;
    private final String inserts;

    TableLookUp(Connection connection, String changes, String inserts) {
        this.connection = connection;
        this.changes = changes;
        this.inserts = inserts;
    }

    Optional<FoundTable> find(String schema, String name) throws SQLException {
        try (PreparedStatement statement = BY_NAME.prepare(connection, schema, name)) {
            return found(statement);
        }
    }

    Optional<FoundTable> find(long oid) throws SQLException {
        try (PreparedStatement statement = BY_OID.prepare(connection, oid)) {
            return found(statement);
        }
    }

    private static Optional<FoundTable> found(PreparedStatement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            if (!row.next()) {
                return Optional.empty();
            }
            return Optional.of(new FoundTable(
                    row.getLong("oid"),
                    row.getString("schema"),
                    row.getString("name"),
                    row.getString("kind").charAt(0),
                    row.getBoolean("is_logged"),
                    row.getString("root"),
                    row.getBoolean("has_key"),
                    row.getBoolean("has_ordered_key"),
                    row.getBoolean("is_readable"),
                    row.getBoolean("is_filtered"),
                    row.getString("role")));
        }
    }

    /** The tables with the rows of a table, in the order in which they are read. */
    List<Long> leaves(long oid) throws SQLException {
        List<Long> leaves = new ArrayList<>();
        try (PreparedStatement statement = LEAVES.prepare(connection, oid);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                leaves.add(row.getLong("oid"));
            }
        }
        return leaves;
    }

    /** The name of a function that the condition may call and that may do more than compute a value. */
    Optional<String> volatileFunction(Condition condition) throws SQLException {
        try (PreparedStatement statement =
                        VOLATILE.prepare(connection, texts(condition.qualifiedCalls()), texts(condition.calls()));
                ResultSet row = statement.executeQuery()) {
            return row.next() ? Optional.of(row.getString("name")) : Optional.empty();
        }
    }

    private Array texts(Set<String> texts) throws SQLException {
        return connection.createArrayOf("text", texts.toArray());
    }

    /** Empty if it was dropped. */
    Optional<Leaf> leaf(long oid) throws SQLException {
        try (PreparedStatement statement = DESCRIPTION.prepare(connection, oid);
                ResultSet row = statement.executeQuery()) {
            if (!row.next()) {
                return Optional.empty();
            }
            Published published = published(oid);
            return Optional.of(new Leaf(
                    oid,
                    new CatalogTable.Name(row.getString("schema"), row.getString("name")),
                    new CatalogTable.Name(row.getString("root_schema"), row.getString("root_name")),
                    key(oid),
                    columns(oid, published),
                    identity(row.getString("identity")),
                    Set.of((String[]) row.getArray("identity_columns").getArray()),
                    published.filter()));
        }
    }

    private static ReplicaIdentity identity(String code) {
        return switch (code) {
            case "f" -> ReplicaIdentity.FULL;
            case "i" -> ReplicaIdentity.INDEX;
            case "n" -> ReplicaIdentity.NOTHING;
            default -> ReplicaIdentity.DEFAULT;
        };
    }

    private List<KeyColumn> key(long oid) throws SQLException {
        List<KeyColumn> key = new ArrayList<>();
        try (PreparedStatement statement = KEY.prepare(connection, oid);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                key.add(new KeyColumn(
                        row.getString("name"),
                        row.getString("type"),
                        row.getString("schema"),
                        row.getString("greater"),
                        row.getString("greater_or_equal"),
                        row.getString("equal")));
            }
        }
        return key;
    }

    /**
     * What a publication has of a table.
     *
     * @param columns numbers of its columns; empty: the table is not published, or there are no lists
     */
    private record Published(Optional<Set<Integer>> columns, Optional<String> filter) {}

    private Published published(long oid) throws SQLException {
        if (connection.getMetaData().getDatabaseMajorVersion() < COLUMN_LISTS_SINCE) {
            return new Published(Optional.empty(), Optional.empty());
        }
        Set<Integer> columns = new HashSet<>();
        List<String> filters = new ArrayList<>();
        boolean isFiltered = true;
        boolean hasLists = true;
        boolean isPublished = false;
        try (PreparedStatement statement = PUBLISHED.prepare(connection, changes, inserts, oid);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                isPublished = true;
                Array list = row.getArray("columns");
                if (list == null) {
                    hasLists = false;
                } else {
                    for (Short number : (Short[]) list.getArray()) {
                        columns.add(number.intValue());
                    }
                }
                @Nullable String filter = row.getString("filter");
                if (filter == null) {
                    isFiltered = false;
                } else {
                    filters.add("(" + Condition.parse(filter, "/table").sql() + ")");
                }
            }
        }
        return new Published(
                isPublished && hasLists ? Optional.of(columns) : Optional.empty(),
                isPublished && isFiltered ? Optional.of(String.join(" OR ", filters)) : Optional.empty());
    }

    private List<ReadColumn> columns(long oid, Published published) throws SQLException {
        boolean areGeneratedPublished = connection.getMetaData().getDatabaseMajorVersion() >= GENERATED_PUBLISHED_SINCE;
        List<ReadColumn> columns = new ArrayList<>();
        try (PreparedStatement statement = COLUMNS.prepare(connection, oid);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                String generated = row.getString("generated");
                int number = row.getInt("number");
                boolean isUsual = generated.isEmpty() || (generated.equals("s") && areGeneratedPublished);
                int base = (int) row.getLong("base_type");
                columns.add(new ReadColumn(
                        row.getString("name"),
                        (int) row.getLong("type"),
                        row.getInt("modifier"),
                        size(row.getBoolean("is_fixed"), base),
                        base == BuiltIn.BYTEA,
                        published.columns().map(list -> list.contains(number)).orElse(isUsual)));
            }
        }
        return columns;
    }

    private static ReadColumn.Size size(boolean isFixed, int baseType) {
        if (isFixed) {
            return ReadColumn.Size.FIXED;
        }
        return switch (baseType) {
            case BuiltIn.TEXT, BuiltIn.VARCHAR, BuiltIn.BPCHAR, BuiltIn.BYTEA -> ReadColumn.Size.LENGTH;
            default -> ReadColumn.Size.STORED;
        };
    }

    /** Object ids of types, the same in every database. */
    private static final class BuiltIn {
        static final int BYTEA = 17;
        static final int TEXT = 25;
        static final int BPCHAR = 1042;
        static final int VARCHAR = 1043;

        private BuiltIn() {}
    }
}
