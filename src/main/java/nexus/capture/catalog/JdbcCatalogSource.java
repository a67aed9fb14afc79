package nexus.capture.catalog;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import nexus.notation.SqlState;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Queries an ordinary connection to the source database, which it does not own. The connection is in autocommit mode, so no
 * snapshot is held between two queries, and no lock is taken on the described objects. For one thread at a time.
 */
public final class JdbcCatalogSource implements CatalogSource {
    private static final Logger LOG = Logger.getLogger(JdbcCatalogSource.class);
    private static final int SCHEMAS_SINCE = 15;

    /** PostgreSQL 14 publishes no schemas. */
    private static final String NO_SCHEMA = "SELECT NULL::pg_catalog.oid AS oid WHERE false";

    private static final String SCHEMAS = """
            SELECT s.pnnspid AS oid FROM pg_catalog.pg_publication_namespace s
            JOIN publication p ON p.oid = s.pnpubid""";

    /**
     * Column lists (prattrs) exist since PostgreSQL 15; reading them through to_jsonb works in 14 as well. The newest
     * transaction that wrote one of the catalog rows of a table counts; an xid that seems to be in the future is from before
     * the last wraparound.
     */
    private static final String TABLES_WITHOUT_SCHEMAS = """
            WITH publication AS MATERIALIZED (
                SELECT p.oid, p.puballtables FROM pg_catalog.pg_publication p WHERE p.pubname IN (?, ?)),
            member AS MATERIALIZED (
                SELECT m.prrelid AS oid, m.xmin AS written, pg_catalog.to_jsonb(m) ->> 'prattrs' IS NOT NULL AS has_list
                FROM pg_catalog.pg_publication_rel m JOIN publication p ON p.oid = m.prpubid),
            whole_schema AS MATERIALIZED (%s),
            everything AS MATERIALIZED (SELECT EXISTS (SELECT FROM publication p WHERE p.puballtables) AS is_published)
            SELECT c.oid, n.nspname AS schema, c.relname AS name, rn.nspname AS root_schema, r.relname AS root_name,
                   ARRAY(SELECT a.attname::pg_catalog.text
                         FROM pg_catalog.pg_index i
                         CROSS JOIN LATERAL pg_catalog.unnest(i.indkey) WITH ORDINALITY AS k (attnum, place)
                         JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
                         WHERE i.indrelid = c.oid AND i.indisprimary AND k.place <= i.indnkeyatts
                         ORDER BY k.place) AS primary_key,
                   ARRAY(SELECT a.attname::pg_catalog.text
                         FROM pg_catalog.pg_attribute a
                         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                           AND (a.attgenerated <> ''
                                OR EXISTS (SELECT FROM member m
                                           WHERE m.has_list AND (m.oid = c.oid OR m.oid = r.oid)))
                         ORDER BY a.attnum) AS perhaps_unpublished,
                   ARRAY(SELECT a.attname::pg_catalog.text
                         FROM pg_catalog.pg_attribute a
                         WHERE a.attrelid = c.oid AND c.relkind = 'p' AND NOT c.relispartition
                           AND a.attnum > 0 AND NOT a.attisdropped
                         ORDER BY a.attnum) AS partitioned_columns,
                   coalesce(own.is_published, false) AS is_published,
                   coalesce((SELECT w.xid::pg_catalog.text::pg_catalog.int8
                             FROM pg_catalog.unnest(
                                 ARRAY[c.xmin, n.xmin, r.xmin, rn.xmin]
                                 || ARRAY(SELECT m.written FROM member m WHERE m.oid = c.oid)
                                 || ARRAY(SELECT i.xmin FROM pg_catalog.pg_index i
                                          WHERE i.indrelid = c.oid AND i.indisprimary)
                                 || ARRAY(SELECT h.xmin
                                          FROM pg_catalog.pg_partition_ancestors(c.oid) a
                                          JOIN pg_catalog.pg_inherits h ON h.inhrelid = a.relid
                                          WHERE c.relispartition)) AS w (xid)
                             WHERE pg_catalog.age(w.xid) BETWEEN 0 AND 2000000000
                             ORDER BY pg_catalog.age(w.xid) LIMIT 1), 2) AS written_by,
                   ARRAY(SELECT DISTINCT a.atttypid::pg_catalog.int8
                         FROM pg_catalog.pg_attribute a
                         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid >= 16384)
                       AS type_oids,
                   everything.is_published OR EXISTS (SELECT FROM whole_schema) AS publishes_whole_schemas
            FROM everything
            CROSS JOIN pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            LEFT JOIN pg_catalog.pg_class r ON c.relispartition AND r.oid = pg_catalog.pg_partition_root(c.oid)
            LEFT JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace
            CROSS JOIN LATERAL (
                SELECT everything.is_published
                       OR EXISTS (SELECT FROM member m WHERE m.oid = c.oid)
                       OR EXISTS (SELECT FROM whole_schema s WHERE s.oid = c.relnamespace) AS is_published) own
            WHERE c.relkind IN ('r', 'p') AND c.relpersistence = 'p'
              AND (c.oid = ANY (?)
                   OR ? AND n.nspname <> 'nexus' AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
                      AND (own.is_published
                           OR c.relispartition AND EXISTS (
                               SELECT FROM pg_catalog.pg_partition_ancestors(c.oid) a
                               JOIN pg_catalog.pg_class ac ON ac.oid = a.relid
                               WHERE EXISTS (SELECT FROM member m WHERE m.oid = ac.oid)
                                  OR EXISTS (SELECT FROM whole_schema s WHERE s.oid = ac.relnamespace))))""";

