package nexus.capture;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Asks over an ordinary connection to the source database, which it does not own. The connection is in autocommit, so
 * that no snapshot is held between two questions. For one thread at a time.
 */
public final class JdbcTableCatalog implements TableCatalog {

    private static final String ROOT = """
            SELECT n.nspname, r.relname
            FROM pg_catalog.pg_class t
            LEFT JOIN pg_catalog.pg_class r ON t.relispartition AND r.oid = pg_catalog.pg_partition_root(t.oid)
            LEFT JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace
            WHERE t.oid = ?::oid""";

    private static final String PRIMARY_KEY = """
            SELECT a.attname
            FROM pg_catalog.pg_index i
            CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k (attnum, place)
            JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
            WHERE i.indrelid = ?::oid AND i.indisprimary AND k.place <= i.indnkeyatts
            ORDER BY k.place""";

    /** Column lists (prattrs) came with PostgreSQL 15; asking through to_jsonb does without them before that. */
    private static final String PERHAPS_UNPUBLISHED = """
            SELECT a.attname
            FROM pg_catalog.pg_attribute a
            WHERE a.attrelid = ?::oid AND a.attnum > 0 AND NOT a.attisdropped
              AND (a.attgenerated <> ''
                   OR EXISTS (SELECT FROM pg_catalog.pg_publication_rel p
                              WHERE p.prrelid = a.attrelid AND pg_catalog.to_jsonb(p) ->> 'prattrs' IS NOT NULL))
            ORDER BY a.attnum""";

    /** Only a type with the subscript handler of arrays is one; name and point have elements too. */
    private static final String TYPE = """
            SELECT t.typtype, t.typbasetype, t.typrelid,
                   CASE WHEN t.typsubscript = 'pg_catalog.array_subscript_handler'::regproc THEN t.typelem ELSE 0 END,
                   e.typdelim,
                   t.typname = 'hstore'
                       AND EXISTS (SELECT FROM pg_catalog.pg_cast c
                                   WHERE c.castsource = t.oid AND c.casttarget = 'pg_catalog.json'::regtype
                                     AND c.castmethod = 'f')
            FROM pg_catalog.pg_type t
            LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem
            WHERE t.oid = ?::oid""";

    private static final String ATTRIBUTES = """
            SELECT a.attname, a.atttypid
            FROM pg_catalog.pg_attribute a
            WHERE a.attrelid = ?::oid AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY a.attnum""";

    private final Connection connection;

    public JdbcTableCatalog(Connection connection) {
        this.connection = connection;
    }

    @Override
    public Optional<CatalogTable> table(int oid) {
        try (PreparedStatement statement = ask(ROOT, oid);
                ResultSet root = statement.executeQuery()) {
            if (!root.next()) {
                return Optional.empty();
            }
            Set<String> perhapsUnpublished = new LinkedHashSet<>(names(PERHAPS_UNPUBLISHED, oid));
            @Nullable String schema = root.getString(1);
            return Optional.of(new CatalogTable(
                    schema == null ? Optional.empty() : Optional.of(new CatalogTable.Name(schema, root.getString(2))),
                    names(PRIMARY_KEY, oid),
                    perhapsUnpublished));
        } catch (SQLException e) {
            throw new CatalogUnavailableException(e);
        }
    }

    @Override
    public Optional<CatalogType> type(int oid) {
        try (PreparedStatement statement = ask(TYPE, oid);
                ResultSet type = statement.executeQuery()) {
            return type.next() ? Optional.of(typeFrom(type)) : Optional.empty();
        } catch (SQLException e) {
            throw new CatalogUnavailableException(e);
        }
    }

    private CatalogType typeFrom(ResultSet type) throws SQLException {
        int elementTypeOid = (int) type.getLong(4);
        if (type.getString(1).equals("d")) {
            return new CatalogType.Domain((int) type.getLong(2));
        } else if (type.getString(1).equals("c")) {
            return new CatalogType.Composite(attributes((int) type.getLong(3)));
        } else if (elementTypeOid != 0) {
            return new CatalogType.Array(elementTypeOid, type.getString(5).charAt(0));
        } else if (type.getBoolean(6)) {
            return new CatalogType.KeyValue();
        }
        return new CatalogType.Scalar();
    }

    private List<CatalogType.Attribute> attributes(int relationOid) throws SQLException {
        List<CatalogType.Attribute> attributes = new ArrayList<>();
        try (PreparedStatement statement = ask(ATTRIBUTES, relationOid);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                attributes.add(new CatalogType.Attribute(rows.getString(1), (int) rows.getLong(2)));
            }
        }
        return attributes;
    }

    private List<String> names(String sql, int oid) throws SQLException {
        List<String> names = new ArrayList<>();
        try (PreparedStatement statement = ask(sql, oid);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                names.add(rows.getString(1));
            }
        }
        return names;
    }

    private PreparedStatement ask(String sql, int oid) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        try {
            statement.setLong(1, Integer.toUnsignedLong(oid));
            return statement;
        } catch (SQLException e) {
            statement.close();
            throw e;
        }
    }
}
