package nexus.replication.publication;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import nexus.event.Operation;
import nexus.replication.publication.PublicationPlan.Kind;
import nexus.replication.table.Published;
import nexus.replication.table.Published.GeneratedColumns;
import nexus.replication.table.Published.Member;
import nexus.store.NamedSql;
import org.jspecify.annotations.Nullable;

/**
 * A publication in the catalog of PostgreSQL 14 to 18.
 *
 * @param comment holds the note of Nexus
 */
record PublicationRow(
        Kind kind,
        String comment,
        Set<Operation> operations,
        boolean allTables,
        boolean viaRoot,
        GeneratedColumns generated,
        Set<String> schemas,
        Map<Long, Member> members) {
    private static final int RESTRICTIONS_SINCE = 15;

    /** Reads columns that were added after PostgreSQL 14 through JSON. */
    private static final NamedSql READ = NamedSql.of("""
            SELECT p.oid::bigint AS oid, p.pubname, p.puballtables, p.pubviaroot,
                   p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate,
                   pg_catalog.to_jsonb(p) ->> 'pubgencols' AS generated,
                   coalesce(pg_catalog.obj_description(p.oid, 'pg_publication'), '') AS comment
            FROM pg_catalog.pg_publication p WHERE p.pubname = ANY (:names)""", "names");

    private static final NamedSql READ_MEMBERS_OF_14 = NamedSql.of("""
            SELECT r.prpubid::bigint AS publication, r.prrelid::bigint AS relation, '{}'::text[] AS columns,
                   false AS is_filtered, '{}'::text[] AS filter_columns
            FROM pg_catalog.pg_publication_rel r WHERE r.prpubid = ANY (:publications)""", "publications");

    /** Takes the columns of a filter from its tree. Column 0 is the whole row and has no name. */
    private static final NamedSql READ_MEMBERS = NamedSql.of("""
            SELECT r.prpubid::bigint AS publication, r.prrelid::bigint AS relation,
                   ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a
                         WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs::int2[]) ORDER BY a.attnum) AS columns,
                   r.prqual IS NOT NULL AS is_filtered,
                   ARRAY(SELECT DISTINCT coalesce(a.attname::text, '')
                         FROM pg_catalog.regexp_matches(r.prqual::text, ':varattno (-?[0-9]+)', 'g') AS m (found)
                         LEFT JOIN pg_catalog.pg_attribute a
                             ON a.attrelid = r.prrelid AND a.attnum = m.found[1]::int2) AS filter_columns
            FROM pg_catalog.pg_publication_rel r WHERE r.prpubid = ANY (:publications)""", "publications");

    private static final NamedSql READ_SCHEMAS = NamedSql.of("""
            SELECT p.pnpubid::bigint AS publication, n.nspname FROM pg_catalog.pg_publication_namespace p
            JOIN pg_catalog.pg_namespace n ON n.oid = p.pnnspid WHERE p.pnpubid = ANY (:publications)""", "publications");

    /**
     * Reads the existing publications by kind. Takes no lock.
     *
     * @param withFilters whether row filters are read too, except those of locked tables; the connection is then in autocommit
     *     mode
     */
    static Map<Kind, PublicationRow> read(Connection connection, Map<String, Kind> names, boolean withFilters)
            throws SQLException {
        Map<Long, PublicationRow> rows = new HashMap<>();
        Array wanted = connection.createArrayOf("text", names.keySet().toArray());
        try (PreparedStatement statement = READ.prepare(connection, wanted);
                ResultSet found = statement.executeQuery()) {
            while (found.next()) {
                PublicationRow row = row(found, names.getOrDefault(found.getString("pubname"), Kind.INSERTS));
                rows.put(found.getLong("oid"), row);
            }
        }
        if (!rows.isEmpty()) {
            boolean hasRestrictions = connection.getMetaData().getDatabaseMajorVersion() >= RESTRICTIONS_SINCE;
            readMembers(connection, hasRestrictions ? READ_MEMBERS : READ_MEMBERS_OF_14, rows);
            if (hasRestrictions) {
                readSchemas(connection, rows);
            }
        }
        if (withFilters) {
            RowFilters.read(connection, rows);
        }
        Map<Kind, PublicationRow> byKind = new EnumMap<>(Kind.class);
        rows.values().forEach(row -> byKind.put(row.kind(), row));
        return byKind;
    }

    private static PublicationRow row(ResultSet found, Kind kind) throws SQLException {
        Set<Operation> operations = EnumSet.noneOf(Operation.class);
        for (Operation operation : Operation.values()) {
            if (found.getBoolean("pub" + operation.segment())) {
                operations.add(operation);
            }
        }
        @Nullable String generated = found.getString("generated");
        return new PublicationRow(
                kind,
                found.getString("comment"),
                operations,
                found.getBoolean("puballtables"),
                found.getBoolean("pubviaroot"),
                generated == null
                        ? GeneratedColumns.IGNORED
                        : generated.equals("s") ? GeneratedColumns.STORED : GeneratedColumns.NONE,
                new HashSet<>(),
                new HashMap<>());
    }

    private static void readMembers(Connection connection, NamedSql sql, Map<Long, PublicationRow> rows)
            throws SQLException {
        try (PreparedStatement statement = sql.prepare(connection, oids(connection, rows));
                ResultSet found = statement.executeQuery()) {
            while (found.next()) {
                Member member = new Member(
                        List.of((String[]) found.getArray("columns").getArray()),
                        found.getBoolean("is_filtered") ? Optional.of(Member.UNREAD_FILTER) : Optional.empty(),
                        Set.of((String[]) found.getArray("filter_columns").getArray()));
                Objects.requireNonNull(rows.get(found.getLong("publication")))
                        .members()
                        .put(found.getLong("relation"), member);
            }
        }
    }

    private static void readSchemas(Connection connection, Map<Long, PublicationRow> rows) throws SQLException {
        try (PreparedStatement statement = READ_SCHEMAS.prepare(connection, oids(connection, rows));
                ResultSet found = statement.executeQuery()) {
            while (found.next()) {
                Objects.requireNonNull(rows.get(found.getLong("publication")))
                        .schemas()
                        .add(found.getString("nspname"));
            }
        }
    }

    private static Array oids(Connection connection, Map<Long, PublicationRow> rows) throws SQLException {
        return connection.createArrayOf("oid", rows.keySet().toArray());
    }

    Optional<PublicationNote> note() {
        return PublicationNote.parse(comment);
    }

    Published published() {
        return new Published(
                operations,
                allTables,
                schemas,
                viaRoot,
                generated,
                members,
                note().map(PublicationNote::added).orElse(Set.of()));
    }
}