    private static final String TABLES = TABLES_WITHOUT_SCHEMAS.formatted(SCHEMAS);
    private static final String TABLES_OF_14 = TABLES_WITHOUT_SCHEMAS.formatted(NO_SCHEMA);

    /** Only types with the subscript handler of arrays are arrays; name and point have elements as well. */
    private static final String TYPES = """
            SELECT t.oid, t.typtype AS kind, t.typbasetype AS base_oid,
                   CASE WHEN t.typsubscript = 'pg_catalog.array_subscript_handler'::pg_catalog.regproc
                        THEN t.typelem ELSE 0 END AS element_oid,
                   e.typdelim AS delimiter,
                   t.typname = 'hstore' AND t.typtype = 'b'
                       AND EXISTS (SELECT FROM pg_catalog.pg_depend d
                                   JOIN pg_catalog.pg_extension x ON x.oid = d.refobjid
                                   WHERE d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND d.objid = t.oid
                                     AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
                                     AND d.deptype = 'e' AND x.extname = 'hstore')
                       AND EXISTS (SELECT FROM pg_catalog.pg_cast c
                                   WHERE c.castsource = t.oid AND c.casttarget = 'pg_catalog.json'::pg_catalog.regtype
                                     AND c.castmethod = 'f') AS is_key_value,
                   ARRAY(SELECT a.attname::pg_catalog.text FROM pg_catalog.pg_attribute a
                         WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
                         ORDER BY a.attnum) AS attribute_names,
                   ARRAY(SELECT a.atttypid::pg_catalog.int8 FROM pg_catalog.pg_attribute a
                         WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
                         ORDER BY a.attnum) AS attribute_oids,
                   coalesce((SELECT w.xid::pg_catalog.text::pg_catalog.int8
                             FROM pg_catalog.unnest(
                                 ARRAY[t.xmin]
                                 || ARRAY(SELECT a.xmin FROM pg_catalog.pg_attribute a
                                          WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0)) AS w (xid)
                             WHERE pg_catalog.age(w.xid) BETWEEN 0 AND 2000000000
                             ORDER BY pg_catalog.age(w.xid) LIMIT 1), 2) AS written_by
            FROM pg_catalog.pg_type t
            LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem
            WHERE t.oid = ANY (?)""";

    /** Classes of SQLSTATE: the connection, the transaction, resources, objects in use, an operator, the system. */
    private static final List<String> MAY_PASS = List.of("08", "25", "40", "53", "55", "57", "58");

    private final Connection connection;
    private final List<String> publications;

    /** The statement takes the names of the two publications. */
    public JdbcCatalogSource(Connection connection, String changes, String inserts) {
        this.connection = connection;
        this.publications = List.of(changes, inserts);
    }

    @Override
    public Tables tables(Collection<Integer> oids) {
        return tables(oids, false);
    }

    @Override
    public Tables published(Collection<Integer> andAlso) {
        return tables(andAlso, true);
    }

