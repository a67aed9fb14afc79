package nexus.doctor;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import nexus.replication.PublicationNote;
import nexus.replication.PublicationPlan.Published;
import nexus.replication.SourceTable;

/**
 * A publication as it is.
 *
 * @param operations those of insert, update, delete and truncate that it publishes
 * @param isOurs whether the role may change it
 * @param owner the role that may
 * @param byRoot {@code publish_via_partition_root}
 * @param schemas whose tables are all in it
 * @param note what Nexus has written into its comment
 */
record PublicationFacts(
        Set<String> operations,
        boolean isOurs,
        String owner,
        boolean byRoot,
        boolean allTables,
        Set<Long> tables,
        Set<String> schemas,
        Optional<PublicationNote> note) {

    private static final int SCHEMAS_SINCE = 150_000;

    private static final String READ = """
            SELECT p.oid, p.puballtables, p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate, p.pubviaroot,
                   pg_has_role(p.pubowner, 'usage') AS ours, pg_catalog.pg_get_userbyid(p.pubowner)::text AS owner,
                   coalesce(pg_catalog.obj_description(p.oid, 'pg_publication'), '') AS comment
            FROM pg_catalog.pg_publication p WHERE p.pubname = ?""";
    private static final String READ_TABLES =
            "SELECT prrelid::bigint FROM pg_catalog.pg_publication_rel WHERE prpubid = ?";
    private static final String READ_SCHEMAS = """
            SELECT n.nspname FROM pg_catalog.pg_publication_namespace p
            JOIN pg_catalog.pg_namespace n ON n.oid = p.pnnspid WHERE p.pnpubid = ?""";

    PublicationFacts {
        operations = Set.copyOf(operations);
        tables = Set.copyOf(tables);
        schemas = Set.copyOf(schemas);
    }

    /** Empty when there is none. */
    static Optional<PublicationFacts> read(Connection connection, String name, int version) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(READ)) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                long oid = row.getLong("oid");
                Set<String> operations = new HashSet<>();
                for (String operation : List.of("insert", "update", "delete", "truncate")) {
                    if (row.getBoolean("pub" + operation)) {
                        operations.add(operation);
                    }
                }
                return Optional.of(new PublicationFacts(
                        operations,
                        row.getBoolean("ours"),
                        row.getString("owner"),
                        row.getBoolean("pubviaroot"),
                        row.getBoolean("puballtables"),
                        members(connection, oid),
                        version >= SCHEMAS_SINCE ? schemas(connection, oid) : Set.of(),
                        PublicationNote.parse(row.getString("comment"))));
            }
        }
    }

    private static Set<Long> members(Connection connection, long oid) throws SQLException {
        Set<Long> tables = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(READ_TABLES)) {
            statement.setLong(1, oid);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    tables.add(rows.getLong(1));
                }
            }
        }
        return tables;
    }

    private static Set<String> schemas(Connection connection, long oid) throws SQLException {
        Set<String> schemas = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(READ_SCHEMAS)) {
            statement.setLong(1, oid);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    schemas.add(rows.getString(1));
                }
            }
        }
        return schemas;
    }

    boolean hasAll(SourceTable table) {
        return allTables || tables.contains(table.oid()) || schemas.contains(table.schema());
    }

    /** Whether a change of some of its rows may be published: one partition is enough. */
    boolean hasSome(SourceTable table) {
        return hasAll(table) || table.relationOids().stream().anyMatch(tables::contains);
    }

    boolean publishesOldRows() {
        return operations.contains("update") || operations.contains("delete");
    }

    Published published() {
        return new Published(allTables, tables, note.map(PublicationNote::added).orElse(Set.of()));
    }
}