    private Tables tables(Collection<Integer> oids, boolean andAllPublished) {
        List<Seen<CatalogTable>> tables = new ArrayList<>();
        Set<Integer> typeOids = new HashSet<>();
        boolean publishesWholeSchemas = false;
        try (PreparedStatement statement = connection.prepareStatement(sql())) {
            statement.setString(1, publications.getFirst());
            statement.setString(2, publications.getLast());
            statement.setArray(3, oids(oids));
            statement.setBoolean(4, andAllPublished);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    tables.add(new Seen<>(unsigned(rows, "oid"), unsigned(rows, "written_by"), table(rows)));
                    typeOids.addAll(ints(rows.getArray("type_oids")));
                    publishesWholeSchemas = rows.getBoolean("publishes_whole_schemas");
                }
            }
        } catch (SQLException e) {
            throwIfItMayPass(e);
        }
        return new Tables(publishesWholeSchemas, tables, typeOids);
    }

    /**
     * A retry helps when the connection or the server fails, but not when the server refuses this query; then the objects stay
     * unknown.
     */
    private static void throwIfItMayPass(SQLException e) {
        String state = SqlState.of(e);
        if (state.isEmpty() || MAY_PASS.stream().anyMatch(state::startsWith)) {
            throw new CatalogUnavailableException(e);
        }
        LOG.warnf("the catalog of the source database does not answer sqlstate=%s", state);
    }

    private String sql() throws SQLException {
        boolean hasSchemas = connection.getMetaData().getDatabaseMajorVersion() >= SCHEMAS_SINCE;
        return hasSchemas ? TABLES : TABLES_OF_14;
    }

    private static CatalogTable table(ResultSet row) throws SQLException {
        @Nullable String rootSchema = row.getString("root_schema");
        return new CatalogTable(
                Optional.of(new CatalogTable.Name(row.getString("schema"), row.getString("name"))),
                rootSchema == null
                        ? Optional.empty()
                        : Optional.of(new CatalogTable.Name(rootSchema, row.getString("root_name"))),
                texts(row.getArray("primary_key")),
                new LinkedHashSet<>(texts(row.getArray("perhaps_unpublished"))),
                new LinkedHashSet<>(texts(row.getArray("partitioned_columns"))),
                row.getBoolean("is_published"));
    }

    @Override
    public List<Seen<CatalogType>> types(Collection<Integer> oids) {
        List<Seen<CatalogType>> types = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(TYPES)) {
            statement.setArray(1, oids(oids));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    types.add(new Seen<>(unsigned(rows, "oid"), unsigned(rows, "written_by"), type(rows)));
                }
            }
        } catch (SQLException e) {
            throwIfItMayPass(e);
        }
        return types;
    }

    private static CatalogType type(ResultSet row) throws SQLException {
        int elementTypeOid = unsigned(row, "element_oid");
        String kind = row.getString("kind");
        if (kind.equals("d")) {
            return new CatalogType.Domain(unsigned(row, "base_oid"));
        } else if (kind.equals("c")) {
            return new CatalogType.Composite(
                    attributes(texts(row.getArray("attribute_names")), ints(row.getArray("attribute_oids"))));
        } else if (elementTypeOid != 0) {
            @Nullable String delimiter = row.getString("delimiter");
            return delimiter == null || delimiter.isEmpty()
                    ? new CatalogType.Scalar() // its element type is dropped
                    : new CatalogType.Array(elementTypeOid, delimiter.charAt(0));
        } else if (row.getBoolean("is_key_value")) {
            return new CatalogType.KeyValue();
        }
        return new CatalogType.Scalar();
    }

    private static List<CatalogType.Attribute> attributes(List<String> names, List<Integer> typeOids) {
        List<CatalogType.Attribute> attributes = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            attributes.add(new CatalogType.Attribute(names.get(i), typeOids.get(i)));
        }
        return attributes;
    }

    /** An unsigned number of four bytes: an oid or a transaction id. */
    private static int unsigned(ResultSet row, String column) throws SQLException {
        return (int) row.getLong(column);
    }

    private Array oids(Collection<Integer> oids) throws SQLException {
        return connection.createArrayOf(
                "oid", oids.stream().map(Integer::toUnsignedLong).toArray());
    }

    private static List<String> texts(Array array) throws SQLException {
        return List.of((String[]) array.getArray());
    }

    private static List<Integer> ints(Array array) throws SQLException {
        List<Integer> ints = new ArrayList<>();
        for (Long one : (Long[]) array.getArray()) {
            ints.add(one.intValue());
        }
        return ints;
    }
}
